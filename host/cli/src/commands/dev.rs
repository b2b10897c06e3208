//! `atoll dev [DIR]`: deploys a folder at each save.

use std::{path::PathBuf, time::Duration};

use notify::{EventKind, RecursiveMode, Watcher as _};
use tokio::{sync::mpsc, time::timeout};

use super::deploy::deploy;
use crate::{client::Client, error::CliError, output::Output, pack::check_is_folder};

/// Arguments of `atoll dev`.
#[derive(Debug, clap::Args)]
pub(crate) struct DevArgs {
    /// The app's folder.
    #[arg(default_value = ".")]
    dir: PathBuf,
}

/// An editor's save is several changes; they are over when nothing changed for this long.
const QUIET: Duration = Duration::from_millis(60);

pub(crate) async fn run(args: DevArgs, client: &Client, output: &Output) -> Result<(), CliError> {
    check_is_folder(&args.dir)?;
    let failed =
        |error: notify::Error| CliError::Failed(format!("cannot watch {}: {error}", args.dir.display()));
    // One place: that something changed is all there is to know.
    let (changed, mut changes) = mpsc::channel(1);
    // The path that the watcher names changes by: they are told apart by what comes after it.
    let root = args.dir.canonicalize().unwrap_or_else(|_| args.dir.clone());
    let watched = root.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // When the watcher itself fails, deploying once more is the safe answer.
        if event.is_ok_and(|event| !matters(&root, &event)) {
            return;
        }
        // Full means that a change is noted already.
        let _ = changed.try_send(());
    })
    .map_err(failed)?;
    watcher.watch(&watched, RecursiveMode::Recursive).map_err(failed)?;

    // Once for all rounds: a signal that comes while nobody waits for it would be lost.
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    loop {
        let deployed = tokio::select! {
            deployed = deploy(&args.dir, None, true, client, output) => deployed,
            _ = &mut interrupted => return Ok(()),
        };
        match deployed {
            Ok(()) => {}
            Err(error @ (CliError::OutputClosed | CliError::Unreachable { .. } | CliError::Usage(_))) => {
                return Err(error);
            }
            // The next save may put it right.
            Err(error) => output.error(&error),
        }
        output.progress(format!("watching {}", args.dir.display()));
        tokio::select! {
            change = changes.recv() => if change.is_none() { return Ok(()) },
            _ = &mut interrupted => return Ok(()),
        }
        while let Ok(Some(())) = timeout(QUIET, changes.recv()).await {}
    }
}

/// Whether an event may have changed the source: not for reads, and not for what a deploy leaves out.
fn matters(root: &std::path::Path, event: &notify::Event) -> bool {
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    event.paths.iter().any(|path| {
        let below = path.strip_prefix(root).unwrap_or(path);
        !below.components().any(|part| {
            let name = part.as_os_str().to_string_lossy();
            name.starts_with('.') || matches!(name.as_ref(), "node_modules" | "target" | "dist")
        })
    })
}
