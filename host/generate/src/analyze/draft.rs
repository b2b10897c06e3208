//! What the rules have understood so far.

use std::ops::Range;

use super::{
    archetypes::{Archetype, Trait},
    prompt::Prompt,
    words,
};
use crate::{
    Child, Entity, Features, Field, FieldKind, Rule, Theme, View,
    compose::{backend_field::column_of, plan::RESERVED},
};

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
    pub(super) not_built: Vec<Range<usize>>,
    /// The most fields of an entity.
    pub(super) fields_max: usize,
    /// The most lists inside an entry.
    pub(super) children_max: usize,
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

    /// Adds a field unless it, or the only one of its sort, is there, or there is no room for it.
    pub(super) fn add(&mut self, field: Field) {
        let field = under_a_free_name(&self.entity.fields, field);
        let same = |other: &Field| {
            other.name == field.name
                || (other.kind == field.kind
                    && matches!(field.kind, FieldKind::Priority | FieldKind::Tags | FieldKind::Colour))
        };
        if self.entity.fields.iter().any(same) {
            return;
        }
        if self.entity.fields.len() >= self.fields_max {
            let most = self.fields_max;
            self.assume(format!(
                "There is no room for {:?}: an entry has at most {most} fields (limit fields_max).",
                field.label
            ));
        } else {
            self.entity.fields.push(field);
        }
    }

    /// Adds a list inside an entry unless one of that name is there, or there is no room for it.
    pub(super) fn add_child(&mut self, child: Child) {
        let same = |other: &Child| other.entity.plural == child.entity.plural;
        let twice = self.children.iter().any(same) || child.entity.plural == self.entity.plural;
        if twice || self.children.len() >= self.children_max {
            self.assume(format!(
                "There is one list of {} in an entry, and at most {} lists (limit entities_max); more was left out.",
                child.entity.plural_label, self.children_max
            ));
        } else {
            self.children.push(child);
        }
    }

    /// Says something once.
    pub(super) fn assume(&mut self, text: String) {
        if !self.assumptions.contains(&text) {
            self.assumptions.push(text);
        }
    }

    /// The words by which fields are meant.
    pub(super) fn field_words(&self) -> FieldWords<'_> {
        FieldWords(self.entity.fields.iter().map(FieldWord::of).collect())
    }

    /// The field that a word of the prompt names: by its whole label, else by one of its words.
    pub(super) fn named(&self, word: &str) -> Option<&Field> {
        self.field_words().named(word)
    }

    /// The fields that words of a range name, in the order of the prompt.
    pub(super) fn named_in(&self, prompt: &Prompt, range: Range<usize>) -> Vec<(usize, String)> {
        let fields = self.field_words();
        let mut names: Vec<(usize, String)> = Vec::new();
        let mut next = range.start;
        for index in range {
            let word = prompt.word(index);
            if index < next || word.is_empty() || words::is_filler(word) {
                continue;
            }
            // "unit cost" before "cost": a label that starts here with all its words.
            let whole = fields.whole_label_at(prompt, index);
            if let Some((_, length)) = whole {
                next = index + length;
            }
            let name = whole.map(|(field, _)| field).or_else(|| fields.named(word));
            if let Some(name) = name.map(|field| &field.name)
                && names.last().is_none_or(|(_, last)| last != name)
            {
                names.push((index, name.clone()));
            }
        }
        names
    }

    pub(super) fn first_money(&self) -> Option<&Field> {
        self.of_kind(&FieldKind::Money)
    }
}

/// Figures of every summary, which also lists the values in use of some fields.
const SUMMARY: &[&str] = &["count", "open"];

/// A field under a name that no other of these has, neither as a property nor as a column. One with the same label
/// keeps its name: it is the same field again.
pub(super) fn under_a_free_name(others: &[Field], mut field: Field) -> Field {
    let listed = matches!(field.kind, FieldKind::Text | FieldKind::Category | FieldKind::Tags);
    if RESERVED.contains(&field.name.as_str()) || (listed && SUMMARY.contains(&field.name.as_str())) {
        field.name.push_str("_value");
    }
    // Labels that differ may come to the same name, above all those that are not in Latin letters.
    let base = field.name.clone();
    for number in 2..100 {
        let taken = |other: &Field| {
            other.label != field.label && (other.name == field.name || column_of(other) == column_of(&field))
        };
        if !others.iter().any(taken) {
            break;
        }
        field.name = format!("{base}_{number}");
    }
    field
}

/// The words of all fields' labels, worked out once for the many words of a prompt.
pub(super) struct FieldWords<'a>(Vec<FieldWord<'a>>);

struct FieldWord<'a> {
    field: &'a Field,
    /// The whole label and its singular.
    label: [String; 2],
    /// Between spaces.
    words: Vec<String>,
    /// Between spaces, hyphens and apostrophes; each and its singular.
    parts: Vec<[String; 2]>,
}

impl<'a> FieldWord<'a> {
    fn of(field: &'a Field) -> Self {
        let label = field.label.to_lowercase();
        let with_singular = |word: &str| [word.to_owned(), words::singular(word)];
        Self {
            field,
            words: label.split_whitespace().map(str::to_owned).collect(),
            parts: label.split([' ', '-', '\'']).map(with_singular).collect(),
            label: with_singular(&label),
        }
    }
}

impl<'a> FieldWords<'a> {
    /// The field that a word names: by its whole label, else by one of its words.
    pub(super) fn named(&self, word: &str) -> Option<&'a Field> {
        let singular = words::singular(word);
        let hit = |[part, part_singular]: &[String; 2]| part == word || *part_singular == singular;
        let whole = self.0.iter().find(|one| hit(&one.label));
        whole.or_else(|| self.0.iter().find(|one| one.parts.iter().any(hit))).map(|one| one.field)
    }

    /// The field whose label of several words starts at an index, and how many words that is.
    fn whole_label_at(&self, prompt: &Prompt, index: usize) -> Option<(&'a Field, usize)> {
        let here = |one: &&FieldWord<'_>| {
            one.words.len() > 1
                && one.words.iter().enumerate().all(|(offset, word)| prompt.word(index + offset) == word)
        };
        self.0.iter().find(here).map(|one| (one.field, one.words.len()))
    }
}
