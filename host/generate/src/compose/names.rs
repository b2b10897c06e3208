//! Names in generated code: types, variables, tables, columns and routes that collide with nothing.

use crate::Entity;
use crate::words::Words;

/// How generated code calls an entity.
pub(super) struct Names {
    /// Type, e.g. `Todo`.
    pub(super) ty: String,
    /// Plural in function names and, for a list inside an entry, its component, e.g. `Todos`.
    pub(super) tys: String,
    /// Variable, e.g. `todo`.
    pub(super) var: String,
    /// Variable for several, e.g. `todos`.
    pub(super) vars: String,
    /// SQL table, e.g. `todos`.
    pub(super) table: String,
    /// Segment of a route and, for a list inside an entry, its file, e.g. `todos`.
    pub(super) path: String,
}

impl Names {
    pub(super) fn of(entity: &Entity) -> Self {
        let ty = pascal(&entity.name);
        let ty = if TYPES.contains(ty.as_str()) { format!("{ty}Item") } else { ty };
        let var = camel(&entity.name);
        let var = if VARIABLES.contains(var.as_str()) { format!("{var}Item") } else { var };
        let vars = camel(&entity.plural);
        let vars =
            if vars == var || VARIABLES.contains(vars.as_str()) { format!("{vars}List") } else { vars };
        let table = table(&entity.plural);
        Self { ty, tys: pascal(&entity.plural), var, vars, path: table.replace('_', "-"), table }
    }

    /// The names of a list inside an entry, whose plural is a file of the backend and of the page as well.
    pub(super) fn of_child(entity: &Entity) -> Self {
        let mut names = Self::of(entity);
        if BACKEND_FILES.contains(&names.path) {
            names.path.push_str("-list");
        }
        if TYPES.contains(&names.tys) || PAGE_FILES.contains(&names.tys) {
            names.tys.push_str("List");
        }
        names
    }
}

/// Files of the backend whose names are plural.
const BACKEND_FILES: Words = Words("days rules settings types");

/// Files of the page whose names are plural, in the case of a type.
const PAGE_FILES: Words = Words("Colours Fields Figures Problems Totals");

fn table(plural: &str) -> String {
    let taken = ["settings", "synced", "ticks"].contains(&plural) || plural.starts_with("sqlite");
    if taken || SQL.contains(plural) {
        format!("{plural}_list").replace("sqlite", "sql_lite")
    } else {
        plural.to_owned()
    }
}

/// The column of a field: its name, unless SQL reads that otherwise.
pub(super) fn column(field: &str) -> String {
    if SQL.contains(field) { format!("{field}_value") } else { field.to_owned() }
}

fn pascal(name: &str) -> String {
    let mut out = String::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let mut chars = part.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.push_str(chars.as_str());
    }
    out
}

fn camel(name: &str) -> String {
    let pascal = pascal(name);
    let mut chars = pascal.chars();
    chars.next().map_or_else(String::new, |c| c.to_ascii_lowercase().to_string() + chars.as_str())
}

/// Words that JavaScript keeps, and names that the templates use for something else.
const VARIABLES: Words = Words(
    "add after any api app arguments attempt await before bind body book boolean break busy case catch \
    change changes check chosen class clear collection columns conditions const continue crypto data \
    date day days db debugger default delete draft else empty end entries entry enum env error eval \
    event events everything expect export extends false figures filtered finally first flag for from \
    full function grid groups guard id if implements import in input instanceof interface items key \
    label let listed look missing money month name new notice now null number object open option options \
    other package parameters parent path places private problem problems protected public published \
    query quoted range refresh remove request response result results return row rows sample save saved \
    saving sent set settings start statement static status step string sub summary super sure switch \
    symbol synced tab tabs test text this throw today true try twin type typeof undefined undo url value \
    values var view void week where while window document location history with yield async of fetch \
    console",
);

/// Types of the language, of the browser, and of the templates.
const TYPES: Words = Words(
    "Answer Answers App Array Badge Bin Blob Boolean Button Card Check Closing Comment Date Document \
    Draft Element Empty Entry Env Error Event Expected Fact Figure Figures File Form Frame Function \
    Group Groups Headers History Image Infinity JSON Location Map Markdown Math Month Node Notice \
    Notification Number Object Option Options Partial Pick Problem Promise Proxy Query Range Record \
    Reflect RegExp Request Required Response Result Row Select Set Settings Statement String Summary \
    Symbol Synced Text Toolbar Week Where Chips Lines Selection Storage Animation",
);

/// Words that SQLite may read as its own.
const SQL: Words = Words(
    "abort action add after all alter always analyze and as asc attach autoincrement before begin between \
    by cascade case cast check collate column commit conflict constraint create cross current \
    current_date current_time current_timestamp database default deferrable deferred delete desc detach \
    distinct do drop each else end escape except exclude exclusive exists explain fail filter first \
    following for foreign from full generated glob group groups having if ignore immediate in index \
    indexed initially inner insert instead intersect into is isnull join key last left like limit match \
    materialized natural no not nothing notnull null nulls of offset on or order others outer over \
    partition plan pragma preceding primary query raise range recursive references regexp reindex \
    release rename replace restrict returning right rollback row rows rowid savepoint select set table \
    temp temporary then ties to transaction trigger unbounded union unique update using vacuum values \
    view virtual when where window with without",
);
