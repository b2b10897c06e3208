//! The configuration file of `atoll serve`.
//!
//! ```toml
//! listen = "127.0.0.1:8787"
//! data = ".atoll"
//! allowed_hosts = ["atoll.example.com"]
//! otlp = "http://127.0.0.1:4318"
//!
//! [outbound]
//! allow = ["10.1.0.0/16"]
//!
//! [limits]
//! http_response_bytes_max = 1048576
//! ```

use std::path::{Path, PathBuf};

use atoll::Limits;
use serde::Deserialize;

use crate::error::CliError;

/// What the file may say; unknown keys are errors.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The listen address.
    pub(crate) listen: Option<String>,
    /// The data directory, relative to the file.
    pub(crate) data: Option<PathBuf>,
    /// Host names besides loopback ones.
    pub(crate) allowed_hosts: Vec<String>,
    /// How apps' requests to the world are sent.
    pub(crate) outbound: Outbound,
    /// The base URL of an OpenTelemetry collector (OTLP over HTTP).
    pub(crate) otlp: Option<String>,
    /// Any of the host's limits.
    pub(crate) limits: Limits,
}

/// The table `outbound`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Outbound {
    /// Ranges of addresses, or single ones, that apps may reach although they are not the public internet.
    pub(crate) allow: Vec<String>,
}

impl Config {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, CliError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| CliError::Failed(format!("cannot read {}: {error}", path.display())))?;
        let mut config = Self::parse(&text, &path.display().to_string())?;
        if let (Some(data), Some(folder)) = (&config.data, path.parent()) {
            config.data = Some(folder.join(data));
        }
        Ok(config)
    }

    fn parse(text: &str, name: &str) -> Result<Self, CliError> {
        toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            CliError::Failed(format!("{name}:{line}:{column}: {}", with_suggestion(error.message().trim())))
        })
    }
}

/// serde lists every key there is, and there are a hundred limits: the nearest is what a person needs.
fn with_suggestion(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let (Some(unknown), true) = (quoted.next(), message.starts_with("unknown field")) else {
        return message.to_owned();
    };
    let near = quoted.map(|key| (strsim::damerau_levenshtein(key, unknown), key)).min();
    match near {
        Some((distance, key)) if distance <= key.len().max(3) / 2 => {
            format!("unknown key {unknown:?}; did you mean {key:?}?")
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_named_with_its_place() {
        let error = Config::parse("listen = \"x\"\n\n[limits]\nhttp_response_byte_max = 1\n", "atoll.conf")
            .unwrap_err();
        let text = error.to_string();
        assert_eq!(
            text,
            "atoll.conf:4:1: unknown key \"http_response_byte_max\"; did you mean \"http_response_bytes_max\"?"
        );
        let error = Config::parse("colour = \"green\"\n", "x").unwrap_err().to_string();
        assert!(error.contains("colour") && error.contains("allowed_hosts"), "{error}");
        let error = Config::parse("listen = 5\n", "x").unwrap_err().to_string();
        assert!(error.starts_with("x:1:10: invalid type"), "{error}");
        let config = Config::parse("data = \"d\"\n[limits]\nhttp_response_bytes_max = 7\n", "x").unwrap();
        assert_eq!(config.limits.http_response_bytes_max, 7);
        assert_eq!(config.limits.drain_ms, Limits::default().drain_ms);
    }
}
