//! Node.js: one process for all requests, its code compiled while it runs, no sandbox at all.

use std::{fs, path::Path, process::Command};

use super::{Peer, listening, program};
use crate::{Failure, apps, machine, process::Process, report::Report};

pub(super) fn start(app: &str, folder: &Path, report: &mut Report) -> Result<Option<Peer>, Failure> {
    let Some(node) = program("node") else {
        report.absent.insert("Node.js", "see nodejs.org, or `apt-get install nodejs`".into());
        return Ok(None);
    };
    report.versions.insert("Node.js", machine::first_line(&node, &["--version"]).unwrap_or_default());
    let server = if app == apps::ROUTER {
        include_str!("../../peers/node-router.mjs")
    } else {
        include_str!("../../peers/node-fetch.mjs")
    };
    let file = folder.join("node.mjs");
    fs::write(&file, server)?;
    let (process, authority) = Process::start(Command::new(node).arg(&file), listening)?;
    Ok(Some(Peer { name: "Node.js, no sandbox", process, authority, path: apps::PATH.into() }))
}
