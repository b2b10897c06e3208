//! What `tsc` says, as findings.

use atoll_model::{SourcePath, SourceTree};

use crate::report::{Finding, Place, column_in_characters};

/// The folder of the app inside the workspace.
pub(super) const APP: &str = "app";

/// A complaint about the settings and not about a file: `error TS5023: Unknown compiler option …`.
pub(super) fn complaint(text: &str) -> Option<String> {
    text.lines()
        .filter(|line| line.starts_with("error TS") || line.starts_with("tsconfig"))
        .find_map(|line| line.split_once("error ").map(|(_, rest)| rest.chars().take(200).collect()))
}

/// The findings in `app/backend/index.ts(9,12): error TS2322: Type …`, each with its indented lines.
pub(super) fn findings(text: &str, source: &SourceTree) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for line in text.lines() {
        if line.starts_with(' ') {
            if let Some(last) = findings.last_mut() {
                last.message.push_str("; ");
                last.message.push_str(line.trim());
            }
        } else if let Some(finding) = finding(line, source) {
            findings.push(finding);
        }
    }
    findings
}

fn finding(line: &str, source: &SourceTree) -> Option<Finding> {
    let (place, rest) = line.split_once("): error ")?;
    let (file, position) = place.rsplit_once('(')?;
    let (line, column) = position.split_once(',')?;
    let (code, message) = rest.split_once(": ")?;
    let path = SourcePath::parse(file.strip_prefix(APP)?.strip_prefix('/')?).ok()?;
    let (line, column): (u32, u32) = (line.parse().ok()?, column.parse().ok()?);
    let text = source.text(path.as_str())?;
    let column = column_in_characters(text, line, column);
    let mut finding =
        Finding::error("types", message, Place::LineColumn(path, line, column)).hint(hint(code, message));
    finding.rule = format!("types/{code}").into();
    Some(finding)
}

fn hint(code: &str, message: &str) -> &'static str {
    match code {
        "TS2339" if message.contains("type 'Env'") => {
            "grant it in atoll.toml (kv, sql, [[events.publishes]], secrets, [backend.vars])"
        }
        "TS2307" | "TS2792" => {
            "import files of the app by a relative path, or one of the modules that Atoll has"
        }
        "TS2304" | "TS2552" => "import or declare it, or correct its name",
        "TS18046" | "TS18047" | "TS18048" | "TS2531" | "TS2532" => {
            "check for it first: if (x) …, x?.y, x ?? z"
        }
        _ => {
            "correct the value or its type; an app runs without it, since types are removed when it is built"
        }
    }
}

#[cfg(test)]
mod tests {
    use atoll_model::Limits;

    use super::*;

    #[test]
    fn lines_become_findings_and_noise_does_not() {
        let mut source = SourceTree::new();
        source
            .insert(
                SourcePath::parse("backend/a.ts").unwrap(),
                "let a = '💥', b: number = '';\n",
                &Limits::default(),
            )
            .unwrap();
        let text = "app/backend/a.ts(1,15): error TS2322: Type 'string' is not assignable to type 'number'.\n  Because of this.\n\
                    types/x.d.ts(1,1): error TS1: not ours\nFound 1 error.\n";
        let found = findings(text, &source);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].rule, "types/TS2322");
        assert!(found[0].message.ends_with("; Because of this."));
        assert_eq!(found[0].place, Place::LineColumn(SourcePath::parse("backend/a.ts").unwrap(), 1, 14));
        assert_eq!(complaint(text), None);
        assert!(complaint("error TS5023: Unknown compiler option 'x'.").unwrap().contains("TS5023"));
    }
}
