//! Well-known apps: how people ask for them, and what they have when nobody says more.
//!
//! The data are lines of `archetypes.tsv`; this reads them.

use std::sync::LazyLock;

use super::lexicon;
use crate::{Field, FieldKind, InitialValue, Theme, View};

/// A well-known app.
#[derive(Debug)]
pub(super) struct Archetype {
    pub(super) title: &'static str,
    /// What one is called.
    pub(super) entity: &'static str,
    pub(super) view: View,
    pub(super) theme: Theme,
    /// Phrases that ask for it, as patterns of [`super::prompt::Prompt::find`]; better ones first.
    pub(super) asked: Vec<&'static str>,
    /// Fields that are always there.
    pub(super) core: &'static str,
    /// Fields that are there when the person named fewer than two.
    pub(super) usual: &'static str,
    /// The tick: its field, and what is not ticked is called.
    pub(super) done: Option<(&'static str, &'static str)>,
    /// Other things it has: see [`Trait`].
    pub(super) traits: Vec<Trait>,
}

/// What some well-known apps have besides fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Trait {
    /// A tick for each day and a streak.
    Streak,
    /// The last edited first.
    LastEditedFirst,
    /// The newest date first.
    NewestDateFirst,
    /// The money is summed, in all and by category.
    SumMoney,
    /// Nobody can lend what is out.
    OneAtATime,
    /// Two may not overlap.
    NoOverlap,
    /// Stock at or under a level stands out.
    StockLevels,
    /// Lines with quantity and price.
    Lines,
    /// Places that people take.
    Signup,
    /// The hours are summed by person and project.
    SumHours,
}

/// All of them, in the order of precedence: the more special first.
pub(super) static ALL: LazyLock<Vec<Archetype>> = LazyLock::new(|| {
    include_str!("archetypes.tsv").lines().filter(|line| !line.starts_with('#')).filter_map(read).collect()
});

fn read(line: &'static str) -> Option<Archetype> {
    let mut cells = line.split('\t').map(|cell| if cell == "-" { "" } else { cell });
    let mut next = || cells.next();
    Some(Archetype {
        title: next()?,
        entity: next()?,
        view: named(next()?)?,
        theme: named(next()?)?,
        asked: next()?.split("; ").collect(),
        core: next()?,
        usual: next()?,
        done: next()?.split_once(" / "),
        traits: next()?.split_whitespace().filter_map(named).collect(),
    })
}

/// A variant by its name, as the specification writes it.
fn named<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(name.to_lowercase().into()).ok()
}

/// The fields that a line of data describes.
pub(super) fn fields(text: &str) -> Vec<Field> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).filter_map(field).collect()
}

fn field(text: &str) -> Option<Field> {
    let (label, kind) = match text.split_once(" choice(") {
        Some((label, options)) => {
            let options =
                options.trim_end_matches(')').split(',').map(|option| option.trim().to_owned()).collect();
            (label, FieldKind::Choice { options })
        }
        None => {
            let (label, kind) = text.rsplit_once(' ')?;
            (label, lexicon::kind_by_name(kind.trim_end_matches("@today"))?)
        }
    };
    let mut field = Field::new(label.trim_end_matches('!'), kind);
    field.required = label.ends_with('!');
    if field.required && field.kind == FieldKind::YesNo {
        field.must_be_yes = true;
    }
    let written = text.rsplit_once(' ').map_or("", |(_, kind)| kind);
    match written {
        "positive" => {
            field.minimum = Some(0.0);
            field.above_minimum = true;
        }
        "count" => field.minimum = Some(0.0),
        "rating" => {
            field.minimum = Some(1.0);
            field.maximum = Some(5.0);
        }
        _ => {}
    }
    if written.ends_with("@today") {
        field.initial = Some(InitialValue::Today);
    }
    if field.kind == FieldKind::Colour {
        field.initial = Some(InitialValue::Text("yellow".into()));
    }
    Some(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_data_is_read() {
        let lines = include_str!("archetypes.tsv").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(ALL.len(), lines.count());
        for archetype in ALL.iter() {
            let traits = archetype.traits.len();
            let line = include_str!("archetypes.tsv")
                .lines()
                .find(|line| line.starts_with(&format!("{}\t", archetype.title)))
                .unwrap();
            let written =
                line.split('\t').next_back().unwrap().split_whitespace().filter(|cell| *cell != "-").count();
            assert_eq!(traits, written, "{line}");
            for text in [archetype.core, archetype.usual] {
                let expected = text.split(';').filter(|part| !part.trim().is_empty()).count();
                assert_eq!(fields(text).len(), expected, "{text}");
            }
            assert!(
                !fields(archetype.core).is_empty() || !fields(archetype.usual).is_empty(),
                "{}",
                archetype.title
            );
        }
    }
}
