//! Runs a case. While a hostile request runs, a quiet neighbour and `/healthz` must be served; afterwards the server
//! must be well: it answers, it has not panicked, and it has not become large.

use std::collections::BTreeMap;

use tokio::time::timeout;

use crate::{
    Answer, Case, Failure, PATIENCE, Raw, Server, ServerOptions,
    case::{Component, Expectation, Request, Socket},
    wasi_guest::wasi_guest,
};

const QUIET: &[(&str, &str)] = &[
    (
        "atoll.toml",
        "name = \"quiet\"\n[backend]\nentry = \"backend/index.ts\"\n[backend.limits]\ncpu_ms = 1000\n",
    ),
    ("backend/index.ts", "export default { fetch() { return new Response('quiet'); } };\n"),
];

/// The most memory that a server may have had, where its case does not say.
const RESIDENT_MIB_MAX: u64 = 1_024;

/// Runs a case.
///
/// # Errors
/// When something was not as it must be.
pub async fn run_case(case: Case) -> Result<(), Failure> {
    let server = Server::start(ServerOptions { config: case.config, ..ServerOptions::default() })?;
    let result = timeout(
        2 * PATIENCE,
        steps(&server, case.files, &case.components, &case.deploy, &case.requests, &case.sockets),
    );
    match result.await {
        Ok(result) => result?,
        Err(_) => {
            return Err(format!("it did not come to an end; the server said:\n{}", server.said()).into());
        }
    }
    is_well(&server, case.resident_mib_max.unwrap_or(RESIDENT_MIB_MAX)).await
}

async fn steps(
    server: &Server,
    files: BTreeMap<String, String>,
    components: &BTreeMap<String, Component>,
    deploy: &Expectation,
    requests: &[Request],
    sockets: &[Socket],
) -> Result<(), Failure> {
    let quiet: Vec<_> =
        QUIET.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    Expectation::default().check("deploying the neighbour", &server.deploy("quiet", &quiet).await?)?;
    let mut files: Vec<_> = files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    for (path, component) in components {
        files.push((path.clone(), bytes_of(component)?));
    }
    deploy.check("deploy", &server.deploy("hostile", &files).await?)?;
    for request in requests {
        for _ in 0..request.times {
            round(server, request).await?;
        }
    }
    for socket in sockets {
        exchange(server, socket).await?;
    }
    Ok(())
}

/// The server answers, and has neither panicked nor become larger than it may.
pub(crate) async fn is_well(server: &Server, resident_mib_max: u64) -> Result<(), Failure> {
    let neighbour = server.get("/apps/quiet/api/").await?;
    Expectation { says: vec!["quiet".into()], ..Expectation::default() }
        .check("the neighbour after", &neighbour)?;
    Expectation::default().check("the server after", &server.get("/healthz").await?)?;
    server.has_not_panicked()?;
    let resident_mib = server.resident_bytes_max()? >> 20;
    if resident_mib > resident_mib_max {
        return Err(format!("the server had {resident_mib} MiB of memory; at most {resident_mib_max}").into());
    }
    Ok(())
}

fn bytes_of(component: &Component) -> Result<Vec<u8>, Failure> {
    if let Some(text) = &component.text {
        return Ok(wat::parse_str(text)?);
    }
    if let Some(body) = &component.wasi {
        return wasi_guest(body);
    }
    let mut text = test_guests::handler(&component.parts, component.body.as_deref().unwrap_or("unreachable"));
    if let Some((from, to)) = &component.replace {
        if !text.contains(from.as_str()) {
            return Err(format!("the guest has no {from:?} to replace").into());
        }
        text = text.replace(from.as_str(), to);
    }
    test_guests::component("atoll:app/http-app", &text)
}

async fn round(server: &Server, request: &Request) -> Result<(), Failure> {
    let what = format!("{} {}", request.method, request.path);
    let hostile = futures::future::join_all((0..request.parallel).map(|_| send(server, request)));
    let (answers, others) = tokio::join!(hostile, serves_others(server, request.meanwhile));
    others?;
    for answer in answers {
        request.expect.check(&what, &answer?)?;
    }
    Ok(())
}

async fn serves_others(server: &Server, rounds: usize) -> Result<(), Failure> {
    for _ in 0..rounds {
        Expectation::default().check("/healthz meanwhile", &server.get("/healthz").await?)?;
        Expectation::default().check("the neighbour meanwhile", &server.get("/apps/quiet/api/").await?)?;
    }
    Ok(())
}

async fn send(server: &Server, request: &Request) -> Result<Answer, Failure> {
    let path = match request.path.strip_prefix('/') {
        Some(rooted) if rooted.starts_with('/') => rooted.to_owned(),
        _ => format!("/apps/hostile/api{}", request.path),
    };
    let once = || {
        let body = request.body.repeat(request.body_times);
        server.send_with(&request.method, &path, &request.headers, body)
    };
    let mut answer = once().await?;
    // The whole case has a time limit.
    while request.eventually && request.expect.check("", &answer).is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        answer = once().await?;
    }
    Ok(answer)
}

async fn exchange(server: &Server, socket: &Socket) -> Result<(), Failure> {
    let mut raw = Raw::connect(server).await?;
    let bytes = socket.send.replace("{fill}", &socket.fill.repeat(socket.fill_times));
    let answer = raw.exchange(bytes.as_bytes()).await?;
    let shown: String = socket.send.chars().take(200).collect();
    let seen: String = answer.chars().take(1_000).collect();
    let line = answer.strip_prefix("HTTP/1.1 ").or_else(|| answer.strip_prefix("HTTP/1.0 "));
    let status = line.and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or(0);
    if status != socket.status {
        return Err(format!("{shown:?}: {status} instead of {}: {seen}", socket.status).into());
    }
    let answers = answer.matches("HTTP/1.1 ").count() + answer.matches("HTTP/1.0 ").count();
    if answers != if socket.status == 0 { 0 } else { socket.answers } {
        return Err(format!("{shown:?}: {answers} answers instead of {}: {seen}", socket.answers).into());
    }
    if let Some(missing) = socket.says.iter().find(|text| !answer.contains(text.as_str())) {
        return Err(format!("{shown:?}: does not say {missing:?}: {seen}").into());
    }
    if let Some(leak) = socket.hides.iter().find(|text| answer.contains(text.as_str())) {
        return Err(format!("{shown:?}: must not say {leak:?}: {seen}").into());
    }
    Ok(())
}

impl Expectation {
    pub(crate) fn check(&self, what: &str, answer: &Answer) -> Result<(), Failure> {
        let shown: String = answer.text.chars().take(1_000).collect();
        let first = answer.status == self.status || (self.status == 200 && answer.status == 201);
        if !first && !self.or.contains(&answer.status) {
            return Err(format!("{what}: {} instead of {}: {shown}", answer.status, self.status).into());
        }
        if answer.broken != (first && self.broken) {
            let (is, must) = if answer.broken { ("breaks off", "end") } else { ("ends", "break off") };
            return Err(format!("{what}: the body {is}; it must {must}: {shown}").into());
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
