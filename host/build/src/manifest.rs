//! The manifest, and the files it names: do they exist, and are they what they are said to be?
//!
//! Parsing is `atoll_model`'s; this adds what needs the folder around it. Migrations are checked for their
//! names and order only: whether the SQL runs is the store's to say.

use atoll_model::{Capability, Limits, Manifest, SourcePath, SourceTree, manifest::FILE};

use crate::{
    EventSchema, SchemaError, parse,
    report::{Finding, Place, Report},
};

/// The folder of the migrations.
const MIGRATIONS: &str = "migrations";

/// The manifest of a folder, if it is one; everything else that is wrong with it goes into the report.
pub(crate) fn read(source: &SourceTree, limits: &Limits, report: &mut Report) -> Option<Manifest> {
    let Some(bytes) = source.get(FILE) else {
        let hint = "write one: name = \"my-app\", and [backend] with entry = \"backend/index.ts\"";
        let elsewhere =
            source.iter().map(|(path, _)| path.as_str()).find(|path| path.ends_with("/atoll.toml"));
        let hint =
            elsewhere.map_or_else(|| hint.to_owned(), |path| format!("{path} is there: deploy that folder"));
        report.push(Finding::error("manifest", format!("the folder has no {FILE}"), Place::None).hint(hint));
        return None;
    };
    let file = SourcePath::parse(FILE).ok()?;
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let offset = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
            let finding =
                Finding::error("manifest", format!("{FILE} is not UTF-8"), Place::Offset(file, offset));
            report.push(finding.hint("save the file as UTF-8"));
            return None;
        }
    };
    let manifest = match Manifest::parse(text) {
        Ok(manifest) => manifest,
        Err(error) => {
            let (line, column) = error.place.unwrap_or((1, 1));
            let place = Place::LineColumn(file, line, column);
            let hint = error.hint.unwrap_or_else(|| "correct this line; the manifest is TOML".into());
            report.push(Finding::error("manifest", error.message, place).hint(hint));
            return None;
        }
    };
    let checks = Checks { source, limits, file: &file, text, manifest: &manifest };
    checks.entries(report);
    checks.schemas(report);
    checks.migrations(report);
    checks.not_done(report);
    Some(manifest)
}

struct Checks<'c> {
    source: &'c SourceTree,
    limits: &'c Limits,
    file: &'c SourcePath,
    text: &'c str,
    manifest: &'c Manifest,
}

