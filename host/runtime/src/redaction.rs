//! Secrets that an app reads are kept out of its log. It is a courtesy to the author, not a boundary: an app that wants
//! to tell its secret can.

use std::{borrow::Cow, collections::BTreeMap};

use zeroize::Zeroizing;

/// A shorter value would be found where it is not meant.
const VALUE_BYTES_MIN: usize = 8;

/// What is replaced in an app's log.
#[derive(Default)]
pub(crate) struct Redaction(Vec<(Zeroizing<String>, String)>);

impl Redaction {
    pub(crate) fn new(secrets: &BTreeMap<String, String>) -> Self {
        let long = secrets.iter().filter(|(_, value)| value.len() >= VALUE_BYTES_MIN);
        let mut all: Vec<_> =
            long.map(|(name, value)| (Zeroizing::new(value.clone()), format!("[secret {name}]"))).collect();
        // The longest first: one may be a part of another.
        all.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        Self(all)
    }

    /// The text with the names of secrets in the place of their values.
    pub(crate) fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for (value, name) in &self.0 {
            if text.contains(value.as_str()) {
                text = Cow::Owned(text.replace(value.as_str(), name));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_replaced_by_names_wherever_they_stand() {
        let secrets = [("A", "hush-hush"), ("B", "hush-hush-more"), ("C", "short")];
        let secrets = secrets.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let redaction = Redaction::new(&secrets);
        assert_eq!(
            redaction.apply("key=hush-hush&other=hush-hush-more short"),
            "key=[secret A]&other=[secret B] short"
        );
        assert!(matches!(redaction.apply("nothing"), Cow::Borrowed("nothing")));
        assert_eq!(Redaction::default().apply("hush-hush"), "hush-hush");
    }
}
