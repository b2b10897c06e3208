//! What a draft and a source may be, before they reach the log.

use atoll_model::{AppName, EventDraft, Limits};
use jiff::Timestamp;

use crate::{BusError, NewEvent};

/// The deepest nesting that serde_json reads back (its recursion limit is 128), whatever the limit says.
const READABLE_DEPTH_MAX: usize = 127;
/// How serde_json marks a raw value inside itself: an object whose first key this is is read as something else,
/// or not at all. An event that cannot be read would stand in everybody's way.
const RAW_VALUE_KEY: &str = "$serde_json::private::RawValue";

/// Makes an event of a draft: what the publisher gave, and what is the host's.
pub(crate) fn new_event(source: &str, draft: EventDraft, limits: &Limits) -> Result<NewEvent, BusError> {
    check_source(source, limits)?;
    let id = match draft.id {
        Some(id) => checked_text(id, "an event's id", limits)?,
        None => uuid::Uuid::now_v7().to_string(),
    };
    let subject =
        draft.subject.map(|subject| checked_text(subject, "an event's subject", limits)).transpose()?;
    let depth_max = limits.json_depth_max.min(READABLE_DEPTH_MAX);
    if let Some(misfit) = misfit(&draft.data, depth_max) {
        return Err(match misfit {
            Misfit::TooDeep => BusError::over("the nesting of an event's data", "json_depth_max", depth_max),
            Misfit::ReservedKey => BusError::Invalid(format!(
                "an event's data has the key {RAW_VALUE_KEY:?}, which cannot be read back; use another name"
            )),
        });
    }
    let bytes = json_length(&draft.data);
    if bytes > limits.event_data_bytes_max {
        let what = format!("an event's data of {bytes} bytes");
        return Err(BusError::over(what, "event_data_bytes_max", limits.event_data_bytes_max));
    }
    let EventDraft { event_type, data, hops, trace, .. } = draft;
    Ok(NewEvent { source: source.to_owned(), id, event_type, time: now(), subject, data, hops, trace })
}

/// The time in whole microseconds, as it is kept.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
}

fn check_source(source: &str, limits: &Limits) -> Result<(), BusError> {
    let is_app = source.strip_prefix("/apps/").is_some_and(|name| AppName::parse(name).is_ok());
    let is_external = source.strip_prefix("/external/").is_some_and(|name| {
        let legal = |b: u8| b.is_ascii_alphanumeric() || b"-_.~:@/".contains(&b);
        !name.is_empty()
            && name.bytes().all(legal)
            && !name.split('/').any(|part| matches!(part, "" | "." | ".."))
    });
    if source.len() > limits.event_id_bytes_max {
        return Err(BusError::over("an event's source", "event_id_bytes_max", limits.event_id_bytes_max));
    }
    if is_app || is_external {
        return Ok(());
    }
    let shown: String = source.chars().take(80).collect();
    Err(BusError::Invalid(format!(
        "{shown:?} is not a source of events: it is /external/ and a name of letters, digits and -_.~:@/"
    )))
}

fn checked_text(text: String, what: &str, limits: &Limits) -> Result<String, BusError> {
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(BusError::Invalid(format!("{what} is empty or holds control characters")));
    }
    if text.len() > limits.event_id_bytes_max {
        let what = format!("{what} of {} bytes", text.len());
        return Err(BusError::over(what, "event_id_bytes_max", limits.event_id_bytes_max));
    }
    Ok(text)
}

/// Data that could be written to the log and not be read again.
enum Misfit {
    TooDeep,
    ReservedKey,
}

/// Looks for a misfit without recursion: what measures must not fall over what it measures.
fn misfit(value: &serde_json::Value, depth_max: usize) -> Option<Misfit> {
    let mut open = vec![(value, 1)];
    while let Some((value, depth)) = open.pop() {
        let inner: Box<dyn Iterator<Item = &serde_json::Value>> = match value {
            serde_json::Value::Array(items) => Box::new(items.iter()),
            serde_json::Value::Object(fields) if fields.contains_key(RAW_VALUE_KEY) => {
                return Some(Misfit::ReservedKey);
            }
            serde_json::Value::Object(fields) => Box::new(fields.values()),
            _ => continue,
        };
        if depth > depth_max {
            return Some(Misfit::TooDeep);
        }
        open.extend(inner.map(|value| (value, depth + 1)));
    }
    None
}

/// The length of a value as JSON text, without building the text.
fn json_length(value: &serde_json::Value) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Counting cannot fail, and a `Value` always serializes.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_an_app_or_an_outside_name() {
        let limits = Limits::default();
        for good in ["/apps/todo", "/external/ci", "/external/a.b/c:1", "/external/me@x"] {
            check_source(good, &limits).unwrap();
        }
        let long = format!("/external/{}", "x".repeat(300));
        for bad in [
            "",
            "/apps/",
            "/apps/Todo",
            "/apps/todo/x",
            "todo",
            "/external/",
            "/external/a b",
            "/external/é",
            "/external/../apps/todo",
            "/external//a",
            "/EXTERNAL/a",
            &long,
        ] {
            assert!(check_source(bad, &limits).is_err(), "{bad:?}");
        }
    }
}
