//! Specification → source folder.
//!
//! Each part of an app is one file made from one template under `templates/` and values that are built here,
//! field by field. A feature is a flag that keeps or drops lines, or a file of its own, so that fields, views
//! and features combine freely. Nothing is written to a disk, and nothing is built.

mod backend;
pub(crate) mod backend_field;
mod children;
mod folder;
mod frontend;
mod frontend_field;
mod names;
mod phrases;
pub(crate) mod plan;
mod rules;
mod template;
mod tests_file;
mod text;

use atoll_model::{Limits, Manifest, SourcePath, SourceTree, manifest};
use serde_json::Value;

use crate::{AppSpecification, GenerateError};
use plan::Plan;

/// The colours of notes, in the order in which they are offered.
struct Colours(&'static [&'static str]);

const COLOURS: Colours = Colours(&["yellow", "pink", "blue", "green", "purple", "white"]);

impl Colours {
    fn first(&self) -> &'static str {
        self.0.first().copied().unwrap_or_default()
    }

    fn map<T>(&self, each: impl Fn(&str) -> T) -> Vec<T> {
        self.0.iter().map(|colour| each(colour)).collect()
    }
}

/// A fixed text of the page inside a value: it is translated when the template is rendered.
fn phrase(text: &str) -> String {
    format!("%[{text}]")
}

/// The specification with texts that no template takes for a mark of its own, and on one line each.
fn without_marks(specification: &AppSpecification) -> Result<AppSpecification, GenerateError> {
    fn clean(value: &mut Value) {
        match value {
            Value::String(text) => {
                *text = text.replace("%[", "% [").replace(char::is_control, " ");
            }
            Value::Array(values) => values.iter_mut().for_each(clean),
            // A regular expression means what it says.
            Value::Object(values) => {
                values.iter_mut().filter(|(key, _)| *key != "expression").for_each(|(_, value)| clean(value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let unreadable = |error: serde_json::Error| GenerateError::Specification(error.to_string());
    let mut value = serde_json::to_value(specification).map_err(unreadable)?;
    clean(&mut value);
    serde_json::from_value(value).map_err(unreadable)
}

/// Writes the folder of an app.
///
/// # Errors
/// When the specification names fields that do not exist or names that no program can carry, and when the
/// folder would be over a limit.
pub fn compose(specification: &AppSpecification, limits: &Limits) -> Result<SourceTree, GenerateError> {
    let specification = &without_marks(specification)?;
    let plan = Plan::new(specification, limits)?;
    let mut files = vec![(manifest::FILE.to_owned(), folder::manifest(&plan))];
    files.push(folder::migration(&plan)?);
    files.extend(folder::schemas(&plan));
    files.extend(backend::files(&plan)?);
    files.extend(frontend::files(&plan)?);
    files.push(("tests/app.test.ts".to_owned(), tests_file::render(&plan)?));
    let mut tree = SourceTree::new();
    for (path, text) in files {
        if path == manifest::FILE {
            Manifest::parse(&text)?;
        }
        tree.insert(SourcePath::parse(&path)?, text, limits)?;
    }
    Ok(tree)
}
