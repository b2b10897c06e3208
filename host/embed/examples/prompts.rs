//! Drives every prompt of a JSON Lines file through the real thing (analysis, composition, scan, build, tests in
//! the sandbox, deploy) and prints a table of what came of it.
//!
//!     cargo xtask prompts FILE [--classes crud,tracker] [--json]
//!
//! A line of the file has `id`, `prompt`, `class`, optionally `before` (ids of prompts whose apps are on the canvas
//! first), and `expect` with `outcome` and `ui_mentions`: words that the page must show.

use std::{collections::BTreeMap, error::Error, fs, process::ExitCode};

use atoll::{AppSpecification, GenerateRequest, GenerationEvent, GenerationState, Host, HostError};
use futures::StreamExt as _;
use serde_json::{Value, json};

type Failure = Box<dyn Error>;

/// What came of one prompt.
struct Row {
    id: String,
    class: String,
    outcome: &'static str,
    deployed: bool,
    tests: Option<bool>,
    named: usize,
    missing: Vec<String>,
    not_understood: Vec<String>,
    assumptions: Vec<String>,
    message: String,
    expected: bool,
    elapsed_ms: f64,
}

impl Row {
    /// The app is there, its tests passed, and the page shows all that was named.
    fn is_complete(&self) -> bool {
        self.deployed && self.tests == Some(true) && self.missing.is_empty()
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            print(&format!("prompts: {error}"));
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<bool, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let file = arguments.first().ok_or("give a JSON Lines file of prompts")?;
    let classes = option(&arguments, "--classes");
    let lines: Vec<Value> =
        fs::read_to_string(file)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let prompts: BTreeMap<&str, &Value> =
        lines.iter().filter_map(|line| Some((line["id"].as_str()?, line))).collect();
    let cache = tempfile::tempdir()?;
    let mut rows = Vec::new();
    for line in &lines {
        let class = line["class"].as_str().unwrap_or_default();
        if classes.as_ref().is_some_and(|wanted| !wanted.split(',').any(|one| one == class)) {
            continue;
        }
        let data = tempfile::tempdir()?;
        let host = Host::builder().data_dir(data.path()).cache_dir(cache.path()).build().await?;
        rows.push(row(&host, line, &prompts).await?);
        host.shutdown().await;
    }
    if arguments.iter().any(|argument| argument == "--json") {
        rows.iter().for_each(|row| print(&as_json(row).to_string()));
    } else {
        table(&rows);
    }
    Ok(rows.iter().all(|row| row.outcome != "failed"))
}

fn option(arguments: &[String], name: &str) -> Option<String> {
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1).cloned()
}

