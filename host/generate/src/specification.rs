//! What an app is to be, before any code: entities with typed fields, a view, features and rules.
//!
//! Everything is data that serializes, so that a person can be shown it, a cache can keep it, and a model
//! may write it. [`crate::compose`] checks that names refer to fields that exist.

mod features;
mod field;
mod theme;
mod visible;

use atoll_model::{AppName, EventPattern};
use serde::{Deserialize, Serialize};

pub use features::{
    Closing, Condition, Done, Features, Figure, Group, Highlight, Operand, Product, Repeat, Rule, SortKey,
};
pub use field::{Field, FieldKind, InitialValue, Pattern, identifier};
pub use theme::{Language, Theme};

/// An app to be composed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppSpecification {
    /// The app's name, e.g. `todo`.
    pub name: AppName,
    /// What people call it.
    pub title: String,
    /// One sentence about it.
    pub description: String,
    /// The language of the page.
    pub language: Language,
    /// How the page shows the entity.
    pub view: View,
    /// The accent colour.
    pub theme: Theme,
    /// What the app is about.
    pub entity: Entity,
    /// Lists that belong to one of the entity: the lines of an invoice, the vaccinations of a pet.
    #[serde(default)]
    pub children: Vec<Child>,
    /// What the page and the backend can do beyond create, read, update and delete.
    #[serde(default)]
    pub features: Features,
    /// What the backend refuses, beyond what one field alone can tell.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Other apps whose events are shown.
    #[serde(default)]
    pub sync: Option<Sync>,
}

impl AppSpecification {
    /// The types of event that the app publishes.
    #[must_use]
    pub fn publishes(&self) -> Vec<String> {
        let entity = &self.entity.name;
        let mut types: Vec<String> =
            ["created", "updated", "deleted"].iter().map(|change| format!("{entity}.{change}")).collect();
        types.extend(self.sync.as_ref().map(|sync| format!("{}.changed", sync.name)));
        types
    }
}

/// How the page shows the entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// A list; a click opens one of it.
    List,
    /// Cards on a wall, for notes.
    Cards,
    /// A list with a tick for each day.
    Habits,
    /// A month, a week, and the day that is chosen.
    Calendar,
    /// A form to fill in, and a second tab with the answers.
    Form,
}

/// A thing that is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// `snake_case` ASCII, singular: table, routes and events are named after it.
    pub name: String,
    /// Plural of `name`.
    pub plural: String,
    /// What people call one.
    pub label: String,
    /// What people call several.
    pub plural_label: String,
    /// Its fields, in the order of the form.
    pub fields: Vec<Field>,
}

impl Entity {
    /// A field by its name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field that names one of it: the first text that is required, else the first text, else the first.
    /// Who paid or took something does not name it.
    #[must_use]
    pub fn title_field(&self) -> Option<&Field> {
        let names = |field: &&Field| field.kind == FieldKind::Text && !field.name.ends_with("_by");
        let texts = || self.fields.iter().filter(names);
        texts().find(|field| field.required).or_else(|| texts().next()).or_else(|| self.fields.first())
    }
}

/// A list that belongs to one of the main entity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Child {
    /// What is in the list.
    pub entity: Entity,
    /// What adding to it does.
    pub kind: ChildKind,
    /// A product of two fields that is summed over the list, e.g. quantity × unit price.
    #[serde(default)]
    pub total: Option<Product>,
}

/// What adding to a child list does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChildKind {
    /// Nothing else; lines can be removed.
    Plain,
    /// Books an amount in or out of a number of the parent, never below zero. Lines stay for ever.
    Ledger {
        /// The parent's field.
        quantity: String,
    },
    /// Takes one of a number of places.
    Places {
        /// The parent's field that holds the number.
        capacity: String,
    },
}

/// Other apps whose events are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sync {
    /// First part of the `….changed` event that tells open pages to refresh.
    pub name: String,
    /// What people call the others.
    pub title: String,
    /// The patterns to subscribe to.
    pub patterns: Vec<EventPattern>,
    /// Properties of the data that hold the title, best first.
    pub title_properties: Vec<String>,
    /// Properties that hold a date.
    pub date_properties: Vec<String>,
    /// Properties that hold a time of day.
    pub time_properties: Vec<String>,
    /// Properties that are true for what is done.
    pub done_properties: Vec<String>,
}
