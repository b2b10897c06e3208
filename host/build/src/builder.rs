//! The pipeline: `manifest → parse → scan → transform and resolve → snapshot`, each step only when those before
//! found no error that would make its findings noise.

use std::sync::Arc;

use atoll_image::JsEngine;
use atoll_model::{
    Artifact, Backend, Bundle, Diagnostic, Frontend, Limits, Manifest, SourcePath, SourceTree, manifest::FILE,
};

use crate::{
    BuildFailure,
    asset_key::asset_key,
    component, deep_stack,
    link::{self, BackendModule},
    manifest, parse, project,
    report::{Finding, Place, Report},
    scan, snapshot,
    turns::Turns,
    type_check::{self, TypeCheck},
};

/// Builds apps. One for a host: sources are parsed one at a time, so that deep ones cannot add up their stacks, and so
/// many snapshots are taken at a time as the engine has places for.
#[derive(Debug)]
pub struct Builder {
    js: Arc<JsEngine>,
    limits: Limits,
    parsing: Turns,
    snapshots: Turns,
}

impl Builder {
    /// A builder over a host's engine.
    #[must_use]
    pub fn new(js: Arc<JsEngine>, limits: Limits) -> Self {
        let snapshots = Turns::new(limits.snapshots_concurrent_max);
        Self { js, limits, parsing: Turns::new(1), snapshots }
    }

    /// Everything that can be said about a folder without running it: manifest, syntax, scan, imports. Sorted
    /// by file and line, at most `Limits::diagnostics_max`.
    #[must_use]
    pub fn check(&self, source: &SourceTree) -> Vec<Diagnostic> {
        let _turn = self.parsing.take();
        check(source, &self.limits)
    }

    /// Builds a folder. The backend's top level is evaluated, its handlers are not.
    ///
    /// # Errors
    /// [`BuildFailure`] with everything that [`check`](Self::check) would say, and with what the top level
    /// threw.
    pub fn build(&self, source: SourceTree) -> Result<Bundle, BuildFailure> {
        let (front, mut report) = {
            let _turn = self.parsing.take();
            front(&source, &self.limits)
        };
        let made =
            front.filter(|_| !report.has_errors()).and_then(|front| self.back(front, &source, &mut report));
        let failed = report.has_errors();
        let diagnostics = report.finish(&source);
        match made {
            Some(made) if !failed => Ok(Bundle {
                manifest: made.manifest,
                source,
                backend: made.backend,
                frontend: made.frontend,
                tests: made.tests,
                diagnostics,
            }),
            _ => Err(BuildFailure { diagnostics }),
        }
    }

    /// Runs the TypeScript compiler over a folder, when there is one. Takes a tenth of a second and more, so
    /// it is part of no build.
    #[must_use]
    pub fn type_check(&self, source: &SourceTree) -> TypeCheck {
        type_check::run(source, &self.limits)
    }

    /// The heap images.
    fn back(&self, front: Front, source: &SourceTree, report: &mut Report) -> Option<Made> {
        let Front { manifest, frontend, code } = front;
        let mut made = Made { manifest, frontend, backend: None, tests: None };
        match code {
            Code::None => {}
            Code::Component(wasm) => made.backend = Some(Backend::Component { wasm: Artifact::new(wasm) }),
            Code::Scripts { entry, modules, tests } => {
                let _turn = self.snapshots.take();
                let program = snapshot::Program { modules, entry: &entry, tests: &[] };
                let backend = snapshot::take(&self.js, program, source, &made.manifest, &self.limits, report);
                made.backend = Some(backend?);
                if let Some((tests, modules)) = tests.filter(|_| !report.has_errors()) {
                    let program = snapshot::Program { modules, entry: &entry, tests: &tests };
                    made.tests =
                        snapshot::take(&self.js, program, source, &made.manifest, &self.limits, report);
                }
            }
        }
        Some(made)
    }
}

/// [`Builder::check`] without an engine.
#[must_use]
pub fn check(source: &SourceTree, limits: &Limits) -> Vec<Diagnostic> {
    front(source, limits).1.finish(source)
}

struct Made {
    manifest: Manifest,
    frontend: Option<Frontend>,
    backend: Option<Backend>,
    tests: Option<Backend>,
}

/// What is known of an app before anything of it runs.
struct Front {
    manifest: Manifest,
    frontend: Option<Frontend>,
    code: Code,
}

