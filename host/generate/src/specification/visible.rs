//! What a person reads on the page of an app: used to check that what was asked for is there.

use super::{AppSpecification, ChildKind, Entity, FieldKind, View};

impl AppSpecification {
    /// The labels, options and fixed words that the page shows, as far as they depend on the specification.
    #[must_use]
    pub fn visible_texts(&self) -> Vec<String> {
        let features = &self.features;
        let mut texts = vec![self.title.clone(), "Add".to_owned()];
        if self.view != View::Calendar {
            texts.push("Search Sort Newest".into());
        }
        texts.extend(entity(&self.entity));
        for child in &self.children {
            texts.extend(entity(&child.entity));
            if child.total.is_some() {
                texts.push("Subtotal, Total".into());
            }
            if matches!(child.kind, ChildKind::Ledger { .. }) {
                texts.push("Book in, Book out, Amount".into());
            }
        }
        texts.extend(features.done.iter().map(|done| done.open_label.clone()));
        texts.extend(features.figures.iter().map(|figure| figure.label.clone()));
        texts.extend(features.groups.iter().map(|group| group.label.clone()));
        texts.extend(features.highlights.iter().map(|highlight| highlight.label.clone()));
        texts.extend(features.expected.iter().cloned());
        texts.extend(self.sync.iter().map(|sync| sync.title.clone()));
        for (on, text) in [
            (features.streak, "Streak, Today"),
            (features.pin, "Pin, Unpin"),
            (features.bin_days.is_some(), "Bin, Back"),
            (features.markdown, "Preview, Write"),
            (features.csv || self.view == View::Form, "CSV Download"),
            (features.settle, "Who owes whom, owes"),
            (features.closing.is_some(), "Answers close after, closed"),
            (features.reference, "Your reference number is"),
            (features.repeat.is_some(), "Repeat weekly, times"),
            (self.view == View::Calendar, "Month, Week, Today"),
            (self.view == View::Form, "Form, Send, Thank you"),
            (features.expected.is_some(), "missing"),
        ] {
            if on {
                texts.push(text.to_owned());
            }
        }
        texts
    }

    /// Whether the page shows a text: all its words, in order, at the start of words of one label.
    #[must_use]
    pub fn shows(&self, text: &str) -> bool {
        let wanted = words(text);
        !wanted.is_empty()
            && self.visible_texts().iter().any(|label| {
                let label_words = words(label);
                let fits = |window: &[String]| {
                    window.iter().zip(&wanted).all(|(word, wanted)| word.starts_with(wanted.as_str()))
                };
                label_words.windows(wanted.len()).any(fits) || (!text.is_ascii() && label.contains(text))
            })
    }
}

fn entity(entity: &Entity) -> Vec<String> {
    let mut texts = vec![entity.label.clone(), entity.plural_label.clone()];
    for field in &entity.fields {
        texts.push(field.label.clone());
        if let FieldKind::Choice { options } = &field.kind {
            texts.extend(options.iter().cloned());
        }
        if field.kind == FieldKind::Priority {
            texts.push("Low, Medium, High".into());
        }
    }
    texts
}

/// Lower-case words; hyphens separate.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
