//! All scripts of an app, parsed, with their scopes and how they import one another: what the scan looks at.
//!
//! Every script is here, reachable or not, since a file that is not imported today is tomorrow. Reachability
//! only decides which rules a file is held to: the page's, the sandbox's, or both.

use std::collections::{BTreeMap, HashMap};

use atoll_model::{Limits, Manifest, SourcePath, SourceTree};
use oxc::{
    allocator::Allocator,
    ast::ast::{ImportDeclarationSpecifier, Program, Statement},
    semantic::{Semantic, SemanticBuilder, SymbolId},
};

use crate::{
    link, parse,
    report::{Finding, Report},
    resolve::{self, Resolved, Side},
};

/// Where a file's code may run; several at once for a shared file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sides(u8);

impl Sides {
    pub(crate) const BACKEND: Self = Self(1);
    pub(crate) const TESTS: Self = Self(2);
    pub(crate) const FRONTEND: Self = Self(4);
    pub(crate) const ALL: Self = Self(7);

    /// Whether they have one in common.
    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both together.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn of(side: Side) -> Self {
        match side {
            Side::Backend => Self::BACKEND,
            Side::Tests => Self::TESTS,
            Side::Frontend => Self::FRONTEND,
        }
    }
}

/// A parsed script.
pub(crate) struct File<'a> {
    pub(crate) path: &'a SourcePath,
    pub(crate) sides: Sides,
    pub(crate) semantic: Semantic<'a>,
}

/// One import of one name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImportUse {
    /// The importing file, an index of `Project::files`.
    pub(crate) file: usize,
    /// What it calls the import; `None` when it re-exports the name or takes the whole namespace.
    pub(crate) symbol: Option<SymbolId>,
}

/// All scripts of an app.
pub(crate) struct Project<'a> {
    pub(crate) files: Vec<File<'a>>,
    /// Who imports a name (`*` for the whole namespace) of a file.
    uses: HashMap<(usize, String), Vec<ImportUse>>,
    /// Which file and name an imported symbol stands for.
    origins: HashMap<(usize, SymbolId), (usize, String)>,
}

impl<'a> Project<'a> {
    /// Who imports a name of a file.
    pub(crate) fn uses_of(&self, file: usize, name: &str) -> impl Iterator<Item = ImportUse> + '_ {
        let of = |name: &str| self.uses.get(&(file, name.to_owned())).map_or(&[][..], Vec::as_slice).to_vec();
        of(name).into_iter().chain(of("*"))
    }

    /// Which file and exported name an imported symbol of a file stands for.
    pub(crate) fn origin_of(&self, file: usize, symbol: SymbolId) -> Option<(usize, &str)> {
        self.origins.get(&(file, symbol)).map(|(file, name)| (*file, name.as_str()))
    }
}

