//! Rules: what the person wants refused. Each function looks for one thing and marks what it understood.

use super::{
    archetypes::Trait,
    constraint,
    draft::Draft,
    features::use_known,
    lexicon::{self, Meaning},
    prompt::Prompt,
    words,
};
use crate::{FieldKind, InitialValue, Repeat, Rule, View};

pub(super) fn apply(prompt: &mut Prompt, draft: &mut Draft) {
    not_negative(prompt, draft);
    not_in_future(prompt, draft);
    same_place(prompt, draft);
    one_at_a_time(prompt, draft);
    due_back(prompt, draft);
    at_most(prompt, draft);
    longest_text(prompt, draft);
    hours(prompt, draft);
    overlap(prompt, draft);
    repeat(prompt, draft);
    steps(prompt, draft);
    in_order(draft);
}

/// "Quantity can never drop below zero".
fn not_negative(prompt: &mut Prompt, draft: &mut Draft) {
    let Some(found) = prompt
        .find("never|not|can't|cannot be|go|drop|fall? below|under|less zero|0")
        .or_else(|| prompt.find("never|not|can't be? negative"))
    else {
        return;
    };
    let clause = prompt.clause_of(found.start);
    for (_, name) in draft.named_in(prompt, clause.clone()) {
        if let Some(field) = draft.find_mut(&name).filter(|field| field.kind.is_number()) {
            field.minimum = Some(field.minimum.unwrap_or(0.0).max(0.0));
        }
    }
    prompt.use_tokens(found);
    use_known(prompt, draft, clause, &[]);
}

fn not_in_future(prompt: &mut Prompt, draft: &mut Draft) {
    let Some(found) = prompt.find("not|never|can't be? in the future") else { return };
    let clause = prompt.clause_of(found.start);
    for (_, name) in draft.named_in(prompt, clause.clone()) {
        if let Some(field) = draft.find_mut(&name).filter(|field| field.kind == FieldKind::Date) {
            field.past = true;
        }
    }
    prompt.use_tokens(found);
    use_known(prompt, draft, clause, &[]);
}

/// "Two samples can't sit in the same position of the same box", "no two with the same name".
fn same_place(prompt: &mut Prompt, draft: &mut Draft) {
    let Some(found) = prompt.find("two * can't|cannot|never|may|must").or_else(|| prompt.find("no two *"))
    else {
        if let Some(found) = prompt.find("no duplicate|double|duplicates * s?")
            && let Some((_, name)) = draft.named_in(prompt, found.clone()).pop()
            && let Some(field) = draft.find_mut(&name)
        {
            field.unique = true;
            prompt.use_tokens(found);
        }
        return;
    };
    let sentence = prompt.sentence_of(found.start);
    let mut fields: Vec<String> = Vec::new();
    for same in prompt.find_all("same * *?") {
        if sentence.contains(&same.start)
            && let Some((_, name)) = draft.named_in(prompt, same.start + 1..same.end).into_iter().next()
            && !fields.contains(&name)
        {
            fields.push(name);
            prompt.use_tokens(same.start..same.start + 2);
        }
    }
    if fields.is_empty() {
        return;
    }
    prompt.use_tokens(found);
    use_known(prompt, draft, sentence, &["sit", "have", "share", "be", "in", "same"]);
    match fields.as_slice() {
        [one] => {
            if let Some(field) = draft.find_mut(one) {
                field.unique = true;
            }
        }
        _ => {
            for name in &fields {
                if let Some(field) = draft
                    .find_mut(name)
                    .filter(|field| matches!(field.kind, FieldKind::Text | FieldKind::Category))
                {
                    field.required = true;
                }
            }
            draft.rules.push(Rule::UniqueTogether { fields, open_only: false });
        }
    }
}

/// "a copy that's out can't be lent again until it's back", "One key can only be with one person".
fn one_at_a_time(prompt: &mut Prompt, draft: &mut Draft) {
    if !draft.is(Trait::OneAtATime) {
        return;
    }
    let asked = prompt
        .find("can't|cannot be lent|borrowed|taken|given again? until?")
        .or_else(|| prompt.find("only be with one"))
        .or_else(|| prompt.find("one person at a time"));
    let sentence = asked.clone().map(|found| prompt.clause_of(found.start));
    let named = sentence.clone().and_then(|sentence| {
        draft.named_in(prompt, sentence).into_iter().find(|(_, name)| {
            draft.find(|field| field.name == *name).is_some_and(|field| field.kind == FieldKind::Text)
        })
    });
    let thing = named.map(|(_, name)| name).or_else(|| {
        draft
            .entity
            .title_field()
            .filter(|field| field.kind == FieldKind::Text)
            .map(|field| field.name.clone())
    });
    let Some(thing) = thing else { return };
    if let Some(field) = draft.find_mut(&thing) {
        field.required = true;
    }
    // A copy is a copy of something: the title belongs to it.
    let mut fields = vec![thing.clone()];
    if thing.contains("copy")
        && let Some(title) =
            draft.entity.title_field().map(|field| field.name.clone()).filter(|title| *title != thing)
    {
        if let Some(field) = draft.find_mut(&title) {
            field.required = true;
        }
        fields.insert(0, title);
    }
    draft.rules.push(Rule::UniqueTogether { fields, open_only: true });
    if let (Some(found), Some(sentence)) = (asked, sentence) {
        prompt.use_tokens(found);
        use_known(
            prompt,
            draft,
            sentence,
            &["out", "back", "person", "again", "lent", "until", "borrowed", "that's", "it's"],
        );
    }
    if let Some(found) = prompt.find("still|what's|currently out") {
        let clause = prompt.clause_of(found.start);
        prompt.use_tokens(found);
        use_known(prompt, draft, clause, &[]);
    }
}

