//! Source maps of a backend: from places in the JavaScript that runs to places in the files its author wrote.
//!
//! In: one JSON document, an object whose keys are the names of modules and whose values are source maps
//! (version 3), as `build` writes it. Out: stack traces with the author's files, lines and columns. Only the
//! first source of a map is known: a module is made of one file.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Deserialize;

/// The maps of all modules of a backend that were transformed.
#[derive(Clone, Debug, Default)]
pub struct SourceMaps {
    modules: BTreeMap<String, ModuleMap>,
}

#[derive(Clone, Debug)]
struct ModuleMap {
    source: String,
    /// In the order of `code`.
    positions: Box<[Position]>,
}

/// Lines and columns, both from 0; columns count UTF-16 units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position {
    code: (u32, u32),
    source: (u32, u32),
}

/// What is read of a map.
#[derive(Deserialize)]
struct MapDocument<'d> {
    #[serde(borrow)]
    sources: Vec<Cow<'d, str>>,
    #[serde(borrow)]
    mappings: Cow<'d, str>,
}

impl SourceMaps {
    /// Reads the document. `None` when it is none; a map that is malformed ends where it is.
    #[must_use]
    pub fn parse(document: &[u8]) -> Option<Self> {
        let maps: BTreeMap<String, MapDocument<'_>> = serde_json::from_slice(document).ok()?;
        let modules = maps.into_iter().filter_map(|(name, map)| {
            let source = map.sources.into_iter().next()?.into_owned();
            Some((name, ModuleMap { source, positions: positions(&map.mappings).into() }))
        });
        Some(Self { modules: modules.collect() })
    }

    /// The memory that they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let of_module = |(name, map): (&String, &ModuleMap)| {
            size_of::<(String, ModuleMap)>() + name.len() + map.source.len() + size_of_val(&*map.positions)
        };
        self.modules.iter().map(of_module).sum()
    }

    /// The text with every place in it that is in a stack trace's form (`at f (backend/index.ts:3:7)`, on a line
    /// of its own) led back to the source. Everything else stays as it is.
    #[must_use]
    pub fn translate<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !looks_like_stack(text) {
            return Cow::Borrowed(text);
        }
        let lines: Vec<Cow<'_, str>> = text
            .split('\n')
            .map(|line| self.translate_line(line).map_or(Cow::Borrowed(line), Cow::Owned))
            .collect();
        Cow::Owned(lines.join("\n"))
    }

    fn translate_line(&self, line: &str) -> Option<String> {
        let frame = line.trim_start().strip_prefix("at ")?;
        let before = match frame.strip_suffix(')') {
            Some(frame) => line.len() - 1 - (frame.len() - frame.rfind('(')? - 1),
            None => line.len() - frame.len(),
        };
        let place = line.get(before..)?.trim_end_matches(')');
        let (rest, column) = place.rsplit_once(':')?;
        let (module, number) = rest.rsplit_once(':')?;
        let (source, line_number, column) = self.place(module, number.parse().ok()?, column.parse().ok()?)?;
        let after = line.get(before + place.len()..)?;
        Some(format!("{}{source}:{line_number}:{column}{after}", line.get(..before)?))
    }

    /// The file, line and column that a place in a module came from; all counted from 1.
    #[must_use]
    pub fn place(&self, module: &str, line: u32, column: u32) -> Option<(&str, u32, u32)> {
        let map = self.modules.get(module)?;
        let wanted = (line.checked_sub(1)?, column.saturating_sub(1));
        let next = map.positions.partition_point(|position| position.code <= wanted);
        let on_line = |position: &&Position| position.code.0 == wanted.0;
        let before = next.checked_sub(1).and_then(|place| map.positions.get(place)).filter(on_line);
        let found = before.or_else(|| map.positions.get(next).filter(on_line))?;
        Some((&map.source, found.source.0.saturating_add(1), found.source.1.saturating_add(1)))
    }
}

/// Whether a text may have frames of a stack trace in it: cheap, for texts that nearly never have.
#[must_use]
pub fn looks_like_stack(text: &str) -> bool {
    text.starts_with("at ") || text.contains("\n    at ") || text.contains("    at ")
}