impl Checks<'_> {
    /// Where a value stands in the manifest: at its first quoted mention, else at the key, else at the top.
    fn place(&self, value: &str, key: &str) -> Place {
        let quoted = [format!("\"{value}\""), format!("'{value}'")];
        let at =
            quoted.iter().find_map(|text| self.text.find(text)).or_else(|| self.text.find(key)).unwrap_or(0);
        Place::Offset(self.file.clone(), u32::try_from(at).unwrap_or(0))
    }

    fn entries(&self, report: &mut Report) {
        let backend = self.manifest.backend.as_ref();
        if let Some(entry) = backend.and_then(|b| b.entry.as_ref()) {
            self.entry(entry, "backend", "export default { fetch(request, env) {…} }", report);
        }
        if let Some(frontend) = &self.manifest.frontend {
            self.entry(&frontend.entry, "frontend", "export default function App() {…}", report);
        }
    }

    fn entry(&self, entry: &SourcePath, section: &str, shape: &str, report: &mut Report) {
        if self.source.get(entry.as_str()).is_none() {
            let stem =
                |path: &str| path.rsplit_once('.').map_or(path.to_owned(), |(stem, _)| stem.to_owned());
            let near = self
                .source
                .iter()
                .filter(|(path, _)| parse::source_type(path).is_some())
                .map(|(path, _)| {
                    (strsim::damerau_levenshtein(&stem(path.as_str()), &stem(entry.as_str())), path)
                })
                .min()
                .filter(|(distance, _)| *distance <= 4);
            let hint = match near {
                Some((_, path)) => format!("did you mean \"{path}\"?"),
                None => format!("create it with {shape}, or correct the path"),
            };
            let message = format!("the entry of [{section}], {entry}, is not in the folder");
            report.push(Finding::error("manifest", message, self.place(entry.as_str(), "entry")).hint(hint));
        } else if parse::source_type(entry).is_none() || entry.as_str().ends_with(".d.ts") {
            let message = format!("the entry of [{section}], {entry}, is no script");
            let hint = "an entry is a .ts, .tsx, .js or .jsx file; for WebAssembly write component = \"…\" in [backend]";
            report.push(Finding::error("manifest", message, self.place(entry.as_str(), "entry")).hint(hint));
        }
    }

    fn schemas(&self, report: &mut Report) {
        let events = &self.manifest.events;
        let published = events.publishes.iter().map(|p| (p.event_type.as_str(), &p.schema));
        let expected = events.subscribes.iter().map(|s| (s.event_type.as_str(), &s.schema));
        for (event_type, schema) in published.chain(expected) {
            let Some(schema) = schema.as_ref().filter(|_| !report.is_full()) else { continue };
            let Some(bytes) = self.source.get(schema.as_str()) else {
                let message = format!("the schema of {event_type}, {schema}, is not in the folder");
                let hint = "create it as a JSON Schema: {\"type\": \"object\", \"properties\": {}}, or remove the line";
                report.push(
                    Finding::error("manifest", message, self.place(schema.as_str(), "schema")).hint(hint),
                );
                continue;
            };
            let Err(error) = EventSchema::parse(bytes, self.limits) else { continue };
            let (line, column) = match error {
                SchemaError::NotJson { line, column, .. } => (line, column),
                _ => (1, 1),
            };
            let message = format!("{schema} cannot be the schema of {event_type}: {error}");
            let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let place = Place::LineColumn(schema.clone(), number(line), number(column));
            let hint = "a schema is a JSON object such as {\"type\": \"object\", \"properties\": {}}";
            report.push(Finding::error("schema", message, place).hint(hint));
        }
    }

    fn migrations(&self, report: &mut Report) {
        let mut last: Option<(u32, &SourcePath)> = None;
        let mut any = false;
        for (path, bytes) in self.source.under(MIGRATIONS) {
            any = true;
            let place = Place::LineColumn(path.clone(), 1, 1);
            let Some(number) = migration_number(path.as_str()) else {
                let message = format!("{path} is no name for a migration");
                let hint = "name it with four digits and what it does: migrations/0001_create_todos.sql";
                report.push(Finding::error("migration", message, place).hint(hint));
                continue;
            };
            if let Some((_, other)) = last.filter(|(before, _)| *before == number) {
                let message = format!("{path} has the number of {other}");
                let hint =
                    "give the newer one the next number: migrations run once, in the order of their numbers";
                report.push(Finding::error("migration", message, place).hint(hint));
            } else if std::str::from_utf8(bytes).is_err() {
                let message = format!("{path} is not UTF-8");
                report.push(Finding::error("migration", message, place).hint("save the file as UTF-8"));
            }
            last = Some((number, path));
        }
        if any && !self.manifest.grants_capability(Capability::Sql) {
            let place = last.map_or(Place::None, |(_, path)| Place::LineColumn(path.clone(), 1, 1));
            let finding =
                Finding::error("migration", "there are migrations, but no database is granted", place);
            report.push(finding.hint("add to atoll.toml under [grants]: sql = true"));
        }
    }

    /// What the manifest may say and the host does not do.
    fn not_done(&self, report: &mut Report) {
        if let Some(backend) = self.manifest.backend.as_ref()
            && self.manifest.limits(self.limits) != asked(backend, self.limits)
        {
            let place = self.place("", "[backend.limits]");
            let finding =
                Finding::warning("manifest", "a limit is over the host's maximum, which wins", place);
            let max = self.limits.app_max;
            report.push(finding.hint(format!(
                "the maximum is memory_mib = {}, cpu_ms = {}, wall_ms = {}, fuel = {}, body_mib = {}",
                max.memory_mib, max.cpu_ms, max.wall_ms, max.fuel, max.body_mib
            )));
        }
    }
}

fn asked(backend: &atoll_model::manifest::BackendManifest, limits: &Limits) -> atoll_model::AppLimits {
    let default = limits.app_default.capped(limits.app_max);
    atoll_model::AppLimits {
        memory_mib: backend.limits.memory_mib.unwrap_or(default.memory_mib),
        cpu_ms: backend.limits.cpu_ms.unwrap_or(default.cpu_ms),
        wall_ms: backend.limits.wall_ms.unwrap_or(default.wall_ms),
        fuel: backend.limits.fuel.unwrap_or(default.fuel),
        body_mib: backend.limits.body_mib.unwrap_or(default.body_mib),
    }
}

/// The number of `migrations/NNNN_name.sql`.
fn migration_number(path: &str) -> Option<u32> {
    let name = path.strip_prefix(MIGRATIONS)?.strip_prefix('/')?.strip_suffix(".sql")?;
    let (number, rest) = name.split_once('_')?;
    let legal = number.len() == 4
        && number.bytes().all(|b| b.is_ascii_digit())
        && !rest.is_empty()
        && rest.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    legal.then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migration_names_are_four_digits_and_a_word() {
        assert_eq!(migration_number("migrations/0012_add_due_date.sql"), Some(12));
        for bad in [
            "migrations/1_a.sql",
            "migrations/0001.sql",
            "migrations/0001_.sql",
            "migrations/a/0001_a.sql",
            "migrations/0001_a.txt",
        ] {
            assert_eq!(migration_number(bad), None, "{bad}");
        }
    }
}
