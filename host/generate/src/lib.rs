//! From a sentence to a source folder.
//!
//! Two steps, both pure and quick (no IO, no clock, no model):
//!
//! 1. [`analyze`] reads a prompt by rules and answers an [`AppSpecification`], what it assumed, and every
//!    clause that no rule understood, in the person's own words. What would harm others is refused or left
//!    out, and said.
//! 2. [`compose`] writes the folder of an app from a specification: manifest, migration, schemas, backend,
//!    page and tests, from parts that combine freely (fields × views × features).
//!
//! What is deliberately absent: building, deploying, HTTP, any knowledge of which apps exist; the caller
//! says which [`Neighbour`]s are on the canvas.

mod analyze;
mod compose;
mod error;
mod neighbour;
mod specification;
mod words;

pub use analyze::{Analysis, Refusal, analyze};
pub use compose::compose;
pub use error::GenerateError;
pub use neighbour::Neighbour;
pub use specification::{
    AppSpecification, Child, ChildKind, Closing, Condition, Done, Entity, Features, Field, FieldKind, Figure,
    Group, Highlight, InitialValue, Language, Operand, Pattern, Product, Repeat, Rule, SortKey, Sync, Theme,
    View, identifier,
};
