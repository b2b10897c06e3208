//! How a list is looked at: order, search, filters, one month, a table to download.

use super::use_known;
use crate::{
    Field, FieldKind, SortKey, View,
    analyze::{draft::Draft, is_always_set, prompt::Prompt},
};

/// Downloads, and the month that is shown.
pub(super) fn export(prompt: &mut Prompt, draft: &mut Draft) {
    if let Some(found) = prompt.take(&[
        "download|export|exports|exported|save as|to|a? csv|excel|spreadsheet|table",
        "download|export * * as? csv",
        "csv|spreadsheet|excel",
    ]) {
        let clause = prompt.clause_of(found.start);
        let imports = prompt.find_in("paste|import|upload", clause.clone()).is_some();
        if !imports {
            draft.features.csv = true;
            use_known(
                prompt,
                draft,
                clause,
                &["download", "export", "csv", "month", "file", "spreadsheet", "excel"],
            );
        }
    }
    let date = draft
        .find(|field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime) && is_always_set(field))
        .map(|field| field.name.clone());
    let wants = prompt
        .find("each|every|per|a|the|this|by|of month|months")
        .or_else(|| prompt.find("monthly|month|months"));
    if let (Some(date), Some(found), View::List | View::Cards) = (date, wants, draft.view) {
        draft.features.month = Some(date);
        prompt.use_tokens(found.start..found.end);
        prompt.take(&["at the? end of each|every|the month"]);
    }
}

pub(super) fn sort(prompt: &mut Prompt, draft: &mut Draft) {
    let mut keys: Vec<SortKey> = Vec::new();
    if let Some(found) =
        prompt.take(&["sorted|sort|sortable|ordered|order|ordenados|ordenadas|sortiert|trié by|por|nach|par"])
    {
        // "sorted by class and then last name".
        let end = prompt.between_marks(found.start).end.max(found.end);
        for (index, name) in draft.named_in(prompt, found.end..end) {
            keys.push(SortKey { field: name, descending: false });
            prompt.use_tokens(index..index + 1);
        }
        use_known(prompt, draft, found.end..end, &["then"]);
        if prompt.find_in("last? edited|updated|changed", found.end..end).is_some() {
            keys = vec![SortKey { field: "updated_at".into(), descending: true }];
        }
    }
    if let Some(found) = prompt.take(&[
        "by last|latest edited|updated|changed",
        "last edited first",
        "most recent|recently edited first?",
    ]) {
        keys = vec![SortKey { field: "updated_at".into(), descending: true }];
        let clause = prompt.clause_of(found.start);
        use_known(prompt, draft, clause, &["rest"]);
    }
    let date = draft
        .find(|field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime))
        .map(|field| field.name.clone());
    let stamp = || "created_at".to_owned();
    if prompt.take(&["newest|latest|most-recent first|on? top?", "newest"]).is_some() && keys.is_empty() {
        keys.push(SortKey { field: stamp(), descending: true });
    }
    if prompt.take(&["oldest first|on?"]).is_some() && keys.is_empty() {
        keys.push(SortKey { field: stamp(), descending: false });
    }
    if prompt.take(&["longest first"]).is_some() && keys.is_empty() {
        keys.push(SortKey { field: date.clone().unwrap_or_else(stamp), descending: false });
    }
    if prompt.take(&["alphabetically|alphabetical order?"]).is_some()
        && keys.is_empty()
        && let Some(title) = draft.entity.title_field().map(|field| field.name.clone())
    {
        keys.push(SortKey { field: title, descending: false });
    }
    if !keys.is_empty() {
        keys.truncate(3);
        draft.features.sort = keys;
    }
}

pub(super) fn search(prompt: &mut Prompt, draft: &mut Draft) {
    let mut asked: Vec<String> = Vec::new();
    for found in prompt.find_all("search|searching|searchable|find|buscar|suche|suchen|look") {
        let clause = prompt.sentence_of(found.start);
        let end = prompt.clause_of(found.start).end.max(found.end).min(clause.end);
        asked.extend(draft.named_in(prompt, found.end..end).into_iter().map(|(_, name)| name));
        prompt.use_tokens(found.clone());
        use_known(
            prompt,
            draft,
            found.start..end,
            &[
                "search", "box", "bar", "field", "type", "typing", "text", "title", "number", "name", "up",
                "look", "both", "find", "while", "by", "phone", "tag", "able",
            ],
        );
    }
    let texts = |field: &&Field| field.kind.is_text() && field.kind != FieldKind::Url;
    let mut fields: Vec<String> = draft
        .fields()
        .iter()
        .filter(texts)
        .filter(|field| asked.is_empty() || asked.contains(&field.name))
        .map(|field| field.name.clone())
        .collect();
    if fields.is_empty() {
        fields = draft.fields().iter().filter(texts).map(|field| field.name.clone()).collect();
    }
    fields.truncate(8);
    draft.features.search = fields;
}

pub(super) fn filters(prompt: &mut Prompt, draft: &mut Draft) {
    for found in prompt.find_all("filter|filters|filtering|filtered by|on|for? *") {
        let clause = prompt.clause_of(found.start);
        for (_, name) in draft.named_in(prompt, found.start..clause.end) {
            let filterable = draft.find(|field| field.name == name).is_some_and(|field| {
                matches!(
                    field.kind,
                    FieldKind::Text
                        | FieldKind::Category
                        | FieldKind::Choice { .. }
                        | FieldKind::Priority
                        | FieldKind::Tags
                        | FieldKind::YesNo
                )
            });
            if filterable && !draft.features.filters.contains(&name) {
                draft.features.filters.push(name);
            }
        }
        use_known(prompt, draft, clause.clone(), &["filter", "filters", "filtering"]);
        prompt.use_tokens(found.start..found.start + 1);
    }
    let done = draft.features.done.as_ref().map(|done| done.field.clone());
    let usual: Vec<String> = draft
        .fields()
        .iter()
        .filter(|field| match &field.kind {
            FieldKind::Category | FieldKind::Priority | FieldKind::Tags => true,
            FieldKind::Choice { options } => options.len() > 1,
            FieldKind::YesNo => !field.must_be_yes && Some(&field.name) != done.as_ref(),
            // People and places repeat: worth a filter.
            FieldKind::Text => {
                ["paid_by", "runner", "person", "project", "assignee", "supplier", "room", "client", "class"]
                    .contains(&field.name.as_str())
                    && !field.unique
                    && draft.entity.title_field() != Some(field)
            }
            _ => false,
        })
        .map(|field| field.name.clone())
        .collect();
    for name in usual {
        if !draft.features.filters.contains(&name) && draft.features.filters.len() < 5 {
            draft.features.filters.push(name);
        }
    }
}
