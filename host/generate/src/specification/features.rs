//! What the page and the backend can do with an entity, and what the backend refuses.

use serde::{Deserialize, Serialize};

/// What the page and the backend can do beyond create, read, update and delete.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Features {
    /// Text fields that the search box looks in; none means no search box.
    pub search: Vec<String>,
    /// Fields with a filter.
    pub filters: Vec<String>,
    /// The order when the person chose none.
    pub sort: Vec<SortKey>,
    /// Each can be ticked.
    pub done: Option<Done>,
    /// Each can be pinned to the top.
    pub pin: bool,
    /// Deleted ones wait this many days in a bin.
    pub bin_days: Option<u32>,
    /// Long text is Markdown, with a preview.
    pub markdown: bool,
    /// A tick for each day, and the streak that they make.
    pub streak: bool,
    /// A filter for one month of this date field.
    pub month: Option<String>,
    /// The list can be downloaded as a table.
    pub csv: bool,
    /// Sums over what is listed.
    pub figures: Vec<Figure>,
    /// Sums or counts for each value of a field.
    pub groups: Vec<Group>,
    /// Sums per person are levelled out: who owes whom.
    pub settle: bool,
    /// What stands out.
    pub highlights: Vec<Highlight>,
    /// For forms: each answer gets a number to refer to.
    pub reference: bool,
    /// For forms: answers are taken until a day that is set on the page.
    pub closing: Option<Closing>,
    /// For forms: how many answers are missing from a number typed in; its label.
    pub expected: Option<String>,
    /// For calendars: the week is shown first.
    pub week: bool,
    /// For dated things: create several at once, a week apart.
    pub repeat: Option<Repeat>,
}

/// A field to sort by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortKey {
    /// A field, or `created_at`, `updated_at`.
    pub field: String,
    /// Largest, latest or last first.
    pub descending: bool,
}

/// Each can be ticked: done, paid, returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The yes/no field.
    pub field: String,
    /// What those that are not are called.
    pub open_label: String,
}

/// The product of two fields of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// A number.
    pub factor: String,
    /// A number, usually money.
    pub by: String,
    /// A percentage that is added on top.
    #[serde(default)]
    pub percent: Option<String>,
}

/// A sum over what is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it is called.
    pub label: String,
    /// The field that is summed.
    pub field: String,
    /// Multiplied by this field first.
    #[serde(default)]
    pub times: Option<String>,
    /// Only what is not done counts.
    #[serde(default)]
    pub open_only: bool,
}

/// A sum or count for each value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What it is called.
    pub label: String,
    /// The field whose values make the groups.
    pub by: String,
    /// The field that is summed; without one things are counted.
    #[serde(default)]
    pub sum: Option<String>,
}

/// What stands out, and whether it comes first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Highlight {
    /// What the badge says.
    pub label: String,
    /// When.
    pub condition: Condition,
    /// Those come before the others.
    pub first: bool,
}

/// When something stands out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// A date is past, and the thing is not done.
    Overdue {
        /// The date.
        field: String,
    },
    /// A number is at or under another.
    AtMost {
        /// The number.
        field: String,
        /// The other.
        than: Operand,
    },
    /// A number is over another.
    MoreThan {
        /// The number.
        field: String,
        /// The other.
        than: Operand,
    },
}

/// What a number is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operand {
    /// Another field.
    Field(String),
    /// This.
    Value(f64),
}

/// Answers are taken until a day that is set on the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {}

/// Create several at once, a week apart, all or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// The most of them.
    pub weeks_max: u32,
}

/// What the backend refuses, beyond what one field alone can tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// No two share the values of all these fields; with `open_only`, no two that are not done.
    UniqueTogether {
        /// The fields.
        fields: Vec<String>,
        /// Only among those that are not done.
        open_only: bool,
    },
    /// At most so many share the value of a field.
    AtMost {
        /// How many.
        count: u32,
        /// The field.
        field: String,
        /// Only those that are not done count.
        open_only: bool,
    },
    /// The second is after the first (dates, times, numbers); with `or_equal` it may be the same.
    After {
        /// The earlier.
        first: String,
        /// The later.
        second: String,
        /// The same is fine.
        or_equal: bool,
    },
    /// Two with the same values of `within` on the same date do not overlap in time; back to back is fine.
    NoOverlap {
        /// The day.
        date: String,
        /// From.
        start: String,
        /// To.
        end: String,
        /// The room, the person, the place; all when empty.
        within: Vec<String>,
    },
    /// A field must be filled in when a yes/no field is yes.
    RequiredWhen {
        /// What must be filled in.
        field: String,
        /// The yes/no field.
        when: String,
    },
}
