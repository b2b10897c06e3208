//! What the tests of this crate share: the prompts under `data/`, and a canvas to read them on.

use std::collections::BTreeMap;

use atoll_generate::{Analysis, Neighbour, Refusal, analyze, compose};
use atoll_model::{EventType, Limits, SourceTree};
use serde_json::Value;

/// A prompt with what it is expected to come to.
pub(crate) struct Prompt {
    pub(crate) id: String,
    pub(crate) class: String,
    pub(crate) text: String,
    pub(crate) outcome: String,
    pub(crate) mentions: Vec<String>,
    before: Vec<String>,
}

/// Every prompt of the suite.
pub(crate) fn prompts() -> Vec<Prompt> {
    read(include_str!("../data/prompts.jsonl"))
}

/// Prompts whose parts are easily made to contradict each other. `cargo xtask prompts` with the file's path runs
/// the tests of what comes of them in the sandbox.
pub(crate) fn awkward() -> Vec<Prompt> {
    read(include_str!("../data/awkward.jsonl"))
}

fn read(lines: &str) -> Vec<Prompt> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().into_iter().flatten().map(text).collect();
    lines
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            Prompt {
                id: text(&line["id"]),
                class: text(&line["class"]),
                text: text(&line["prompt"]),
                outcome: text(&line["expect"]["outcome"]),
                mentions: list(&line["expect"]["ui_mentions"]),
                before: list(&line["before"]),
            }
        })
        .collect()
}

/// What came of a prompt.
pub(crate) type Outcome = Result<(Analysis, SourceTree), Refusal>;

/// Reads and composes every prompt, each with the apps of those that come before it on the canvas.
pub(crate) fn outcomes() -> Vec<(Prompt, Outcome)> {
    let mut canvas: BTreeMap<String, Neighbour> = BTreeMap::new();
    let mut all = Vec::new();
    for prompt in prompts() {
        let neighbours: Vec<Neighbour> =
            prompt.before.iter().filter_map(|id| canvas.get(id).cloned()).collect();
        let outcome = made(&prompt.text, &neighbours);
        if let Ok((analysis, tree)) = &outcome {
            canvas.insert(prompt.id.clone(), neighbour(analysis, tree));
        }
        all.push((prompt, outcome));
    }
    all
}

/// Reads a prompt and composes what was understood.
pub(crate) fn made(prompt: &str, neighbours: &[Neighbour]) -> Outcome {
    let limits = Limits::default();
    let analysis = analyze(prompt, neighbours, &limits)?;
    let tree =
        compose(&analysis.specification, &limits).unwrap_or_else(|error| panic!("{prompt:?}: {error}"));
    Ok((analysis, tree))
}

/// Reads a prompt that is not refused.
pub(crate) fn understood(prompt: &str) -> Analysis {
    match made(prompt, &[]) {
        Ok((analysis, _)) => analysis,
        Err(refusal) => panic!("{prompt:?} was refused: {}", refusal.reason),
    }
}

/// An app as its neighbours see it.
pub(crate) fn neighbour(analysis: &Analysis, tree: &SourceTree) -> Neighbour {
    let publishes = analysis
        .specification
        .publishes()
        .iter()
        .map(|event| {
            let schema = tree.text(&format!("schemas/{}.json", event.replace('.', "-"))).unwrap();
            (EventType::parse(event).unwrap(), Some(serde_json::from_str(schema).unwrap()))
        })
        .collect();
    Neighbour {
        app: analysis.specification.name.clone(),
        title: analysis.specification.title.clone(),
        publishes,
    }
}
