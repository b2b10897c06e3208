//! `atoll new NAME`: writes a working app's folder.

mod templates;

use std::{collections::BTreeMap, path::PathBuf};

use atoll::AppName;
use clap::ValueEnum;

use self::templates::{RUST, RUST_SDK, TS};
use super::generate::write_files;
use crate::{error::CliError, output::Output};

/// Arguments of `atoll new`.
#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// The app's name, and the folder's.
    name: AppName,
    /// What its backend is written in.
    #[arg(long, value_enum, default_value_t = Language::Ts)]
    lang: Language,
}

/// A backend's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    /// TypeScript, with a page.
    Ts,
    /// Rust, built into a component.
    Rust,
}

pub(crate) fn run(args: NewArgs, output: &Output) -> Result<(), CliError> {
    let folder = PathBuf::from(args.name.as_str());
    if folder.exists() {
        return Err(CliError::Usage(format!("{} is there already; choose another name", folder.display())));
    }
    let files = files(args.lang, &args.name);
    write_files(&folder, &files)?;
    if output.is_json() {
        return output
            .json(&serde_json::json!({ "folder": folder, "files": files.keys().collect::<Vec<_>>() }));
    }
    output.line(format!("{} files in {}/", files.len(), folder.display()))?;
    let next = match args.lang {
        Language::Ts => format!("next: atoll test {0} && atoll deploy {0}", args.name),
        Language::Rust => format!("next: see {}/README.md for how to build and deploy it", args.name),
    };
    output.progress(next);
    Ok(())
}

fn files(language: Language, name: &AppName) -> BTreeMap<String, String> {
    let template = match language {
        Language::Ts => TS,
        Language::Rust => RUST,
    };
    let filled = template.iter().map(|(path, content)| ((*path).to_owned(), fill(content, name)));
    // In the repository the contract lies elsewhere, and the SDK is a workspace of its own.
    let sdk = RUST_SDK.iter().filter(|_| language == Language::Rust).map(|(path, content)| {
        ((*path).to_owned(), content.replace("\"../../wit\"", "\"wit\"").replace("[workspace]\n", ""))
    });
    filled.chain(sdk).collect()
}

fn fill(content: &str, name: &AppName) -> String {
    let mut title = name.as_str().replace('-', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    content
        .replace("{{name}}", name.as_str())
        .replace("{{crate}}", &name.as_str().replace('-', "_"))
        .replace("{{title}}", title.trim())
}

#[cfg(test)]
mod tests {
    use atoll::Manifest;

    use super::*;

    #[test]
    fn every_template_has_a_manifest_of_that_name() {
        let name = AppName::parse("my-app").unwrap();
        for language in [Language::Ts, Language::Rust] {
            let files = files(language, &name);
            let manifest = Manifest::parse(&files["atoll.toml"]).unwrap();
            assert_eq!(manifest.name, name);
            assert_eq!(manifest.display_title(), "My app");
            let app_files = files.iter().filter(|(path, _)| !path.starts_with("sdk/"));
            assert!(app_files.into_iter().all(|(_, content)| !content.contains("{{")));
        }
    }
}