/// "due back 14 days later but if that lands on a saturday or sunday make it the monday after".
fn due_back(prompt: &mut Prompt, draft: &mut Draft) {
    let Some(found) = prompt.find("due back? after|in? # days|weeks later|after?") else { return };
    let from = draft
        .find(|field| field.kind == FieldKind::Date && !field.name.contains("due"))
        .map(|field| field.name.clone());
    let count = found.clone().find_map(|index| words::number(prompt.word(index)));
    let (Some(from), Some(count)) = (from, count) else { return };
    let weeks = prompt.find_in("week|weeks", found.clone()).is_some();
    let days = if weeks { count.saturating_mul(7) } else { count }.min(3650);
    let sentence = prompt.sentence_of(found.start);
    let weekend = prompt.find_in("saturday|sunday|weekend", sentence.clone()).is_some()
        && prompt.find_in("monday", sentence.clone()).is_some();
    if weekend {
        let end = prompt.find_in("monday after?", sentence.clone()).map_or(found.end, |monday| monday.end);
        prompt.use_tokens(found.start..end);
    }
    let mut due = lexicon::field("Due back", Meaning::Date);
    due.initial = Some(InitialValue::DaysAfter { field: from.clone(), days, on_weekdays: weekend });
    if let Some(field) = draft.find_mut(&from) {
        field.required = true;
        field.initial = Some(InitialValue::Today);
    }
    prompt.use_tokens(found);
    draft.entity.fields.retain(|field| field.name != due.name);
    draft.add(due);
}

/// "max 3 books per pupil".
fn at_most(prompt: &mut Prompt, draft: &mut Draft) {
    let Some(found) = prompt.find("max|maximum|most|than|to # *? per|for|by a|each? *") else { return };
    let Some(count) = found.clone().find_map(|index| words::number(prompt.word(index))) else { return };
    let Some(field) = draft
        .named(prompt.word(found.end - 1))
        .filter(|field| field.kind == FieldKind::Text)
        .map(|field| field.name.clone())
    else {
        return;
    };
    if !(1..=50).contains(&count) {
        return;
    }
    if let Some(field) = draft.find_mut(&field) {
        field.required = true;
    }
    let open_only = draft.features.done.is_some();
    draft.rules.push(Rule::AtMost { count, field, open_only });
    prompt.use_tokens(found);
}

/// "Max 500 characters".
fn longest_text(prompt: &mut Prompt, draft: &mut Draft) {
    let Some(found) = prompt.find("max|maximum|most|than|to # characters|letters|signs") else { return };
    let Some(most) = found.clone().find_map(|index| words::number(prompt.word(index))) else { return };
    let name = draft
        .find(|field| field.kind == FieldKind::LongText)
        .or_else(|| draft.entity.title_field())
        .map(|field| field.name.clone());
    if let Some(field) = name.and_then(|name| draft.find_mut(&name)).filter(|field| {
        matches!(field.kind, FieldKind::Text | FieldKind::LongText) && field.pattern.is_none()
    }) {
        field.maximum = Some(f64::from(most.max(1)).min(constraint::TEXT_MAX));
        prompt.use_tokens(found);
    }
}

/// A time of day in hours: "8:00", "18", "9.30".
fn clock(word: &str) -> Option<f64> {
    let (hours, minutes) = word.split_once([':', '.']).unwrap_or((word, "0"));
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 24 && minutes < 60).then(|| f64::from(hours) + f64::from(minutes) / 60.0)
}

/// "half-hour slots from 8:00 to 18:00".
fn hours(prompt: &mut Prompt, draft: &mut Draft) {
    if draft.of_kind(&FieldKind::Time).is_none() {
        return;
    }
    if let Some(found) = prompt.find("half-hour|half|30-minute|hourly|quarter-hour|15-minute|20-minute|10-minute hour|hours? slots|slot|steps?") {
        let step = match prompt.word(found.start) {
            "hourly" => 60.0,
            "quarter-hour" | "15-minute" => 15.0,
            "20-minute" => 20.0,
            "10-minute" => 10.0,
            _ => 30.0,
        };
        for field in draft.entity.fields.iter_mut().filter(|field| field.kind == FieldKind::Time) {
            field.step = Some(step);
        }
        prompt.use_tokens(found);
    }
    let found = prompt
        .find_all("from|between * to|until|till|and *")
        .into_iter()
        .find(|found| clock(prompt.word(found.start + 1)).is_some());
    if let Some(found) = found
        && let (Some(from), Some(to)) =
            (clock(prompt.word(found.start + 1)), clock(prompt.word(found.end - 1)))
        && holds_two(from, to, draft)
    {
        for field in draft.entity.fields.iter_mut().filter(|field| field.kind == FieldKind::Time) {
            field.minimum = Some(from);
            field.maximum = Some(to.min(23.99));
        }
        prompt.use_tokens(found);
    }
}

