//! The fixed words of pages and messages in the languages of [`Language`].

use crate::Language;

/// One phrase a line: English, Spanish, German, French, Japanese, with tabs between.
const PHRASES: &str = include_str!("phrases.tsv");

/// The phrase in a language; the English one when nobody translated it.
pub(super) fn translate(language: Language, phrase: &str) -> &str {
    let column = match language {
        Language::English => return phrase,
        Language::Spanish => 1,
        Language::German => 2,
        Language::French => 3,
        Language::Japanese => 4,
    };
    PHRASES
        .lines()
        .find(|line| line.split('\t').next() == Some(phrase))
        .and_then(|line| line.split('\t').nth(column))
        .unwrap_or(phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_in_all_languages_and_fits_between_quotes() {
        for line in PHRASES.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            assert_eq!(cells.len(), 5, "{line}");
            for cell in cells {
                assert!(
                    !cell.is_empty() && !cell.contains(['"', '`', '\\', '{', '}', '<', '>', '$']),
                    "{line}"
                );
            }
        }
    }
}
