//! Template files and their values: a small, strict substitution.
//!
//! - `%{key}` is replaced by a value; alone on its line it may have several lines, which are indented as the
//!   line is, and the line goes when the value is empty.
//! - `%[text]` is a fixed text of the page, replaced by its translation.
//! - `// @if a|!b`, `// @else` and `// @end`, each on a line, keep or drop what is between.
//!
//! A key or flag that was not given is an error: nothing is silently empty.

use std::collections::BTreeMap;

use super::phrases::translate;
use crate::{GenerateError, Language};

/// A template and its name, for messages.
#[derive(Clone, Copy)]
pub(super) struct Template {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

/// Defines a [`Template`] from a file under `templates/`.
macro_rules! template {
    ($path:literal) => {
        $crate::compose::template::Template {
            name: $path,
            text: include_str!(concat!("../../templates/", $path)),
        }
    };
}
pub(super) use template;

/// What a template may ask for.
#[derive(Clone, Default)]
pub(super) struct Values {
    texts: BTreeMap<&'static str, String>,
    flags: BTreeMap<&'static str, bool>,
    language: Language,
}

impl Values {
    pub(super) fn new(language: Language) -> Self {
        Self { language, ..Self::default() }
    }

    pub(super) fn text(&mut self, key: &'static str, text: impl Into<String>) -> &mut Self {
        self.texts.insert(key, text.into());
        self
    }

    /// Several lines.
    pub(super) fn lines<T: AsRef<str>>(&mut self, key: &'static str, lines: &[T]) -> &mut Self {
        let text = lines.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("\n");
        self.text(key, text)
    }

    pub(super) fn flag(&mut self, key: &'static str, on: bool) -> &mut Self {
        self.flags.insert(key, on);
        self
    }

    pub(super) fn is_on(&self, key: &str) -> bool {
        self.flags.get(key).copied().unwrap_or(false)
    }

    fn condition(&self, template: Template, condition: &str) -> Result<bool, GenerateError> {
        let mut any = false;
        for part in condition.split('|').map(str::trim) {
            let (key, wanted) = part.strip_prefix('!').map_or((part, true), |key| (key, false));
            let flag = self.flags.get(key).ok_or_else(|| missing(template, key))?;
            any |= *flag == wanted;
        }
        Ok(any)
    }

    /// The template with these values.
    pub(super) fn render(&self, template: Template) -> Result<String, GenerateError> {
        let mut out = String::with_capacity(template.text.len());
        // Whether what is inside each open `@if` is kept.
        let mut kept: Vec<bool> = Vec::new();
        for line in template.text.lines() {
            let trimmed = line.trim();
            if let Some(condition) = trimmed.strip_prefix("// @if ") {
                kept.push(self.condition(template, condition)?);
            } else if trimmed == "// @else" {
                let last = kept.last_mut().ok_or_else(|| missing(template, "@if"))?;
                *last = !*last;
            } else if trimmed == "// @end" {
                kept.pop().ok_or_else(|| missing(template, "@if"))?;
            } else if kept.iter().all(|on| *on) {
                self.line(template, line, &mut out)?;
            }
        }
        if kept.is_empty() { Ok(tidy(&out)) } else { Err(missing(template, "@end")) }
    }

    fn line(&self, template: Template, line: &str, out: &mut String) -> Result<(), GenerateError> {
        let trimmed = line.trim();
        let alone = trimmed.strip_prefix("%{").and_then(|rest| rest.strip_suffix('}'));
        if let Some(key) = alone.filter(|key| !key.contains('}')) {
            let indent = &line[..line.len() - line.trim_start().len()];
            let value = self.texts.get(key).ok_or_else(|| missing(template, key))?;
            for part in value.lines() {
                if !part.is_empty() {
                    out.push_str(indent);
                    out.push_str(&self.phrases(part));
                }
                out.push('\n');
            }
            return Ok(());
        }
        let mut rest = line;
        let mut replaced = String::with_capacity(line.len());
        while let Some((before, after)) = rest.split_once("%{") {
            let (key, after) = after.split_once('}').ok_or_else(|| missing(template, after))?;
            replaced.push_str(before);
            replaced.push_str(self.texts.get(key).ok_or_else(|| missing(template, key))?);
            rest = after;
        }
        replaced.push_str(rest);
        out.push_str(self.phrases(&replaced).trim_end());
        out.push('\n');
        Ok(())
    }

    /// Replaces `%[text]` by its translation.
    fn phrases(&self, line: &str) -> String {
        let mut rest = line;
        let mut out = String::with_capacity(line.len());
        while let Some((before, after)) = rest.split_once("%[") {
            let Some((phrase, after)) = after.split_once(']') else { break };
            out.push_str(before);
            out.push_str(translate(self.language, phrase));
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// At most one empty line in a row, none at the start, one line end at the end.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = true;
    for line in text.lines() {
        if line.is_empty() && empty {
            continue;
        }
        // No empty line before what closes a block.
        if out.ends_with("\n\n") && line.trim_start().starts_with(['}', ')', ']']) {
            out.pop();
        }
        empty = line.is_empty();
        out.push_str(line);
        out.push('\n');
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

fn missing(template: Template, key: &str) -> GenerateError {
    GenerateError::Template { template: template.name, key: key.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(text: &'static str, values: &Values) -> Result<String, GenerateError> {
        values.render(Template { name: "test", text })
    }

    #[test]
    fn a_value_alone_on_its_line_keeps_the_indentation_and_goes_when_empty() {
        let mut values = Values::new(Language::English);
        values.text("body", "one\n  two").text("none", "");
        assert_eq!(render("f {\n  %{body}\n  %{none}\n}\n", &values).unwrap(), "f {\n  one\n    two\n}\n");
    }

    #[test]
    fn conditions_nest_and_combine() {
        let mut values = Values::new(Language::English);
        values.flag("a", true).flag("b", false);
        let text = "// @if b|!a\nx\n// @else\n// @if a\ny\n// @end\n// @end\n";
        assert_eq!(render(text, &values).unwrap(), "y\n");
    }

    #[test]
    fn what_was_not_given_is_an_error() {
        let values = Values::new(Language::English);
        assert!(render("%{x}\n", &values).is_err());
        assert!(render("a %{x} b\n", &values).is_err());
        assert!(render("// @if x\n// @end\n", &values).is_err());
    }
}