/// Parses every script and hands the project to `look`. Files that do not parse are reported and left out.
pub(crate) fn with_project<T>(
    source: &SourceTree,
    manifest: Option<&Manifest>,
    limits: &Limits,
    report: &mut Report,
    look: impl FnOnce(&Project<'_>, &mut Report) -> T,
) -> T {
    let allocators: Vec<Allocator> = source.iter().map(|_| Allocator::default()).collect();
    let mut parsed: Vec<(&SourcePath, Program<'_>)> = Vec::new();
    for ((path, bytes), allocator) in source.iter().zip(&allocators) {
        if parse::source_type(path).is_none() {
            continue;
        }
        let program = parse::text(path, bytes, limits)
            .map_err(|finding| vec![finding])
            .and_then(|text| parse::parse(allocator, path, text, limits));
        match program {
            Ok(program) => parsed.push((path, program)),
            Err(findings) => report.extend(findings),
        }
    }
    let sides = sides(source, manifest, &parsed);
    let mut files = Vec::new();
    for ((path, program), sides) in parsed.iter().zip(sides) {
        let built =
            SemanticBuilder::new().with_build_nodes(true).with_check_syntax_error(true).build(program);
        report.extend(semantic_errors(path, built.diagnostics));
        files.push(File { path, sides, semantic: built.semantic });
    }
    let (uses, origins) = imports(source, &parsed);
    let project = Project { files, uses, origins };
    look(&project, report)
}

fn semantic_errors(path: &SourcePath, diagnostics: oxc::diagnostics::Diagnostics) -> Vec<Finding> {
    parse::syntax_errors(path, diagnostics.errors().cloned().collect())
}

type Parsed<'p, 'a> = [(&'p SourcePath, Program<'a>)];

/// The specifiers of a program's static imports and re-exports.
fn specifiers<'p, 'a>(program: &'p Program<'a>) -> impl Iterator<Item = &'p str> {
    program.body.iter().filter_map(|statement| match statement {
        Statement::ImportDeclaration(import) => Some(import.source.value.as_str()),
        Statement::ExportFromDeclaration(export) => Some(export.source.value.as_str()),
        Statement::ExportAllDeclaration(export) => Some(export.source.value.as_str()),
        _ => None,
    })
}

/// The index of the file that a relative specifier means.
fn target(
    source: &SourceTree,
    index: &BTreeMap<&str, usize>,
    importer: &SourcePath,
    specifier: &str,
) -> Option<usize> {
    if !specifier.starts_with('.') {
        return None;
    }
    match resolve::resolve(source, Side::Backend, importer, specifier) {
        Ok(Resolved::Script(path)) => index.get(path.as_str()).copied(),
        _ => None,
    }
}

fn index_of<'p>(parsed: &Parsed<'p, '_>) -> BTreeMap<&'p str, usize> {
    parsed.iter().enumerate().map(|(at, (path, ..))| (path.as_str(), at)).collect()
}

/// The sides of each file: from the entries along the imports, and by its folder when nothing reaches it.
fn sides(source: &SourceTree, manifest: Option<&Manifest>, parsed: &Parsed<'_, '_>) -> Vec<Sides> {
    let index = index_of(parsed);
    let mut sides = vec![Sides::default(); parsed.len()];
    let mut todo = Vec::new();
    let entry = |path: Option<&SourcePath>| path.and_then(|path| index.get(path.as_str()).copied());
    let backend = manifest.and_then(|m| m.backend.as_ref()).and_then(|b| b.entry.as_ref());
    let frontend = manifest.and_then(|m| m.frontend.as_ref()).map(|f| &f.entry);
    todo.extend(entry(backend).map(|at| (at, Side::Backend)));
    todo.extend(entry(frontend).map(|at| (at, Side::Frontend)));
    follow(source, parsed, &index, todo, &mut sides);
    let by_folder: Vec<(usize, Side)> = parsed
        .iter()
        .enumerate()
        .filter(|(at, _)| sides.get(*at) == Some(&Sides::default()))
        .map(|(at, (path, ..))| {
            let in_page =
                path.as_str().starts_with("frontend/") || manifest.is_some_and(|m| m.backend.is_none());
            let side = link::backend_side(path);
            (at, if in_page && side == Side::Backend { Side::Frontend } else { side })
        })
        .collect();
    for (at, side) in by_folder {
        if let Some(slot) = sides.get_mut(at) {
            *slot = Sides::of(side);
        }
    }
    sides
}

/// Bounded: a file is taken up once for each side.
fn follow(
    source: &SourceTree,
    parsed: &Parsed<'_, '_>,
    index: &BTreeMap<&str, usize>,
    mut todo: Vec<(usize, Side)>,
    sides: &mut [Sides],
) {
    while let Some((at, side)) = todo.pop() {
        let (Some(slot), Some((path, program))) = (sides.get_mut(at), parsed.get(at)) else { continue };
        if slot.meets(Sides::of(side)) {
            continue;
        }
        *slot = slot.and(Sides::of(side));
        todo.extend(specifiers(program).filter_map(|s| target(source, index, path, s)).map(|at| (at, side)));
    }
}

type Uses = HashMap<(usize, String), Vec<ImportUse>>;
type Origins = HashMap<(usize, SymbolId), (usize, String)>;

fn imports(source: &SourceTree, parsed: &Parsed<'_, '_>) -> (Uses, Origins) {
    let index = index_of(parsed);
    let (mut uses, mut origins) = (Uses::new(), Origins::new());
    for (file, (path, program)) in parsed.iter().enumerate() {
        for statement in &program.body {
            match statement {
                Statement::ImportDeclaration(import) => {
                    let Some(to) = target(source, &index, path, import.source.value.as_str()) else {
                        continue;
                    };
                    for specifier in import.specifiers.iter().flatten() {
                        let symbol = specifier.local().symbol_id.get();
                        let name = match specifier {
                            ImportDeclarationSpecifier::ImportSpecifier(s) => s.imported.name().to_string(),
                            ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => "default".to_owned(),
                            ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => "*".to_owned(),
                        };
                        let whole = name == "*";
                        let used = ImportUse { file, symbol: symbol.filter(|_| !whole) };
                        uses.entry((to, name.clone())).or_default().push(used);
                        if let Some(symbol) = symbol.filter(|_| !whole) {
                            origins.insert((file, symbol), (to, name));
                        }
                    }
                }
                Statement::ExportFromDeclaration(export) => {
                    let Some(to) = target(source, &index, path, export.source.value.as_str()) else {
                        continue;
                    };
                    for specifier in &export.specifiers {
                        let name = specifier.local.name().to_string();
                        uses.entry((to, name)).or_default().push(ImportUse { file, symbol: None });
                    }
                }
                Statement::ExportAllDeclaration(export) => {
                    let Some(to) = target(source, &index, path, export.source.value.as_str()) else {
                        continue;
                    };
                    uses.entry((to, "*".to_owned())).or_default().push(ImportUse { file, symbol: None });
                }
                _ => {}
            }
        }
    }
    (uses, origins)
}