/// Whether the hours have room for two steps: fewer is more likely one entry's own time.
fn holds_two(from: f64, to: f64, draft: &Draft) -> bool {
    let step = draft.of_kind(&FieldKind::Time).and_then(|field| field.step).unwrap_or(15.0) / 60.0;
    (from / step).ceil() * step + 2.0 * step <= to
}

/// "Two bookings of one room may never overlap, but back-to-back is fine".
fn overlap(prompt: &mut Prompt, draft: &mut Draft) {
    let asked = prompt.find("overlap|overlaps|overlapping|double-booked|double-book|double-booking|clash");
    if draft.view != View::Calendar || (asked.is_none() && !draft.is(Trait::NoOverlap)) {
        return;
    }
    let times: Vec<String> = draft
        .fields()
        .iter()
        .filter(|field| field.kind == FieldKind::Time)
        .map(|field| field.name.clone())
        .collect();
    let date = draft.of_kind(&FieldKind::Date).map(|field| field.name.clone());
    let (Some(date), [start, end, ..]) = (date, times.as_slice()) else { return };
    let within: Vec<String> = draft
        .find(|field| {
            matches!(field.kind, FieldKind::Choice { .. })
                || ["room", "resource", "place", "court", "table", "car", "person", "stylist"]
                    .contains(&field.name.as_str())
        })
        .map(|field| field.name.clone())
        .into_iter()
        .collect();
    for name in [&date, start, end].into_iter().chain(&within) {
        if let Some(field) = draft.find_mut(name) {
            field.required = true;
        }
    }
    draft.rules.push(Rule::After { first: start.clone(), second: end.clone(), or_equal: false });
    draft.rules.push(Rule::NoOverlap { date, start: start.clone(), end: end.clone(), within });
    if let Some(found) = asked {
        let sentence = prompt.sentence_of(found.start);
        use_known(
            prompt,
            draft,
            sentence,
            &[
                "overlap",
                "overlaps",
                "two",
                "one",
                "never",
                "back-to-back",
                "fine",
                "double-booked",
                "double-booking",
                "may",
                "bookings",
            ],
        );
    }
}

/// "Bookings can repeat weekly up to 12 times".
fn repeat(prompt: &mut Prompt, draft: &mut Draft) {
    if draft.view != View::Calendar {
        return;
    }
    let Some(found) = prompt
        .find("repeat|repeats|repeated|recurring|recur weekly|every? week? up? to? #? times?")
        .or_else(|| prompt.find("weekly repeat|repeats|recurrence"))
    else {
        return;
    };
    let weeks = found.clone().find_map(|index| words::number(prompt.word(index))).unwrap_or(12);
    let times = prompt.find_in("up to # times", found.start..prompt.len());
    draft.features.repeat = Some(Repeat { weeks_max: weeks.clamp(2, 52) });
    let clause = prompt.clause_of(found.start);
    prompt.use_tokens(found);
    if let Some(times) = times {
        prompt.use_tokens(times);
    }
    use_known(prompt, draft, clause, &["bookings", "booking"]);
    // All or none, and the message names the date: how it is built.
    if let Some(found) =
        prompt.find("one of the repeats clashes|fails|overlaps tell me which one? and? book? none? of? them?")
    {
        prompt.use_tokens(found);
    }
}

/// "quarter hours only".
fn steps(prompt: &mut Prompt, draft: &mut Draft) {
    let Some(found) = prompt.find("quarter hours|hour only?") else { return };
    if let Some(field) = draft
        .entity
        .fields
        .iter_mut()
        .find(|field| field.kind == FieldKind::Number && field.name.contains("hours"))
    {
        field.step = Some(0.25);
        field.minimum = Some(0.0);
        field.above_minimum = true;
        prompt.use_tokens(found);
    }
}

/// What was started ends later: two dates of which one is a start and one an end.
fn in_order(draft: &mut Draft) {
    let date = |words: &[&str]| {
        draft
            .find(|field| {
                matches!(field.kind, FieldKind::Date | FieldKind::DateTime)
                    && field.name.split('_').any(|part| words.contains(&part))
            })
            .map(|field| (field.name.clone(), field.kind.clone()))
    };
    let (Some((first, kind)), Some((second, other))) = (
        date(&["start", "started", "begin", "from", "opened", "out", "arrival", "checkin"]),
        date(&["end", "ended", "finish", "finished", "until", "closed", "back", "departure", "due"]),
    ) else {
        return;
    };
    let watched = draft.rules.iter().any(|rule| matches!(rule, Rule::After { .. }));
    let computed =
        draft.find(|field| matches!(field.initial, Some(InitialValue::DaysAfter { .. }))).is_some();
    if first != second && kind == other && !watched && !computed {
        draft.rules.push(Rule::After { first, second, or_equal: true });
    }
}
