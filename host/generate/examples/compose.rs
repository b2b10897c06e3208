//! Writes the folder of a prompt, or of every prompt of a JSON Lines file, to a directory.
//!
//!     cargo run -p atoll-generate --example compose -- "a todo list with due dates" DIR
//!     cargo run -p atoll-generate --example compose -- --file prompts.jsonl DIR

use std::{collections::BTreeMap, error::Error, fs, path::Path};

use atoll_generate::{Analysis, Neighbour, analyze, compose};
use atoll_model::{EventType, Limits, SourceTree};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--file", file, directory] => every(Path::new(file), Path::new(directory)),
        [prompt, directory] => one(prompt, &[], Path::new(directory)).map(|_| ()),
        _ => Err("give a prompt and a directory, or --file FILE DIRECTORY".into()),
    }
}

fn every(file: &Path, directory: &Path) -> Result<(), Box<dyn Error>> {
    let mut made: BTreeMap<String, Neighbour> = BTreeMap::new();
    for line in fs::read_to_string(file)?.lines() {
        let line: serde_json::Value = serde_json::from_str(line)?;
        let id = line["id"].as_str().unwrap_or_default();
        let before: Vec<Neighbour> = line["before"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|id| made.get(id.as_str()?).cloned())
            .collect();
        print_line(&format!("── {id} {}", line["class"]));
        let made_now = one(line["prompt"].as_str().unwrap_or_default(), &before, &directory.join(id))?;
        if let Some((analysis, tree)) = made_now {
            made.insert(id.to_owned(), neighbour(&analysis, &tree));
        }
    }
    Ok(())
}

fn one(
    prompt: &str,
    neighbours: &[Neighbour],
    directory: &Path,
) -> Result<Option<(Analysis, SourceTree)>, Box<dyn Error>> {
    let limits = Limits::default();
    let analysis = match analyze(prompt, neighbours, &limits) {
        Ok(analysis) => analysis,
        Err(refusal) => {
            print_line(&format!("refused: {} {}", refusal.reason, refusal.alternative));
            return Ok(None);
        }
    };
    let tree = compose(&analysis.specification, &limits)?;
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    for (path, bytes) in tree.iter() {
        let path = directory.join(path.as_str());
        fs::create_dir_all(path.parent().unwrap_or(directory))?;
        fs::write(path, bytes)?;
    }
    let spec = &analysis.specification;
    let labels = |entity: &atoll_generate::Entity| {
        let all: Vec<String> = entity
            .fields
            .iter()
            .map(|field| {
                let required = if field.required { "!" } else { "" };
                format!("{}{required}:{:?}", field.label, field.kind)
            })
            .collect();
        all.join(", ")
    };
    print_line(&format!(
        "{} \"{}\" {:?} {}: {}",
        spec.name,
        spec.title,
        spec.view,
        spec.entity.name,
        labels(&spec.entity)
    ));
    for child in &spec.children {
        print_line(&format!("  inside: {} {:?}: {}", child.entity.name, child.kind, labels(&child.entity)));
    }
    print_line(&format!("  features: {}", features(&analysis)));
    for rule in &spec.rules {
        print_line(&format!("  rule: {rule:?}"));
    }
    for assumption in &analysis.assumptions {
        print_line(&format!("  assumed: {assumption}"));
    }
    for left in &analysis.not_understood {
        print_line(&format!("  not understood: {left}"));
    }
    Ok(Some((analysis, tree)))
}

/// The features that are on, as JSON without what is off.
fn features(analysis: &Analysis) -> String {
    let value = serde_json::to_value(&analysis.specification.features).unwrap_or_default();
    let on: serde_json::Map<String, serde_json::Value> = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| {
            !(value.is_null()
                || **value == serde_json::json!(false)
                || value.as_array().is_some_and(Vec::is_empty))
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    serde_json::Value::Object(on).to_string()
}

fn neighbour(analysis: &Analysis, tree: &SourceTree) -> Neighbour {
    let publishes = analysis
        .specification
        .publishes()
        .iter()
        .filter_map(|event| {
            let path = format!("schemas/{}.json", event.replace('.', "-"));
            let schema = tree.text(&path).and_then(|text| serde_json::from_str(text).ok());
            Some((EventType::parse(event).ok()?, schema))
        })
        .collect();
    Neighbour {
        app: analysis.specification.name.clone(),
        title: analysis.specification.title.clone(),
        publishes,
    }
}

#[expect(clippy::print_stdout, reason = "an example program answers on standard output")]
fn print_line(text: &str) {
    println!("{text}");
}
