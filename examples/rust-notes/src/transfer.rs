//! Notes in bulk, a line of JSON each. However many there are, only some of them are in memory at a time.

use atoll_sdk::{Body, BodyWriter, CapabilityError, Error, Response, clock, random};

use crate::notes::{self, NewNote, Note};

const NOTES_AT_ONCE: u32 = 100;
const LINE_BYTES_MAX: usize = 64 << 10;

/// All notes, as they are read.
pub(crate) fn export() -> Response {
    let write = async |mut body: BodyWriter| {
        let mut last = String::new();
        loop {
            let notes = notes::after(&last, NOTES_AT_ONCE)?;
            let Some(note) = notes.last() else { return Ok(()) };
            last.clone_from(&note.id);
            let mut lines = Vec::new();
            for note in &notes {
                serde_json::to_writer(&mut lines, note)?;
                lines.push(b'\n');
            }
            body.write(lines).await?;
        }
    };
    Response::streamed::<_, _, Error>(write).with_header("content-type", "application/x-ndjson")
}

/// Adds a note for every line, and answers how many. What came before a wrong line stays.
pub(crate) async fn import(body: &mut Body) -> Result<usize, Error> {
    let (mut added, mut rest) = (0, Vec::new());
    let mut batch = Vec::new();
    while let Some(bytes) = body.chunk().await? {
        rest.extend_from_slice(&bytes);
        let complete = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        for line in rest[..complete].split(|byte| *byte == b'\n') {
            batch.extend(parse(line, added + batch.len() + 1)?);
            added += insert_if(&mut batch, NOTES_AT_ONCE as usize)?;
        }
        rest.drain(..complete);
        if rest.len() > LINE_BYTES_MAX {
            return Err(Error::bad_request(format!("a line has more than {LINE_BYTES_MAX} bytes")));
        }
    }
    batch.extend(parse(&rest, added + batch.len() + 1)?);
    Ok(added + insert_if(&mut batch, 1)?)
}

fn parse(line: &[u8], number: usize) -> Result<Option<Note>, Error> {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    let new: NewNote = serde_json::from_slice(line)
        .map_err(|error| Error::bad_request(format!("note {number} is not as expected: {error}")))?;
    notes::check(&new)?;
    let NewNote { text, tags } = new;
    let added_at_ms = i64::try_from(clock::now_ms())?;
    Ok(Some(Note { id: random::uuid(), text, tags, pinned: false, added_at_ms }))
}

/// Inserts them when there are so many. Answers how many it inserted.
fn insert_if(batch: &mut Vec<Note>, least: usize) -> Result<usize, CapabilityError> {
    if batch.len() < least {
        return Ok(0);
    }
    notes::insert(batch)?;
    Ok(batch.drain(..).count())
}
