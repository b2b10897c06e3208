//! `atoll show APP`.

use atoll::AppName;
use serde_json::Value;

use crate::{client::Client, error::CliError, output::Output};

/// Arguments of `atoll show`.
#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// The app.
    app: AppName,
}

pub(crate) async fn run(args: ShowArgs, client: &Client, output: &Output) -> Result<(), CliError> {
    let app: Value = client.get(&format!("/api/v1/apps/{}", args.app)).await?;
    if output.is_json() {
        return output.json(&app);
    }
    let name = &args.app;
    let text = |value: &Value| match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "–".to_owned(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    output.line(format!("{name}: {}", text(&app["title"])))?;
    for key in ["description", "revision", "hash", "created_at", "updated_at", "publishes", "subscribes"] {
        output.line(format!("  {:<12} {}", key.replace('_', " "), text(&app[key])))?;
    }
    output.line(format!("  {:<12} {}", "grants", granted(&app["grants"])))?;
    let limits = &app["limits"];
    output.line(format!(
        "  {:<12} {} MiB memory, {} ms CPU, {} ms wall, {} fuel, {} MiB of request body",
        "limits",
        limits["memory_mib"],
        limits["cpu_ms"],
        limits["wall_ms"],
        limits["fuel"],
        limits["body_mib"]
    ))?;
    let metrics: Value = client.get(&format!("/api/v1/apps/{name}/metrics")).await?;
    output.line(format!("  {:<12} {}", "calls", called(&metrics["total"])))?;
    let runs: Value = client.get(&format!("/api/v1/apps/{name}/schedules")).await?;
    for schedule in runs["schedules"].as_array().into_iter().flatten() {
        output.line(format!("  {:<12} {}", "schedule", scheduled(schedule)))?;
    }
    if !app["frontend"].is_null() {
        output.line(format!("  {:<12} {}", "page", client.url(&format!("/apps/{name}/"))))?;
    }
    if app["backend"] == true {
        output.line(format!("  {:<12} {}", "api", client.url(&format!("/apps/{name}/api/"))))?;
    }
    Ok(())
}

/// When it runs by itself.
fn scheduled(schedule: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    let next = schedule["next"].get(0).map_or_else(|| "never".to_owned(), text);
    format!("{} ({}), next {next}", text(&schedule["cron"]), text(&schedule["timezone"]))
}

/// What its calls have cost since the host was started.
fn called(total: &Value) -> String {
    if total["calls"] == 0 {
        return "none since the host was started".into();
    }
    let figure = |value: &Value| value.as_f64().unwrap_or(0.0);
    let (cpu, wall) = (&total["cpu_ms"], &total["wall_ms"]);
    format!(
        "{} ({} failed) since the host was started; p50 {:.3} ms CPU, {:.3} ms wall; p99 {:.3} and {:.3}",
        total["calls"],
        total["failures"],
        figure(&cpu["p50"]),
        figure(&wall["p50"]),
        figure(&cpu["p99"]),
        figure(&wall["p99"]),
    )
}

/// What a `grants` table grants.
fn granted(grants: &Value) -> String {
    let mut granted: Vec<String> =
        ["kv", "sql"].iter().filter(|key| grants[**key] == true).map(|key| (*key).into()).collect();
    let listed = |key: &str| grants[key].as_array().into_iter().flatten();
    granted.extend(listed("http").filter_map(Value::as_str).map(|origin| format!("http {origin}")));
    // A secret is its name, or a table when the app holds a placeholder only.
    granted.extend(listed("secrets").filter_map(|secret| match secret.as_str() {
        Some(name) => Some(format!("secret {name}")),
        None => secret["name"].as_str().map(|name| format!("secret {name} (a placeholder)")),
    }));
    if granted.is_empty() { "none".into() } else { granted.join(", ") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn calls_are_one_line() {
        assert_eq!(called(&json!({ "calls": 0 })), "none since the host was started");
        let total = json!({
            "calls": 7, "failures": 2,
            "cpu_ms": { "p50": 0.0614, "p99": 1.5 }, "wall_ms": { "p50": 0.1, "p99": 20.0 },
        });
        assert_eq!(
            called(&total),
            "7 (2 failed) since the host was started; p50 0.061 ms CPU, 0.100 ms wall; p99 1.500 and 20.000"
        );
    }

    #[test]
    fn every_grant_is_shown() {
        let grants = json!({
            "kv": true,
            "sql": false,
            "http": ["https://api.example.com"],
            "secrets": ["A", { "name": "B", "placeholder": true, "query": false }],
        });
        assert_eq!(granted(&grants), "kv, http https://api.example.com, secret A, secret B (a placeholder)");
        assert_eq!(granted(&json!({})), "none");
    }
}
