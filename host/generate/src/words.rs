//! Words: lists of them as one text, which is how they are easiest to read and to add to, and their first letter.

/// The first letter in upper case.
pub(crate) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// Words with spaces between; with `=` between two of them, pairs.
#[derive(Clone, Copy)]
pub(crate) struct Words(pub(crate) &'static str);

impl Words {
    /// Whether a word is in the list.
    pub(crate) fn contains(self, word: impl AsRef<str>) -> bool {
        self.iter().any(|known| known == word.as_ref())
    }

    /// The second of a pair.
    pub(crate) fn get(self, first: &str) -> Option<&'static str> {
        self.iter()
            .filter_map(|pair| pair.split_once('='))
            .find(|(known, _)| *known == first)
            .map(|(_, second)| second)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = &'static str> {
        self.0.split_whitespace()
    }
}