async fn row(host: &Host, line: &Value, prompts: &BTreeMap<&str, &Value>) -> Result<Row, Failure> {
    for id in before(line, prompts) {
        if let Some(prompt) = prompts.get(id.as_str()).and_then(|line| line["prompt"].as_str()) {
            generate(host, prompt).await?;
        }
    }
    let ended = generate(host, line["prompt"].as_str().unwrap_or_default()).await?;
    let mentions: Vec<String> = line["expect"]["ui_mentions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect();
    let missing = match &ended.specification {
        Some(specification) => mentions.iter().filter(|text| !specification.shows(text)).cloned().collect(),
        None => mentions.clone(),
    };
    let outcome = match (&ended.specification, ended.refused) {
        (Some(_), _) => "app",
        (None, true) => "refused",
        (None, false) => "failed",
    };
    let wanted = line["expect"]["outcome"].as_str().unwrap_or("app");
    Ok(Row {
        id: line["id"].as_str().unwrap_or_default().to_owned(),
        class: line["class"].as_str().unwrap_or_default().to_owned(),
        outcome,
        deployed: ended.deployed,
        tests: ended.tests,
        named: mentions.len(),
        missing,
        not_understood: ended.not_understood,
        assumptions: ended.assumptions,
        message: ended.message,
        expected: if wanted == "refuse" { outcome == "refused" } else { outcome == "app" },
        elapsed_ms: ended.elapsed_ms,
    })
}

/// The prompts whose apps come first, and those that come before them.
fn before(line: &Value, prompts: &BTreeMap<&str, &Value>) -> Vec<String> {
    let mut ids: Vec<String> = line["before"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| id.as_str().map(str::to_owned))
        .collect();
    let mut index = 0;
    while index < ids.len() && ids.len() < 20 {
        if let Some(line) = prompts.get(ids[index].as_str()) {
            let more = line["before"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|id| id.as_str().map(str::to_owned));
            ids.extend(more.collect::<Vec<_>>());
        }
        index += 1;
    }
    ids.reverse();
    ids
}

/// How a generation ended.
#[derive(Default)]
struct Ended {
    specification: Option<AppSpecification>,
    deployed: bool,
    /// Whether the app's own tests passed; `None` when they were not reached.
    tests: Option<bool>,
    refused: bool,
    not_understood: Vec<String>,
    assumptions: Vec<String>,
    message: String,
    elapsed_ms: f64,
}

async fn generate(host: &Host, prompt: &str) -> Result<Ended, Failure> {
    let mut ended = Ended::default();
    let id = match host.generate(GenerateRequest { prompt: prompt.to_owned(), app: None, deploy: true }) {
        Ok(id) => id,
        Err(HostError::Refused { reason, alternative }) => {
            return Ok(Ended { refused: true, message: format!("{reason} {alternative}"), ..ended });
        }
        Err(error) => return Err(error.into()),
    };
    let mut analyzed = false;
    let mut events = host.generation_events(&id, 0)?;
    while let Some((_, event)) = events.next().await {
        match event {
            GenerationEvent::State { state, message, elapsed_ms } => {
                analyzed |= state == GenerationState::Generating;
                if state == GenerationState::Error {
                    // An error before anything was written says that it will not be.
                    ended.refused = !analyzed;
                    ended.message = message;
                }
                ended.elapsed_ms = elapsed_ms;
            }
            GenerationEvent::Diagnostic(diagnostic) => {
                if diagnostic.rule == "test" {
                    ended.tests = Some(false);
                }
                ended.message = format!("{} {}", diagnostic.rule, diagnostic.message);
            }
            GenerationEvent::Result(result) => {
                // A deploy runs the app's tests first and refuses the source when one fails.
                ended.tests = Some(true);
                ended.deployed = host.app(&result.app).await.is_ok();
                ended.specification = Some(result.specification);
                ended.not_understood = result.not_understood;
                ended.assumptions = result.assumptions;
            }
            _ => {}
        }
    }
    Ok(ended)
}

fn as_json(row: &Row) -> Value {
    json!({
        "id": row.id, "class": row.class, "outcome": row.outcome, "as_expected": row.expected, "deployed": row.deployed,
        "tests_passed": row.tests, "named": row.named, "found": row.named - row.missing.len(), "missing": row.missing,
        "not_understood": row.not_understood, "assumptions": row.assumptions, "message": row.message, "ms": row.elapsed_ms,
        "complete": row.is_complete(),
    })
}

fn table(rows: &[Row]) {
    let yes = |is: bool| if is { "yes" } else { "no" };
    print(&format!(
        "{:<5} {:<13} {:<8} {:<8} {:<7} {:>6}  {:>6}  not shown / not understood / why",
        "id", "class", "outcome", "deployed", "tests", "fields", "ms"
    ));
    for row in rows {
        let tests = row.tests.map_or("–", |passed| if passed { "pass" } else { "FAIL" });
        let fields = format!("{}/{}", row.named - row.missing.len(), row.named);
        print(&format!(
            "{:<5} {:<13} {:<8} {:<8} {tests:<7} {fields:>6}  {:>6.0}  {}",
            row.id,
            row.class,
            row.outcome,
            yes(row.deployed),
            row.elapsed_ms,
            row.missing.join(", ")
        ));
        row.not_understood.iter().for_each(|text| print(&format!("{:>65}{text}", "? ")));
        if row.outcome != "app" {
            print(&format!("{:>65}{}", "! ", row.message.lines().next().unwrap_or_default()));
        }
    }
    let mut classes: Vec<&str> = rows.iter().map(|row| row.class.as_str()).collect();
    classes.sort_unstable();
    classes.dedup();
    print("");
    print(&format!(
        "{:<13} {:>7} {:>9} {:>9} {:>10} {:>9}",
        "class", "prompts", "deployed", "complete", "of fields", "as wished"
    ));
    let mut lines: Vec<(&str, Vec<&Row>)> = classes
        .into_iter()
        .map(|class| (class, rows.iter().filter(|row| row.class == class).collect()))
        .collect();
    let promised = ["crud", "tracker", "notes", "form", "calendar"];
    lines.push(("the five", rows.iter().filter(|row| promised.contains(&row.class.as_str())).collect()));
    lines.push(("all", rows.iter().collect()));
    for (class, rows) in lines {
        let named: usize = rows.iter().map(|row| row.named).sum();
        let found: usize = rows.iter().map(|row| row.named - row.missing.len()).sum();
        print(&format!(
            "{class:<13} {:>7} {:>9} {:>9} {:>10} {:>9}",
            rows.len(),
            rows.iter().filter(|row| row.deployed).count(),
            rows.iter().filter(|row| row.is_complete()).count(),
            format!("{found}/{named}"),
            rows.iter().filter(|row| row.expected).count(),
        ));
    }
}

#[expect(clippy::print_stdout, reason = "a command's answer goes to standard output")]
fn print(line: &str) {
    println!("{line}");
}
