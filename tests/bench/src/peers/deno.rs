//! Deno: one process for all requests, its code compiled while it runs, no sandbox between requests.

use std::{path::Path, process::Command};

use super::{NPM, Peer, listening, npm_program, program};
use crate::{Failure, apps::PATH, machine, process::Process, report::Report};

pub(super) fn start(folder: &Path, report: &mut Report) -> Result<Option<Peer>, Failure> {
    let Some(deno) = npm_program("@deno", "", "deno").or_else(|| program("deno")) else {
        report.absent.insert("Deno", NPM.into());
        return Ok(None);
    };
    report.versions.insert("Deno", machine::first_line(&deno, &["--version"]).unwrap_or_default());
    std::fs::write(folder.join("deno.mjs"), include_str!("../../peers/deno.mjs"))?;
    let mut command = Command::new(deno);
    command.args(["run", "--quiet", "--no-remote", "--no-npm", "--no-lock", "--allow-net=127.0.0.1"]);
    command
        .arg(folder.join("deno.mjs"))
        .env("DENO_DIR", folder.join("deno"))
        .env("DENO_NO_UPDATE_CHECK", "1");
    let (process, authority) = Process::start(&mut command, listening)?;
    Ok(Some(Peer { name: "Deno, no sandbox", process, authority, path: PATH.into() }))
}
