//! "… that syncs with the todo app events": finds the neighbour, subscribes to what it publishes, and reads
//! from its schemas where titles and dates are.

use std::ops::Range;

use atoll_model::{EventPattern, EventType};
use serde_json::Value;

use super::{draft::Draft, prompt::Prompt, words};
use crate::{Neighbour, Sync, View};

/// Looks for a wish to follow other apps, and sets it up.
pub(super) fn apply(
    prompt: &mut Prompt,
    draft: &mut Draft,
    neighbours: &[Neighbour],
    app: &str,
) -> Option<Sync> {
    let wish = wish(prompt)?;
    let sentence = prompt.sentence_of(wish.start);
    let wanted: Vec<&Neighbour> =
        neighbours.iter().filter(|neighbour| is_meant(prompt, sentence.clone(), neighbour)).collect();
    prompt.use_tokens(wish.clone());
    let kind = subject(prompt, wish.clone());
    if wanted.is_empty() {
        let what = kind.clone().map_or_else(|| "other app".to_owned(), |kind| format!("{kind} app"));
        draft.assumptions.push(format!(
            "There is no {what} on the canvas that publishes events, so this one starts with its own entries only. Make that app first, \
             then ask again, and its entries will show up here."
        ));
        use_kind(prompt, wish, kind.as_deref());
        return None;
    }
    use_kind(prompt, wish, kind.as_deref());
    for neighbour in &wanted {
        use_names(prompt, sentence.clone(), neighbour);
    }
    let mut sync = Sync {
        name: if draft.view == View::Calendar { "calendar".to_owned() } else { app.replace('-', "_") },
        title: wanted.iter().map(|neighbour| neighbour.title.clone()).collect::<Vec<_>>().join(", "),
        patterns: Vec::new(),
        title_properties: Vec::new(),
        date_properties: Vec::new(),
        time_properties: Vec::new(),
        done_properties: Vec::new(),
    };
    for neighbour in &wanted {
        follow(&mut sync, neighbour);
    }
    let titles: Vec<&str> = wanted.iter().map(|neighbour| neighbour.title.as_str()).collect();
    let what = if draft.view == View::Calendar { "on its days" } else { "in a list" };
    draft
        .assumptions
        .push(format!("What {} tells is shown {what}; it is changed there, not here.", titles.join(" and ")));
    for (list, usual) in [
        (&mut sync.title_properties, &["title", "name", "subject", "label", "text"][..]),
        (&mut sync.date_properties, &["due_date", "date", "due", "day", "start", "at"][..]),
        (&mut sync.time_properties, &["time", "start_time"][..]),
        (&mut sync.done_properties, &["done", "completed"][..]),
    ] {
        if list.is_empty() {
            list.extend(usual.iter().map(|name| (*name).to_owned()));
        }
    }
    Some(sync)
}

/// Hides what is said about other apps while the subject of this one is looked for.
pub(super) fn hide(prompt: &mut Prompt) -> Option<Range<usize>> {
    let wish = wish(prompt)?;
    let range = wish.start..prompt.clause_of(wish.start).end;
    // What was hidden before stays so.
    if range.clone().any(|index| prompt.is_hidden(index)) {
        return None;
    }
    prompt.hide(range.clone());
    Some(range)
}

/// Shows again what [`hide`] hid.
pub(super) fn unhide(prompt: &mut Prompt, range: Option<Range<usize>>) {
    if let Some(range) = range {
        prompt.show(range);
    }
}

fn wish(prompt: &Prompt) -> Option<Range<usize>> {
    [
        "syncs|sync|synced|synchronises|synchronizes|synchronised|synchronized|connected|connects|linked|links with|to|from",
        "follows|follow|watches|watch|listens|listen|subscribes|subscribe to? the *",
        "shows|show|display|displays * from the * app",
        "events|entries|items|tasks|todos of|from the * app|list",
        "in|from the * app",
        "going on in the",
        "for * i tick",
    ]
    .iter()
    .find_map(|pattern| prompt.find(pattern))
}

/// What kind of app is meant: the word before "app", "list", "board" or "events".
fn subject(prompt: &Prompt, wish: Range<usize>) -> Option<String> {
    let end = prompt.sentence_of(wish.start).end;
    let found = prompt.find_in("* app|apps|list|board|tracker|events|calendar", wish.start..end)?;
    let word = prompt.word(found.start);
    (!words::is_filler(word)).then(|| words::singular(word))
}

fn use_kind(prompt: &mut Prompt, wish: Range<usize>, kind: Option<&str>) {
    let end = prompt.sentence_of(wish.start).end;
    for index in wish.start..end {
        let word = prompt.word(index);
        if matches!(word, "app" | "apps" | "events" | "event" | "list" | "board" | "todo" | "entries")
            || kind.is_some_and(|kind| words::singular(word) == kind)
        {
            prompt.use_tokens(index..index + 1);
        }
    }
}

