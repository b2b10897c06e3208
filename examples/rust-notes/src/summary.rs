//! Summaries, which a service elsewhere makes. They are kept for a day, so that it is asked once for each note.

use std::{collections::BTreeMap, time::Duration};

use atoll_sdk::{CapabilityError, Error, config, http, join_all, kv};
use serde::Deserialize;
use serde_json::json;

use crate::notes::{self, Note};

const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
const PATIENCE: Duration = Duration::from_secs(5);
/// Of a digest. The host has a limit of its own for requests of one call.
const NOTES_MAX: u32 = 20;

#[derive(Deserialize)]
struct Summary {
    summary: String,
}

pub(crate) fn cache_key(id: &str) -> String {
    format!("summary:{id}")
}

/// The summary of a note. A service that cannot be reached is the caller's to know: 502.
pub(crate) async fn of(note: &Note) -> Result<String, Error> {
    let key = cache_key(&note.id);
    if let Some(summary) = kv::get_text(&key)? {
        return Ok(summary);
    }
    let url = config::require("SUMMARY_URL")?;
    let request = http::post(&url)
        .bearer(config::secret("SUMMARY_KEY")?.expose())
        .json(&json!({ "text": note.text }))
        .timeout(PATIENCE);
    let mut answer = request.send().await.map_err(unreachable)?;
    if !answer.is_success() {
        return Err(Error::status(502, format!("the summary service answered {}", answer.status())));
    }
    let Summary { summary } = answer.json().await.map_err(unreachable)?;
    kv::PutOptions::new().ttl(KEPT_FOR).metadata(json!({ "chars": note.text.len() })).put(&key, &summary)?;
    Ok(summary)
}

fn unreachable(error: CapabilityError) -> Error {
    Error::status(502, format!("the summary service failed: {error}"))
}

/// The summaries of the newest notes, by their ids: asked for all at once, and in as much time as the slowest takes.
/// One that fails is left out, and the log says why.
pub(crate) async fn digest() -> Result<BTreeMap<String, String>, Error> {
    let notes = notes::find(&notes::Search::newest(NOTES_MAX))?;
    let summaries = join_all(notes.iter().map(of)).await;
    let found = notes.iter().zip(summaries).filter_map(|(note, summary)| match summary {
        Ok(summary) => Some((note.id.clone(), summary)),
        Err(error) => {
            atoll_sdk::log::warn!("no summary of {}: {error}", note.id);
            None
        }
    });
    Ok(found.collect())
}
