//! One script to the JavaScript that runs: types gone, JSX as calls, imports renamed.
//!
//! In: text, and a function that says what each import specifier becomes. Out: JavaScript and, when asked for,
//! its source map. Types are stripped, not checked; imports that only name types vanish here, so that the
//! function is asked only for what will really be loaded.

use std::path::{Path, PathBuf};

use atoll_model::{Limits, SourcePath};
use oxc::{
    allocator::Allocator,
    ast::ast::{Program, Statement, StringLiteral, WithClause},
    codegen::{Codegen, CodegenOptions, CodegenReturn, CommentOptions, IndentChar},
    semantic::SemanticBuilder,
    str::Str,
    transformer::{TransformOptions, Transformer},
};

use crate::{
    parse,
    report::{Finding, Place},
};

/// What a script became.
#[derive(Debug)]
pub(crate) struct Transformed {
    /// The JavaScript.
    pub(crate) code: String,
    /// Where its pieces came from.
    pub(crate) positions: Positions,
    /// A source map, version 3.
    pub(crate) map: String,
}

/// From places in the JavaScript to places in the source, both counted from 0 as source maps do.
#[derive(Debug, Default)]
pub(crate) struct Positions(Vec<Position>);

#[derive(Clone, Copy, Debug)]
struct Position {
    code: (u32, u32),
    source: (u32, u32),
}

impl Positions {
    /// The source line and column for a place in the code; all counted from 1, columns in UTF-16 units, as in
    /// a stack trace. `None` when nothing of that line came from the source.
    pub(crate) fn source(&self, line: u32, column: u32) -> Option<(u32, u32)> {
        let wanted = (line.checked_sub(1)?, column.saturating_sub(1));
        let after = self.0.partition_point(|position| position.code <= wanted);
        let found = self
            .0
            .get(after.checked_sub(1)?)
            .filter(|p| p.code.0 == wanted.0)
            .or_else(|| self.0.get(after))?;
        (found.code.0 == wanted.0).then_some((found.source.0 + 1, found.source.1 + 1))
    }
}

/// Makes JavaScript of a script that parsed without an error. `rename` gets each specifier with its byte
/// offset in `text` and answers what to write; `None` leaves it (the finding is the caller's).
pub(crate) fn transform(
    path: &SourcePath,
    text: &str,
    limits: &Limits,
    rename: &mut dyn FnMut(&str, u32) -> Option<String>,
) -> Result<Transformed, Vec<Finding>> {
    let allocator = Allocator::default();
    let mut program = parse::parse(&allocator, path, text, limits)?;
    let scoping = SemanticBuilder::new().with_enum_eval(true).build(&program).semantic.into_scoping();
    let transformer = Transformer::new(&allocator, Path::new(path.as_str()), &options());
    let done = transformer.build_with_scoping(scoping, &mut program);
    if done.diagnostics.has_errors() {
        return Err(parse::syntax_errors(path, done.diagnostics.into_vec()));
    }
    rename_imports(&allocator, &mut program, rename);
    let CodegenReturn { code, map, .. } = Codegen::new().with_options(print_options(path)).build(&program);
    let Some(map) = map else {
        return Err(vec![Finding::error("build", format!("no source map for {path}"), Place::None)]);
    };
    let positions = map
        .get_tokens()
        .map(|token| Position {
            code: (token.get_dst_line(), token.get_dst_col()),
            source: (token.get_src_line(), token.get_src_col()),
        })
        .collect();
    Ok(Transformed { code, positions: Positions(positions), map: map.to_json_string() })
}

/// What the engine and today's browsers read is what the source may use: nothing is lowered but types and JSX,
/// so no helper is ever imported.
fn options() -> TransformOptions {
    let mut options = TransformOptions::default();
    options.jsx.development = false;
    options.jsx.import_source = Some("react".into());
    options
}

