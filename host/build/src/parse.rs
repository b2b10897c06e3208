//! Text to syntax tree: one file, TypeScript and JSX by its extension.
//!
//! In: the path and text of a script. Out: its `Program`, or findings with places. It refuses what later
//! stages must not see: text that is no UTF-8, a file over `script_bytes_max`, a tree over
//! `syntax_depth_max`. It resolves nothing and judges nothing.

use atoll_model::{Limits, SourcePath};
use oxc::{
    allocator::Allocator,
    ast::{AstKind, ast::Program},
    ast_visit::Visit,
    diagnostics::OxcDiagnostic,
    parser::Parser,
    span::{GetSpan, SourceType},
};

use crate::{
    outline,
    report::{Finding, Place},
};

/// Syntax errors shown for one file: the rest usually follow from the first.
const ERRORS_PER_FILE_MAX: usize = 5;

/// How a file is parsed; `None` when it is no script.
pub(crate) fn source_type(path: &SourcePath) -> Option<SourceType> {
    if path.as_str().ends_with(".d.ts") {
        return Some(SourceType::d_ts());
    }
    match path.extension() {
        "ts" => Some(SourceType::ts()),
        "tsx" => Some(SourceType::tsx()),
        "js" => Some(SourceType::mjs()),
        "jsx" => Some(SourceType::jsx()),
        _ => None,
    }
}

/// A script's text.
pub(crate) fn text<'t>(path: &SourcePath, bytes: &'t [u8], limits: &Limits) -> Result<&'t str, Finding> {
    if bytes.len() > limits.script_bytes_max {
        let message = format!(
            "{path} has {} bytes; a script may have {} (limit script_bytes_max)",
            bytes.len(),
            limits.script_bytes_max
        );
        let hint = "split it into modules, and keep data in env.DB or in a JSON file";
        return Err(Finding::error("source", message, Place::LineColumn(path.clone(), 1, 1)).hint(hint));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let offset = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
        let message = format!("{path} is not UTF-8: byte {offset} is wrong");
        Finding::error("source", message, Place::Offset(path.clone(), offset)).hint("save the file as UTF-8")
    })
}

/// Parses a script.
pub(crate) fn parse<'a>(
    allocator: &'a Allocator,
    path: &SourcePath,
    text: &'a str,
    limits: &Limits,
) -> Result<Program<'a>, Vec<Finding>> {
    if let Some(offset) = outline::too_deep(text, limits.syntax_depth_max) {
        return Err(vec![too_deep(path, "far too many", offset, limits)]);
    }
    let source_type = source_type(path).unwrap_or_else(SourceType::ts);
    let parsed = Parser::new(allocator, text, source_type).parse();
    if parsed.panicked || parsed.diagnostics.has_errors() {
        return Err(syntax_errors(path, parsed.diagnostics.into_vec()));
    }
    let mut depth = Depth::default();
    depth.visit_program(&parsed.program);
    if depth.deepest > limits.syntax_depth_max {
        return Err(vec![too_deep(path, &depth.deepest.to_string(), depth.offset, limits)]);
    }
    Ok(parsed.program)
}

fn too_deep(path: &SourcePath, levels: &str, offset: u32, limits: &Limits) -> Finding {
    let message = format!(
        "the syntax of {path} is nested {levels} levels deep; {} are allowed (limit syntax_depth_max)",
        limits.syntax_depth_max
    );
    Finding::error("source", message, Place::Offset(path.clone(), offset))
        .hint("split this expression into named parts")
}

/// Findings of oxc's diagnostics.
pub(crate) fn syntax_errors(path: &SourcePath, errors: Vec<OxcDiagnostic>) -> Vec<Finding> {
    errors
        .into_iter()
        .take(ERRORS_PER_FILE_MAX)
        .map(|error| {
            let offset = error.labels.first().map_or(0, |label| label.offset());
            let hint = error.help.as_deref().unwrap_or("check the brackets, quotes and commas before it");
            Finding::error("parse", error.message.to_string(), Place::Offset(path.clone(), offset)).hint(hint)
        })
        .collect()
}

/// Measures a tree.
#[derive(Default)]
struct Depth {
    now: usize,
    deepest: usize,
    offset: u32,
}

impl<'a> Visit<'a> for Depth {
    fn enter_node(&mut self, kind: AstKind<'a>) {
        self.now += 1;
        if self.now > self.deepest {
            self.deepest = self.now;
            self.offset = kind.span().start;
        }
    }

    fn leave_node(&mut self, _: AstKind<'a>) {
        self.now -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(name: &str, source: &str) -> Vec<Finding> {
        let path = SourcePath::parse(name).unwrap();
        parse(&Allocator::default(), &path, source, &Limits::default()).err().unwrap_or_default()
    }

    #[test]
    fn the_extension_decides_what_is_syntax() {
        assert!(errors("a.ts", "const a: number = <number>1;").is_empty());
        assert!(errors("a.tsx", "const a: number = 1; export default () => <b>{a}</b>;").is_empty());
        assert!(errors("a.jsx", "export default () => <b/>;").is_empty());
        assert!(!errors("a.js", "const a: number = 1;").is_empty());
        assert!(!errors("a.ts", "const a = <b/>;").is_empty());
    }

    #[test]
    fn a_syntax_error_has_a_place_and_a_remedy() {
        let found = errors("a.ts", "const a = {\n  b: 1\n  c: 2\n};\n");
        assert_eq!(found[0].rule, "parse");
        assert!(
            matches!(&found[0].place, Place::Offset(_, offset) if *offset >= 19 && *offset <= 21),
            "{found:?}"
        );
        assert!(found[0].hint.is_some());
    }

    #[test]
    fn a_deep_tree_is_refused_by_name_of_the_limit() {
        let found = errors("a.ts", &format!("const a = {}1{};", "[".repeat(300), "]".repeat(300)));
        assert!(found[0].message.contains("syntax_depth_max"), "{found:?}");
        assert!(errors("a.ts", &format!("const a = {}1{};", "[".repeat(100), "]".repeat(100))).is_empty());
    }

    #[test]
    fn other_encodings_are_refused() {
        let path = SourcePath::parse("a.ts").unwrap();
        let finding = text(&path, b"let a = '\xff';", &Limits::default()).unwrap_err();
        assert_eq!(finding.place, Place::Offset(path, 9));
    }
}