/// The `mappings` of a source map: for each line of the code, groups of numbers that are differences to the ones
/// before, in base 64 with five bits a digit.
fn positions(mappings: &str) -> Vec<Position> {
    let mut positions = Vec::new();
    let (mut source_line, mut source_column) = (0_i64, 0_i64);
    for (code_line, line) in (0_u32..).zip(mappings.split(';')) {
        let mut code_column = 0_i64;
        for segment in line.split(',').filter(|segment| !segment.is_empty()) {
            let Some(fields) = numbers(segment) else { return positions };
            code_column += fields[0];
            if let [_, _file, line, column, ..] = fields[..] {
                source_line += line;
                source_column += column;
                let parts = (code_column.try_into(), source_line.try_into(), source_column.try_into());
                let (Ok(column), Ok(line), Ok(from)) = parts else { return positions };
                positions.push(Position { code: (code_line, column), source: (line, from) });
            }
        }
    }
    positions
}

/// The numbers of one segment, at least one; nothing for what is malformed.
fn numbers(segment: &str) -> Option<Vec<i64>> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut numbers = Vec::with_capacity(5);
    let (mut value, mut shift) = (0_i64, 0_u32);
    for byte in segment.bytes() {
        let digit = i64::try_from(DIGITS.iter().position(|known| *known == byte)?).ok()?;
        // Places are numbers of 32 bits.
        if shift > 30 {
            return None;
        }
        value |= (digit & 31) << shift;
        shift += 5;
        if digit & 32 == 0 {
            numbers.push(if value & 1 == 1 { -(value >> 1) } else { value >> 1 });
            (value, shift) = (0, 0);
        }
    }
    (shift == 0 && !numbers.is_empty()).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line 1, column 1 of the code is line 1 of the source; line 2 begins at line 11, and its column 5 is line 11,
    /// column 9.
    const DOCUMENT: &str = r#"{"backend/index.ts": {"version":3,"sources":["backend/index.ts"],"names":[],"mappings":"AAAA;AAUA,IAAQ;;A"}}"#;

    fn maps() -> SourceMaps {
        SourceMaps::parse(DOCUMENT.as_bytes()).unwrap()
    }

    #[test]
    fn places_lead_back() {
        let maps = maps();
        assert_eq!(maps.place("backend/index.ts", 1, 1), Some(("backend/index.ts", 1, 1)));
        assert_eq!(maps.place("backend/index.ts", 2, 3), Some(("backend/index.ts", 11, 1)));
        assert_eq!(maps.place("backend/index.ts", 2, 70), Some(("backend/index.ts", 11, 9)));
        assert_eq!(maps.place("backend/index.ts", 3, 1), None);
        assert_eq!(maps.place("backend/index.ts", 0, 0), None);
        assert_eq!(maps.place("hono", 1, 1), None);
    }

    #[test]
    fn stacks_are_translated_and_nothing_else_is() {
        let stack = "Error: at me (backend/index.ts:2:1)\n    at run (backend/index.ts:2:5)\n    at backend/index.ts:1:1\n    at x (hono:1:1)\n    at y (native)\nend";
        let wanted = "Error: at me (backend/index.ts:2:1)\n    at run (backend/index.ts:11:9)\n    at backend/index.ts:1:1\n    at x (hono:1:1)\n    at y (native)\nend";
        assert_eq!(maps().translate(stack), wanted);
        for same in
            ["", "at ", "    at )", "    at (:1:1)", "    at f (backend/index.ts:9:9999999999)", "plain"]
        {
            assert_eq!(maps().translate(same), same);
        }
    }

    #[test]
    fn malformed_documents_are_none() {
        assert!(SourceMaps::parse(b"[]").is_none() && SourceMaps::parse(b"{\"a\": 1}").is_none());
        let odd = r#"{"a": {"sources": ["a"], "mappings": "AAAA,????,AAAA"}, "b": {"sources": [], "mappings": ""}}"#;
        let maps = SourceMaps::parse(odd.as_bytes()).unwrap();
        assert_eq!(maps.place("a", 1, 9), Some(("a", 1, 1)));
        assert_eq!(numbers("gggggggggB"), None);
        assert_eq!(numbers("D"), Some(vec![-1]));
    }
}
