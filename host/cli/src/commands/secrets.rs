//! `atoll secrets set|list|rm`.

use std::io::{self, IsTerminal as _, Read as _};

use atoll::{AppName, Limits, Zeroizing};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{client::Client, error::CliError, output::Output};

/// `atoll secrets …`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum SecretsCommand {
    /// Set a secret of an app. The value is asked for, or read from standard input; it is never an argument, where
    /// others could see it.
    Set {
        /// The app.
        app: AppName,
        /// Its name, e.g. `API_KEY`.
        name: String,
    },
    /// List an app's secrets: names, never values.
    List {
        /// The app.
        app: AppName,
    },
    /// Remove a secret of an app.
    Rm {
        /// The app.
        app: AppName,
        /// Its name.
        name: String,
    },
}

pub(crate) async fn run(command: SecretsCommand, client: &Client, output: &Output) -> Result<(), CliError> {
    let path = |app: &AppName, name: &str| format!("/api/v1/apps/{app}/secrets/{}", segment(name));
    match command {
        SecretsCommand::Set { app, name } => {
            let value = read_value(&name)?;
            let request = client.request(Method::PUT, &path(&app, &name)).json(&json!({ "value": &*value }));
            client.send(request).await?;
            output.progress(format!("{app}: {name} is set"));
            Ok(())
        }
        SecretsCommand::List { app } => list(&app, client, output).await,
        SecretsCommand::Rm { app, name } => {
            client.send(client.request(Method::DELETE, &path(&app, &name))).await?;
            output.progress(format!("{app}: {name} is removed"));
            Ok(())
        }
    }
}

fn segment(name: &str) -> percent_encoding::PercentEncode<'_> {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC)
}

/// Asks a person, without showing what is typed; or reads what is piped in, without the line's end.
fn read_value(name: &str) -> Result<Zeroizing<String>, CliError> {
    let failed = |error: io::Error| CliError::Failed(format!("the value of {name} cannot be read: {error}"));
    if io::stdin().is_terminal() {
        return rpassword::prompt_password(format!("{name}: ")).map(Zeroizing::new).map_err(failed);
    }
    let max = Limits::default().secret_value_bytes_max.saturating_mul(4) as u64;
    let mut value = Zeroizing::new(String::new());
    io::stdin().lock().take(max).read_to_string(&mut value).map_err(failed)?;
    let line = value.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    Ok(Zeroizing::new(line.unwrap_or(&value).to_owned()))
}

async fn list(app: &AppName, client: &Client, output: &Output) -> Result<(), CliError> {
    let document: Value = client.get(&format!("/api/v1/apps/{app}/secrets")).await?;
    if output.is_json() {
        return output.json(&document);
    }
    let secrets = document["secrets"].as_array().map_or(&[][..], Vec::as_slice);
    if secrets.is_empty() {
        return output.line(format!("{app} has no secrets, and its manifest grants none"));
    }
    secrets.iter().try_for_each(|secret| output.line(line(secret)))
}

fn line(secret: &Value) -> String {
    let name = secret["name"].as_str().unwrap_or_default();
    let set = match secret["set_at"].as_str() {
        Some(at) => format!("set {at}"),
        None => "not set".to_owned(),
    };
    let used = match (secret["granted"] == true, secret["placeholder"] == true) {
        (true, true) => "a placeholder for the app",
        (true, false) => "read by the app",
        (false, _) => "not granted by the manifest",
    };
    format!("{name:<24} {set}, {used}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_a_line_without_its_value() {
        let secret = json!({ "name": "API_KEY", "set_at": "T", "granted": true, "placeholder": true });
        assert_eq!(line(&secret), "API_KEY                  set T, a placeholder for the app");
        let secret = json!({ "name": "B", "set_at": null, "granted": true, "placeholder": false });
        assert!(line(&secret).ends_with("not set, read by the app"));
        let secret = json!({ "name": "C", "set_at": "T", "granted": false, "placeholder": false });
        assert!(line(&secret).ends_with("not granted by the manifest"));
    }
}
