//! Why an import stands for nothing, in words, and what was meant.

use atoll_model::{SourcePath, SourceTree};

use super::{Side, Unresolved, advice, relative_specifier};
use crate::parse;

/// An explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Explanation {
    /// What is wrong.
    pub(crate) message: String,
    /// What to write instead.
    pub(crate) hint: String,
}

/// What is wrong with a specifier that was not resolved, and what to write instead.
pub(crate) fn explain(
    source: &SourceTree,
    side: Side,
    importer: &SourcePath,
    specifier: &str,
    why: &Unresolved,
) -> Explanation {
    match why {
        Unresolved::Outside => Explanation {
            message: format!("{:?} leads out of the app's folder", shown(specifier)),
            hint: "import files of the app only".into(),
        },
        Unresolved::NoModule(file) => no_module(file, specifier),
        Unresolved::Missing(path) => missing(source, importer, specifier, path),
        Unresolved::Unknown => advice::for_bare(source, side, specifier),
    }
}

fn no_module(file: &SourcePath, specifier: &str) -> Explanation {
    let hint = match file.extension() {
        "css" | "scss" | "sass" | "less" => {
            "style with Tailwind classes in className; they work without any import. For more, use a style attribute"
        }
        "svg" | "png" | "jpg" | "jpeg" | "gif" | "webp" | "ico" => {
            "write an SVG as JSX, or put a small picture into the code as a data: URL"
        }
        "mjs" | "cjs" | "mts" | "cts" => "name the file .ts, .tsx, .js or .jsx; all of them are ES modules",
        _ => "import .ts, .tsx, .js, .jsx and .json files",
    };
    let message = format!("{:?} is {file}, which cannot be imported", shown(specifier));
    Explanation { message, hint: hint.into() }
}

fn missing(source: &SourceTree, importer: &SourcePath, specifier: &str, path: &str) -> Explanation {
    let message = format!(
        "there is no file for {:?} (looked for {} with .ts, .tsx, .js, .jsx, .json, and in a folder for index)",
        shown(specifier),
        shown(path)
    );
    let near = source
        .iter()
        .map(|(file, _)| file)
        .filter(|file| {
            *file != importer && (parse::source_type(file).is_some() || file.extension() == "json")
        })
        .filter_map(|file| Some((distance(file.as_str(), path)?, file)))
        .min();
    let hint = match near {
        Some((_, file)) => {
            format!("did you mean {:?}?", relative_specifier(importer.as_str(), file.as_str()))
        }
        None => "create the file, or correct the path: it is relative to the importing file".into(),
    };
    Explanation { message, hint }
}

/// How far a file's path is from a wanted one; `None` when it cannot have been meant.
fn distance(file: &str, wanted: &str) -> Option<usize> {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let max = wanted.len().max(6) / 3;
    let last = |path: &str| path.rsplit('/').next().map(str::to_owned);
    // A file of the same name in another folder is what was meant more often than a similar path.
    if last(stem) == last(wanted) {
        return Some(0);
    }
    [stem, file]
        .into_iter()
        .filter(|path| path.len().abs_diff(wanted.len()) <= max)
        .map(|path| strsim::damerau_levenshtein(path, wanted))
        .filter(|distance| *distance <= max)
        .min()
}

/// A specifier in a message: a hostile one may be as long as the file.
pub(super) fn shown(specifier: &str) -> String {
    specifier.chars().take(120).collect()
}