enum Code {
    None,
    Component(bytes::Bytes),
    Scripts {
        entry: SourcePath,
        modules: Vec<BackendModule>,
        tests: Option<(Vec<SourcePath>, Vec<BackendModule>)>,
    },
}

/// Everything up to the snapshot. The scan looks at every script, and the linker makes modules of those that are
/// reached; neither needs the other.
fn front(source: &SourceTree, limits: &Limits) -> (Option<Front>, Report) {
    let mut report = Report::new(limits.diagnostics_max);
    let manifest = manifest::read(source, limits, &mut report);
    let scanned = || {
        let mut report = Report::new(limits.diagnostics_max);
        project::with_project(source, manifest.as_ref(), limits, &mut report, |project, report| {
            if let Some(manifest) = &manifest {
                scan::scan(project, manifest, report);
            }
        });
        report
    };
    let linked = || {
        let mut report = Report::new(limits.diagnostics_max);
        let made = manifest.as_ref().map(|manifest| {
            let frontend = page(source, manifest, limits, &mut report);
            (frontend, code(source, manifest, limits, &mut report))
        });
        (made, report)
    };
    match deep_stack::join(source, limits, scanned, linked) {
        Ok((of_scan, (made, of_linker))) => {
            report.absorb(of_scan);
            report.absorb(of_linker);
            let front =
                made.zip(manifest).map(|((frontend, code), manifest)| Front { manifest, frontend, code });
            (front, report)
        }
        Err(error) => {
            let hint =
                "try again; if it happens again with this source, it is a bug of the host worth a report";
            report.push(Finding::error("build", error.to_string(), Place::None).hint(hint));
            (None, report)
        }
    }
}

fn page(source: &SourceTree, manifest: &Manifest, limits: &Limits, report: &mut Report) -> Option<Frontend> {
    let entry = &manifest.frontend.as_ref()?.entry;
    let modules = link::frontend(source, entry, limits, report);
    Some(Frontend { entry: asset_key(source, entry), modules })
}

fn code(source: &SourceTree, manifest: &Manifest, limits: &Limits, report: &mut Report) -> Code {
    let tests: Vec<SourcePath> =
        source.under(link::TESTS).map(|(path, _)| path).filter(|p| is_test(p)).cloned().collect();
    let entry = manifest.backend.as_ref().and_then(|backend| backend.entry.as_ref());
    if let Some(test) = tests.first().filter(|_| entry.is_none()) {
        let place = Place::LineColumn(test.clone(), 1, 1);
        let finding =
            Finding::warning("tests", "tests run against a backend in TypeScript or JavaScript", place);
        report.push(finding.hint("these are not run; remove them, or give the app such a backend"));
    }
    let Some(backend) = &manifest.backend else { return Code::None };
    if let Some(path) = &backend.component {
        return component_code(source, path, limits, report);
    }
    let Some(entry) = backend.entry.clone() else { return Code::None };
    let modules = link::backend(source, std::slice::from_ref(&entry), limits, report);
    let tests = (!tests.is_empty()).then(|| {
        let entries: Vec<SourcePath> = std::iter::once(entry.clone()).chain(tests.iter().cloned()).collect();
        let modules = link::backend(source, &entries, limits, report);
        (tests, modules)
    });
    Code::Scripts { entry, modules, tests }
}

fn is_test(path: &SourcePath) -> bool {
    let stem = path.as_str().strip_suffix(path.extension()).unwrap_or_default();
    parse::source_type(path).is_some() && stem.ends_with(".test.")
}

fn component_code(source: &SourceTree, path: &SourcePath, limits: &Limits, report: &mut Report) -> Code {
    let place = SourcePath::parse(FILE).map_or(Place::None, |file| {
        let at = source.text(FILE).and_then(|text| text.find(path.as_str())).unwrap_or(0);
        Place::Offset(file, u32::try_from(at).unwrap_or(0))
    });
    let Some(wasm) = source.get(path.as_str()) else {
        let finding = Finding::error("component", format!("{path} is not in the folder"), place);
        report.push(finding.hint("build it and copy it there, or correct the path"));
        return Code::None;
    };
    if let Err(error) = component::check(wasm, limits) {
        report
            .push(Finding::error("component", format!("{path}: {}", error.message), place).hint(error.hint));
    }
    Code::Component(wasm.clone())
}
