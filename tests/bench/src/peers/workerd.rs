//! workerd: an isolate for each worker, reused for all of its requests; and its dynamic worker loader, which is a
//! host of many apps.

use std::{fs, path::Path, process::Command};

use super::{NPM, Peer, WORKERD, npm_program, program};
use crate::{Failure, apps, machine, process::Process, report::Report};

const COMPATIBILITY_DATE: &str = "2026-01-01";

/// One app.
pub(super) fn start(files: &[String], folder: &Path, report: &mut Report) -> Result<Option<Peer>, Failure> {
    let modules = files.iter().map(|file| format!("(name = \"{file}\", esModule = embed \"{file}\")"));
    let worker = format!("modules = [{}],", modules.collect::<Vec<_>>().join(", "));
    let started = serve(&worker, folder, report)?;
    Ok(started.map(|(process, authority)| Peer {
        name: WORKERD,
        process,
        authority,
        path: apps::PATH.into(),
    }))
}

/// Many apps in one process: [`Loader::path`] is one app's.
pub(crate) struct Loader {
    pub(crate) process: Process,
    pub(crate) authority: String,
}

impl Loader {
    pub(crate) fn start(folder: &Path, report: &mut Report) -> Result<Option<Self>, Failure> {
        fs::write(folder.join("loader.js"), include_str!("../../peers/workerd-loader.mjs"))?;
        fs::write(folder.join("source.txt"), apps::ROUTER)?;
        let worker = format!(
            "modules = [(name = \"loader.js\", esModule = embed \"loader.js\"), (name = \"source\", text = embed \"source.txt\")],
             bindings = [(name = \"LOADER\", workerLoader = ()), (name = \"COMPATIBILITY_DATE\", text = \"{COMPATIBILITY_DATE}\")],"
        );
        let started = serve(&worker, folder, report)?;
        Ok(started.map(|(process, authority)| Self { process, authority }))
    }

    pub(crate) fn path(number: usize) -> String {
        format!("/app-{number:05}{}", apps::PATH)
    }
}

fn serve(worker: &str, folder: &Path, report: &mut Report) -> Result<Option<(Process, String)>, Failure> {
    let Some(workerd) = npm_program("@cloudflare", "workerd-", "bin/workerd").or_else(|| program("workerd"))
    else {
        report.absent.insert("workerd", NPM.into());
        return Ok(None);
    };
    report.versions.insert("workerd", machine::first_line(&workerd, &["--version"]).unwrap_or_default());
    let config = format!(
        "using Workerd = import \"/workerd/workerd.capnp\";
         const config :Workerd.Config = (
           services = [(name = \"main\", worker = .worker)],
           sockets = [(name = \"http\", address = \"127.0.0.1:0\", http = (), service = \"main\")],
         );
         const worker :Workerd.Worker = ({worker} compatibilityDate = \"{COMPATIBILITY_DATE}\");
         "
    );
    let file = folder.join("workerd.capnp");
    fs::write(&file, config)?;
    let mut command = Command::new(workerd);
    // The loader is experimental in workerd. What it says on the control descriptor is where it listens.
    command.args(["serve", "--experimental", "--control-fd=1"]).arg(&file);
    Process::start(&mut command, |line| {
        let said: serde_json::Value = serde_json::from_str(line).ok()?;
        (said["event"] == "listen").then(|| format!("127.0.0.1:{}", said["port"]))
    })
    .map(Some)
}
