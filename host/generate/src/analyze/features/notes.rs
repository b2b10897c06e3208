//! Pins, tags, colours, Markdown, the bin; streaks.

use super::use_known;
use crate::{
    FieldKind,
    analyze::{
        archetypes::Trait,
        draft::Draft,
        lexicon::{self, Meaning},
        prompt::Prompt,
        words,
    },
};

/// Pins, tags, colours, Markdown, the bin.
pub(super) fn notes(prompt: &mut Prompt, draft: &mut Draft) {
    if let Some(found) = prompt.take(&["pinned|pin|pins|pinning|fijar|anheften"]) {
        draft.features.pin = true;
        let clause = prompt.clause_of(found.start);
        use_known(prompt, draft, clause, &["stay", "top", "first", "notes", "on", "important", "ones"]);
    }
    if prompt.take(&["tags|tagged|tagging|hashtags"]).is_some() {
        draft.add(lexicon::field("Tags", Meaning::Tags));
    }
    if prompt.take(&["colourful|coloured", "colours|colour of|for each?", "colours|colour"]).is_some() {
        draft.add(lexicon::field("Colour", Meaning::Colour));
    }
    if prompt.take(&["markdown preview|support|formatting|editor?", "markdown"]).is_some() {
        draft.features.markdown = true;
        if draft.of_kind(&FieldKind::LongText).is_none() {
            draft.add(lexicon::field("Text", Meaning::Long));
        }
    }
    if let Some(found) = prompt.take(&["recycle bin", "bin|trash|papelera|papierkorb"]) {
        let sentence = prompt.sentence_of(found.start);
        let days = prompt
            .find_in("# days", sentence.clone())
            .and_then(|days| words::number(prompt.word(days.start)));
        draft.features.bin_days = Some(days.unwrap_or(30).clamp(1, 3650));
        if let Some(days) = prompt.find_in("# days", sentence.clone()) {
            prompt.use_tokens(days);
        }
        use_known(
            prompt,
            draft,
            sentence,
            &["deleted", "delete", "restore", "restored", "undo", "into", "notes", "recover"],
        );
    }
}

pub(super) fn streak(prompt: &mut Prompt, draft: &mut Draft) {
    if draft.is(Trait::Streak) {
        draft.features.streak = true;
        prompt.take(&["streak|streaks"]);
        prompt.take(&["tick|check|mark them|it? off? every|each? day|daily|today", "daily"]);
    }
}