fn print_options(path: &SourcePath) -> CodegenOptions {
    CodegenOptions {
        comments: CommentOptions { normal: false, jsdoc: false, ..CommentOptions::default() },
        source_map_path: Some(PathBuf::from(path.as_str())),
        indent_char: IndentChar::Space,
        indent_width: 2,
        ..CodegenOptions::default()
    }
}

fn rename_imports<'a>(
    allocator: &'a Allocator,
    program: &mut Program<'a>,
    rename: &mut dyn FnMut(&str, u32) -> Option<String>,
) {
    for statement in &mut program.body {
        match statement {
            Statement::ImportDeclaration(import) => {
                let import = &mut **import;
                rename_one(allocator, &mut import.source, &mut import.with_clause, rename);
            }
            Statement::ExportFromDeclaration(export) => {
                let export = &mut **export;
                rename_one(allocator, &mut export.source, &mut export.with_clause, rename);
            }
            Statement::ExportAllDeclaration(export) => {
                let export = &mut **export;
                rename_one(allocator, &mut export.source, &mut export.with_clause, rename);
            }
            _ => {}
        }
    }
}

fn rename_one<'a>(
    allocator: &'a Allocator,
    specifier: &mut StringLiteral<'a>,
    with: &mut Option<oxc::allocator::Box<'a, WithClause<'a>>>,
    rename: &mut dyn FnMut(&str, u32) -> Option<String>,
) {
    if let Some(name) = rename(specifier.value.as_str(), specifier.span.start) {
        specifier.value = Str::from_str_in(&name, &allocator);
        specifier.raw = None;
        // `with { type: "json" }`: the JSON is a JavaScript module by now.
        *with = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(name: &str, text: &str) -> (Transformed, Vec<String>) {
        let path = SourcePath::parse(name).unwrap();
        let mut asked = Vec::new();
        let transformed = transform(&path, text, &Limits::default(), &mut |specifier, _| {
            asked.push(specifier.to_owned());
            Some(format!("renamed:{specifier}"))
        });
        (transformed.unwrap(), asked)
    }

    #[test]
    fn types_and_what_only_names_types_vanish() {
        let text = "import type { A } from './a'; import { B } from './b'; import { c, type D } from './c';\n\
                    enum Level { Low, High }\nexport const x: A = c(1 as unknown as B, Level.High)!;\n";
        let (done, asked) = run("a.ts", text);
        assert_eq!(asked, ["./c"]);
        assert!(
            done.code.contains("from \"renamed:./c\"") && !done.code.contains("as unknown"),
            "{}",
            done.code
        );
    }

    #[test]
    fn jsx_becomes_calls_of_the_automatic_runtime() {
        let (done, asked) = run("A.tsx", "export default function App() { return <p class=\"x\">{1}</p>; }");
        assert_eq!(asked, ["react/jsx-runtime"]);
        assert!(done.code.contains("jsx(\"p\""), "{}", done.code);
    }

    #[test]
    fn a_comment_cannot_choose_another_runtime_unseen() {
        let (_, asked) = run("A.tsx", "/** @jsxImportSource evil */\nexport default () => <p/>;");
        assert_eq!(asked, ["evil/jsx-runtime"]);
    }

    #[test]
    fn reexports_and_attributes_are_renamed_too() {
        let text = "export * from './a';\nexport { b } from './b';\nimport d from './d.json' with { type: 'json' };\nexport { d };";
        let (done, asked) = run("a.ts", text);
        assert_eq!(asked, ["./a", "./b", "./d.json"]);
        assert!(!done.code.contains("with"), "{}", done.code);
    }

    #[test]
    fn a_place_in_the_code_leads_back_to_the_source() {
        let text = "interface Long {\n  a: string;\n}\n\nexport const a: Long = { a: 'x' };\nthrow new Error('here');\n";
        let (done, _) = run("a.ts", text);
        let line = done.code.lines().position(|l| l.contains("throw")).unwrap() as u32 + 1;
        assert_eq!(done.positions.source(line, 1), Some((6, 1)));
        assert_eq!(done.positions.source(999, 1), None);
        assert_eq!(done.positions.source(0, 0), None);
    }
}
