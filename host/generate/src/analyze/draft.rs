//! What the rules have understood so far.

use super::{
    archetypes::{Archetype, Trait},
    prompt::Prompt,
    words,
};
use crate::{Child, Entity, Features, Field, FieldKind, Rule, Theme, View, compose::plan::RESERVED};

/// A specification in the making.
pub(super) struct Draft {
    pub(super) archetype: Option<&'static Archetype>,
    pub(super) entity: Entity,
    pub(super) view: View,
    pub(super) theme: Theme,
    pub(super) features: Features,
    pub(super) rules: Vec<Rule>,
    pub(super) children: Vec<Child>,
    pub(super) assumptions: Vec<String>,
    /// Clauses that ask for what no part can do, whatever of them was understood.
    pub(super) not_built: Vec<std::ops::Range<usize>>,
}

impl Draft {
    pub(super) fn is(&self, wanted: Trait) -> bool {
        self.archetype.is_some_and(|archetype| archetype.traits.contains(&wanted))
    }

    pub(super) fn fields(&self) -> &[Field] {
        &self.entity.fields
    }

    pub(super) fn find(&self, wanted: impl Fn(&Field) -> bool) -> Option<&Field> {
        self.entity.fields.iter().find(|field| wanted(field))
    }

    pub(super) fn find_mut(&mut self, name: &str) -> Option<&mut Field> {
        self.entity.fields.iter_mut().find(|field| field.name == name)
    }

    pub(super) fn of_kind(&self, kind: &FieldKind) -> Option<&Field> {
        self.find(|field| field.kind == *kind)
    }

    /// Adds a field unless one of that name, or the only one of its sort, is there.
    pub(super) fn add(&mut self, mut field: Field) {
        if RESERVED.contains(&field.name.as_str()) {
            field.name.push_str("_value");
        }
        // Labels that differ may come to the same name, above all those that are not in Latin letters.
        let base = field.name.clone();
        for number in 2..100 {
            match self.entity.field(&field.name) {
                Some(other) if other.label != field.label => field.name = format!("{base}_{number}"),
                _ => break,
            }
        }
        let same = |other: &Field| {
            other.name == field.name
                || (other.kind == field.kind
                    && matches!(field.kind, FieldKind::Priority | FieldKind::Tags | FieldKind::Colour))
        };
        if !self.entity.fields.iter().any(same) {
            self.entity.fields.push(field);
        }
    }

    /// The field that a word of the prompt names: by its whole label, else by one of its words.
    pub(super) fn named(&self, word: &str) -> Option<&Field> {
        let singular = words::singular(word);
        let hit = |part: &str| part == word || words::singular(part) == singular;
        self.find(|field| hit(&field.label.to_lowercase()))
            .or_else(|| self.find(|field| field.label.to_lowercase().split([' ', '-', '\'']).any(hit)))
    }

    /// The fields that words of a range name, in the order of the prompt.
    pub(super) fn named_in(&self, prompt: &Prompt, range: std::ops::Range<usize>) -> Vec<(usize, String)> {
        let mut names: Vec<(usize, String)> = Vec::new();
        let mut next = range.start;
        for index in range {
            let word = prompt.word(index);
            if index < next || word.is_empty() || words::is_filler(word) {
                continue;
            }
            // "unit cost" before "cost": a label that starts here with all its words.
            let whole = self.find(|field| {
                let label = field.label.to_lowercase();
                let parts: Vec<&str> = label.split_whitespace().collect();
                parts.len() > 1
                    && parts.iter().enumerate().all(|(offset, part)| prompt.word(index + offset) == *part)
            });
            if let Some(field) = whole {
                next = index + field.label.split_whitespace().count();
            }
            let name = whole.or_else(|| self.named(word)).map(|field| field.name.clone());
            if let Some(name) = name
                && names.last().is_none_or(|(_, last)| *last != name)
            {
                names.push((index, name));
            }
        }
        names
    }

    pub(super) fn first_money(&self) -> Option<&Field> {
        self.of_kind(&FieldKind::Money)
    }
}
