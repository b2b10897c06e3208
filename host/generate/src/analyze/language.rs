//! The language of a prompt, told from its commonest words.

use super::{japanese, prompt::Prompt};
use crate::Language;

/// English unless another language is clearly spoken.
pub(super) fn detect(prompt: &Prompt) -> Language {
    if japanese::is_japanese(&prompt.text) {
        return Language::Japanese;
    }
    let count =
        |known: &[&str]| (0..prompt.len()).filter(|index| known.contains(&prompt.word(*index))).count();
    let english = count(&[
        "the", "a", "an", "and", "with", "for", "of", "to", "my", "our", "app", "list", "tracker", "is",
        "that",
    ]);
    let others = [
        (
            Language::Spanish,
            count(&[
                "una",
                "para",
                "los",
                "las",
                "el",
                "la",
                "de",
                "del",
                "mi",
                "con",
                "que",
                "qué",
                "quiero",
                "y",
                "por",
                "aplicación",
            ]),
        ),
        (
            Language::German,
            count(&[
                "eine", "ein", "einen", "für", "und", "mit", "der", "die", "das", "ich", "möchte", "von",
                "meine", "den", "ist", "zu",
            ]),
        ),
        (
            Language::French,
            count(&[
                "une", "un", "pour", "avec", "et", "les", "des", "du", "le", "je", "veux", "mes", "mon",
                "la", "de",
            ]),
        ),
    ];
    match others.into_iter().max_by_key(|(_, words)| *words) {
        Some((language, words)) if words >= 2 && words > english => language,
        _ => Language::English,
    }
}
