//! Fields: a name for programs, a label for people, a kind, and what a value must satisfy.

use serde::{Deserialize, Serialize};

/// A field of an entity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// `snake_case` ASCII: column, property of the API and of events.
    pub name: String,
    /// As the person wrote it.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Must be filled in.
    #[serde(default)]
    pub required: bool,
    /// No two may share a value.
    #[serde(default)]
    pub unique: bool,
    /// For numbers: the least; with `above_minimum` not even that.
    #[serde(default)]
    pub minimum: Option<f64>,
    /// For numbers: must be more than `minimum`.
    #[serde(default)]
    pub above_minimum: bool,
    /// For numbers the most; for text the longest, in UTF-16 units as JavaScript counts.
    #[serde(default)]
    pub maximum: Option<f64>,
    /// For numbers: the step, e.g. 0.25.
    #[serde(default)]
    pub step: Option<f64>,
    /// For text: what it must look like.
    #[serde(default)]
    pub pattern: Option<Pattern>,
    /// For dates: not in the future.
    #[serde(default)]
    pub past: bool,
    /// For yes/no: must be yes.
    #[serde(default)]
    pub must_be_yes: bool,
    /// Shown after the label: km, %, °C.
    #[serde(default)]
    pub unit: Option<String>,
    /// What it is when nobody says.
    #[serde(default)]
    pub initial: Option<InitialValue>,
}

impl Field {
    /// An optional field without rules.
    #[must_use]
    pub fn new(label: impl Into<String>, kind: FieldKind) -> Self {
        let label = label.into();
        Self {
            name: identifier(&label).unwrap_or_else(|| "field".to_owned()),
            label,
            kind,
            required: false,
            unique: false,
            minimum: None,
            above_minimum: false,
            maximum: None,
            step: None,
            pattern: None,
            past: false,
            must_be_yes: false,
            unit: None,
            initial: None,
        }
    }

    /// The same, but it must be filled in.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }
}

/// What a field holds. On the wire: text as strings, numbers as numbers, dates as `2026-12-31`, times as
/// `18:30`, date and time as `2026-12-31T18:30`, durations as `0:52:30`, tags as a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// An amount with two decimals, stored in cents.
    Money,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day and a time.
    DateTime,
    /// A length of time.
    Duration,
    /// Yes or no.
    YesNo,
    /// One of these.
    Choice {
        /// The options, as people see them.
        options: Vec<String>,
    },
    /// Free text that is suggested again.
    Category,
    /// Low, medium or high.
    Priority,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A web address.
    Url,
    /// Short words.
    Tags,
    /// The colour of a note.
    Colour,
}

impl FieldKind {
    /// Stored and checked as text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::LongText | Self::Category | Self::Email | Self::Phone | Self::Url)
    }

    /// Holds a number.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Number | Self::Integer | Self::Money)
    }
}

/// What a text must look like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// A JavaScript regular expression without slashes, anchored.
    pub expression: String,
    /// What a person is shown: an example, or the first and the last.
    pub shown: String,
    /// A value that matches, to test with.
    pub example: String,
    /// Another one.
    pub other_example: String,
    /// A value that does not.
    pub counterexample: String,
}

/// What a field is when nobody says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InitialValue {
    /// The day it is created.
    Today,
    /// This text; for a choice one of its options.
    Text(String),
    /// Some days after another date of the same thing.
    DaysAfter {
        /// The other field.
        field: String,
        /// How many days.
        days: u32,
        /// A Saturday or Sunday becomes the Monday after.
        on_weekdays: bool,
    },
}

/// `snake_case` ASCII from any label: accents are dropped, everything else becomes `_`. `None` when nothing
/// that can start a name is left.
#[must_use]
pub fn identifier(label: &str) -> Option<String> {
    let mut name = String::new();
    for c in label.to_lowercase().chars() {
        match plain(c) {
            Some(text) => name.push_str(text),
            None if c.is_ascii_alphanumeric() => name.push(c),
            // "owner's" is "owners" to a program.
            None if matches!(c, '\'' | '’') => {}
            None if !name.is_empty() && !name.ends_with('_') => name.push('_'),
            None => {}
        }
        if name.len() >= 40 {
            break;
        }
    }
    let name = name.trim_matches('_');
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(format!("n_{name}"));
    }
    (!name.is_empty()).then(|| name.to_owned())
}

/// The ASCII letters of an accented one.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'á' | 'à' | 'â' | 'ã' | 'å' | 'ā' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'č' | 'ć' => "c",
        'é' | 'è' | 'ê' | 'ë' | 'ě' | 'ę' => "e",
        'í' | 'ì' | 'î' | 'ï' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ó' | 'ò' | 'ô' | 'õ' | 'ø' => "o",
        'ö' | 'œ' => "oe",
        'ř' => "r",
        'š' | 'ś' => "s",
        'ß' => "ss",
        'ú' | 'ù' | 'û' | 'ů' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ž' | 'ź' | 'ż' => "z",
        _ => return None,
    })
}
