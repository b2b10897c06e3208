//! Runs `cases/*.toml`: a hostile app each, what it is asked, and what must come back. While the hostile
//! request runs, a quiet neighbour must be served; afterwards the server must be well.

use std::{collections::BTreeMap, path::Path, process::ExitCode};

use hostile_tests::{Answer, Failure, Server, ServerOptions};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What must hold, in a sentence.
    about: String,
    /// The server's configuration file.
    config: Option<String>,
    files: BTreeMap<String, String>,
    #[serde(default)]
    deploy: Expectation,
    #[serde(default)]
    requests: Vec<Request>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    #[serde(default = "get")]
    method: String,
    /// Below the app's API, or from the root when it starts with `//`.
    path: String,
    #[serde(default)]
    body: String,
    /// The body, this often.
    #[serde(default = "once")]
    body_times: usize,
    /// So many at the same time.
    #[serde(default = "once")]
    parallel: usize,
    expect: Expectation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    status: u16,
    /// What the body must hold.
    #[serde(default)]
    says: Vec<String>,
    /// What the body must not hold.
    #[serde(default)]
    hides: Vec<String>,
}

impl Default for Expectation {
    fn default() -> Self {
        Self { status: 200, says: Vec::new(), hides: Vec::new() }
    }
}

fn get() -> String {
    "GET".into()
}

fn once() -> usize {
    1
}

impl Expectation {
    fn check(&self, what: &str, answer: &Answer) -> Result<(), Failure> {
        let shown: String = answer.text.chars().take(1_000).collect();
        let fits = answer.status == self.status || (self.status == 200 && answer.status == 201);
        if !fits {
            return Err(format!("{what}: {} instead of {}: {shown}", answer.status, self.status).into());
        }
        if let Some(missing) = self.says.iter().find(|text| !answer.text.contains(text.as_str())) {
            return Err(format!("{what}: does not say {missing:?}: {shown}").into());
        }
        if let Some(leak) = self.hides.iter().find(|text| answer.text.contains(text.as_str())) {
            return Err(format!("{what}: must not say {leak:?}: {shown}").into());
        }
        Ok(())
    }
}

const QUIET: &[(&str, &str)] = &[
    ("atoll.toml", "name = \"quiet\"\n[backend]\nentry = \"backend/index.ts\"\n"),
    ("backend/index.ts", "export default { fetch() { return new Response('quiet'); } };\n"),
];

fn owned(files: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

async fn run(case: Case) -> Result<(), Failure> {
    let server = Server::start(ServerOptions { config: case.config, ..ServerOptions::default() })?;
    Expectation::default().check("deploying the neighbour", &server.deploy("quiet", &owned(QUIET)).await?)?;
    let files: Vec<_> = case.files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    case.deploy.check("deploy", &server.deploy("hostile", &files).await?)?;
    for request in &case.requests {
        let what = format!("{} {}", request.method, request.path);
        let hostile = futures::future::join_all((0..request.parallel).map(|_| send(&server, request)));
        let (answers, neighbour) = tokio::join!(hostile, server.get("/apps/quiet/api/"));
        Expectation::default().check("the neighbour meanwhile", &neighbour?)?;
        for answer in answers {
            request.expect.check(&what, &answer?)?;
        }
    }
    let neighbour = server.get("/apps/quiet/api/").await?;
    Expectation { says: vec!["quiet".into()], ..Expectation::default() }
        .check("the neighbour after", &neighbour)?;
    Expectation::default().check("the server after", &server.get("/healthz").await?)
}

async fn send(server: &Server, request: &Request) -> Result<Answer, Failure> {
    let path = match request.path.strip_prefix('/') {
        Some(rooted) if rooted.starts_with('/') => rooted.to_owned(),
        _ => format!("/apps/hostile/api{}", request.path),
    };
    server.send(&request.method, &path, request.body.repeat(request.body_times)).await
}

fn trial(path: &Path) -> Result<Trial, Failure> {
    let text = std::fs::read_to_string(path)?;
    let case: Case = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Trial::test(name, move || {
        let about = case.about.clone();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| Failed::from(error.to_string()))?;
        runtime.block_on(run(case)).map_err(|error| Failed::from(format!("{about}: {error}")))
    }))
}

fn main() -> Result<ExitCode, Failure> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut trials = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            trials.push(trial(&path)?);
        }
    }
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}