fn use_names(prompt: &mut Prompt, range: Range<usize>, neighbour: &Neighbour) {
    let names = names(neighbour);
    for index in range {
        if names.contains(&words::singular(prompt.word(index))) {
            prompt.use_tokens(index..index + 1);
        }
    }
}

/// Words by which a neighbour may be called.
fn names(neighbour: &Neighbour) -> Vec<String> {
    let mut names: Vec<String> = neighbour.app.as_str().split('-').map(words::singular).collect();
    names.extend(neighbour.title.to_lowercase().split(|c: char| !c.is_alphanumeric()).map(words::singular));
    names.extend(
        neighbour
            .publishes
            .iter()
            .filter_map(|(event, _)| event.as_str().split('.').next())
            .map(words::singular),
    );
    names.retain(|name| {
        name.chars().count() > 2
            && !words::is_filler(name)
            && !matches!(name.as_str(), "app" | "list" | "tracker" | "calendar" | "board" | "event" | "log")
    });
    names.sort();
    names.dedup();
    names
}

fn is_meant(prompt: &Prompt, sentence: Range<usize>, neighbour: &Neighbour) -> bool {
    if neighbour.publishes.iter().all(|(event, _)| event.as_str().ends_with(".changed")) {
        return false;
    }
    let names = names(neighbour);
    let named = sentence.clone().any(|index| {
        let word = prompt.word(index);
        let singular = words::singular(word);
        !word.is_empty()
            && (names.contains(&singular)
                || (matches!(word, "task" | "tasks" | "to-do" | "to-dos")
                    && names.iter().any(|name| name == "todo")))
    });
    named || prompt.find_in("all|other|every|my apps", sentence).is_some()
}

/// Subscribes to a neighbour and reads its schemas.
fn follow(sync: &mut Sync, neighbour: &Neighbour) {
    // "….changed" only tells open pages of that app to look again.
    let told = |event: &&(EventType, Option<Value>)| !event.0.as_str().ends_with(".changed");
    for (event, schema) in neighbour.publishes.iter().filter(told) {
        let pattern = match event.as_str().rsplit_once('.') {
            Some((kind, _)) => format!("{kind}.*"),
            None => event.as_str().to_owned(),
        };
        if let Ok(pattern) = EventPattern::parse(&pattern)
            && !sync.patterns.contains(&pattern)
        {
            sync.patterns.push(pattern);
        }
        if let Some(properties) =
            schema.as_ref().and_then(|schema| schema.get("properties")).and_then(Value::as_object)
        {
            read(sync, properties);
        }
    }
}

fn read(sync: &mut Sync, properties: &serde_json::Map<String, Value>) {
    const BOOKKEEPING: &[&str] = &["id", "created_at", "updated_at", "deleted_at"];
    let is = |schema: &Value, ty: &str| match &schema["type"] {
        Value::String(one) => one == ty,
        Value::Array(several) => several.iter().any(|one| one == ty),
        _ => false,
    };
    let rank = |name: &str, wanted: &[&str]| {
        wanted.iter().position(|part| name.contains(part)).unwrap_or(wanted.len())
    };
    let mut titles: Vec<&String> = Vec::new();
    let mut dates: Vec<&String> = Vec::new();
    for (name, schema) in properties.iter().filter(|(name, _)| !BOOKKEEPING.contains(&name.as_str())) {
        let format = schema["format"].as_str().unwrap_or_default();
        let pattern = schema["pattern"].as_str().unwrap_or_default();
        let date = matches!(format, "date" | "date-time")
            || pattern.contains("T\\d{2}")
            || (format.is_empty() && name.ends_with("date"));
        if is(schema, "boolean") {
            let done =
                ["done", "completed", "finished", "closed", "returned", "paid"].contains(&name.as_str());
            add(&mut sync.done_properties, done.then_some(name));
        } else if date && is(schema, "string") {
            dates.push(name);
        } else if pattern == "^\\d{2}:\\d{2}$" {
            add(&mut sync.time_properties, Some(name));
        } else if is(schema, "string") && schema.get("enum").is_none() {
            titles.push(name);
        }
    }
    titles.sort_by_key(|name| rank(name, &["title", "name", "subject", "label", "text", "description"]));
    dates.sort_by_key(|name| rank(name, &["due", "date", "day", "start", "on"]));
    for title in titles.into_iter().take(2) {
        add(&mut sync.title_properties, Some(title));
    }
    for date in dates {
        add(&mut sync.date_properties, Some(date));
    }
}

fn add(list: &mut Vec<String>, name: Option<&String>) {
    if let Some(name) = name.filter(|name| !list.contains(name))
        && list.len() < 6
    {
        list.push(name.clone());
    }
}
