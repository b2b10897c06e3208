//! The last step of a JavaScript backend: its modules are evaluated once, and the heap is kept.
//!
//! What the app's top level throws becomes a diagnostic at the place in the source that threw.

use atoll_image::{ImageError, JsEngine, Module, SnapshotInput, attach_source_maps};
use atoll_model::{Artifact, Backend, Limits, Manifest, SourcePath, SourceTree};

use crate::{
    link::BackendModule,
    report::{Finding, Place, Report, column_in_characters},
    source_maps,
};

/// What is evaluated.
pub(crate) struct Program<'p> {
    pub(crate) modules: Vec<BackendModule>,
    pub(crate) entry: &'p SourcePath,
    pub(crate) tests: &'p [SourcePath],
}

/// Makes the backend of an app; `None` when its top level failed, which is then in the report.
pub(crate) fn take(
    js: &JsEngine,
    program: Program<'_>,
    source: &SourceTree,
    manifest: &Manifest,
    limits: &Limits,
    report: &mut Report,
) -> Option<Backend> {
    let Program { mut modules, entry, tests } = program;
    let input: Vec<Module> = modules
        .iter_mut()
        .map(|module| Module { name: module.name.clone(), source: std::mem::take(&mut module.source) })
        .collect();
    let tests: Vec<String> = tests.iter().map(ToString::to_string).collect();
    let result = js.snapshot(&SnapshotInput {
        modules: &input,
        entry: entry.as_str(),
        tests: &tests,
        memory_max_bytes: manifest.limits(limits).memory_bytes(),
        cpu_ms: limits.snapshot_cpu_ms,
    });
    match result {
        Ok(snapshot) => {
            if tests.is_empty() {
                handlers(&snapshot.exports, entry, manifest, report);
            }
            let mut image = snapshot.image;
            if let Some(document) = source_maps::document(&modules) {
                attach_source_maps(&mut image, &document);
            }
            Some(Backend::JavaScript { image: Artifact::new(image), engine: js.hash() })
        }
        Err(error) => {
            report.push(failure(&error, &modules, entry, source));
            None
        }
    }
}

/// What the manifest promises and the entry module does not have.
fn handlers(
    exports: &atoll_image::HandlerExports,
    entry: &SourcePath,
    manifest: &Manifest,
    report: &mut Report,
) {
    if !exports.event && !manifest.events.subscribes.is_empty() && manifest.frontend.is_none() {
        let message = format!("the manifest subscribes to events, but {entry} has no event handler");
        let hint = "add it to the default export: async event(event, env) {…}; a Hono app becomes export default { fetch: app.fetch, event }";
        report.push(Finding::warning("handlers", message, Place::LineColumn(entry.clone(), 1, 1)).hint(hint));
    }
    if !exports.scheduled && !manifest.schedule.is_empty() {
        let message = format!("the manifest has [[schedule]], but {entry} has no scheduled handler");
        let hint = "add it to the default export: async scheduled(controller, env) {…}; a Hono app becomes export default { fetch: app.fetch, scheduled }";
        report.push(Finding::warning("handlers", message, Place::LineColumn(entry.clone(), 1, 1)).hint(hint));
    }
}

fn failure(
    error: &ImageError,
    modules: &[BackendModule],
    entry: &SourcePath,
    source: &SourceTree,
) -> Finding {
    let stack = match error {
        ImageError::Evaluate { stack, .. } => stack.as_str(),
        _ => "",
    };
    let message = error.to_string();
    let place =
        place_of(stack, &message, modules, source).unwrap_or_else(|| Place::LineColumn(entry.clone(), 1, 1));
    Finding::error("evaluate", message, place).hint(hint(error))
}

fn hint(error: &ImageError) -> &'static str {
    match error {
        ImageError::Evaluate { message, .. } if message.contains("top level") => {
            "move it into a handler: the top level runs once, at deploy, without network, database or time"
        }
        ImageError::Evaluate { message, .. } if message.contains("default export") => {
            "end it with export default { fetch(request, env) {…} }, or export default app for a Hono app"
        }
        ImageError::Evaluate { .. } => {
            "this happened while the modules were loaded; code at the top level runs once, at deploy"
        }
        ImageError::Refused { .. } => {
            "move it into a handler: the top level runs once, at deploy, without network, database or time"
        }
        ImageError::Timeout { .. } => "look for a loop at the top level of a module",
        ImageError::Memory { .. } => {
            "make less at the top level, or ask for more memory_mib in [backend.limits]"
        }
        _ => "look at what the modules do at the top level; code in handlers is not concerned",
    }
}

/// The first place in a stack trace (`at f (backend/index.ts:3:7)`) that is in a file of the app, led back
/// through the file's positions. A message may have one too: a syntax error has no stack.
fn place_of(stack: &str, message: &str, modules: &[BackendModule], source: &SourceTree) -> Option<Place> {
    let lines = stack.lines().chain(message.lines());
    lines.flat_map(|line| line.split(['(', ')', ' '])).find_map(|word| {
        let mut parts = word.rsplitn(3, ':');
        let (column, line, name) = (parts.next()?, parts.next()?, parts.next()?);
        let (line, column): (u32, u32) = (line.parse().ok()?, column.parse().ok()?);
        let module = modules.iter().find(|module| module.name == name)?;
        let path = SourcePath::parse(name).ok()?;
        let text = source.text(name)?;
        let (line, column) = module.positions.source(line, column)?;
        Some(Place::LineColumn(path, line, column_in_characters(text, line, column)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{link, report::Report};

    #[test]
    fn a_stack_leads_back_to_the_source() {
        let limits = Limits::default();
        let mut source = SourceTree::new();
        let text = "import { Hono } from 'hono';\ninterface A {\n  b: string;\n}\n\n/* 💥 */ throw new Error('x');\nexport default new Hono();\n";
        let entry = SourcePath::parse("backend/index.ts").unwrap();
        source.insert(entry.clone(), text, &limits).unwrap();
        let modules = link::backend(&source, &[entry], &limits, &mut Report::new(9));
        let code = &modules.iter().find(|m| m.name == "backend/index.ts").unwrap().source;
        let line = code.lines().position(|l| l.contains("throw")).unwrap() + 1;
        let stack =
            format!("    at inner (hono/_chunk/X:1:1)\n    at <anonymous> (backend/index.ts:{line}:1)\n");
        let place = place_of(&stack, "", &modules, &source);
        assert_eq!(place, Some(Place::LineColumn(SourcePath::parse("backend/index.ts").unwrap(), 6, 9)));
        assert_eq!(place_of("at x (native)", "boom", &modules, &source), None);
    }
}
