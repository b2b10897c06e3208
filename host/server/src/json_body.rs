//! JSON request bodies: bounded in size and in nesting, and declared as JSON.

use axum::body::Body;
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use crate::{
    body::{self, BodyLimit},
    problem::Problem,
    state::ServerState,
};

/// Reads a JSON body.
pub(crate) async fn read<T: DeserializeOwned>(
    state: &ServerState,
    headers: &HeaderMap,
    body: Body,
    limit: BodyLimit,
) -> Result<T, Problem> {
    let media_type = media_type(headers);
    if !media_type.is_empty() && !is_json(&media_type) {
        return Err(Problem::new(415, "not-json", "Not JSON")
            .detail(format_args!("the body is declared as {media_type:?}; send application/json")));
    }
    let body = body::read(state.connections(), headers, body, limit).await?;
    parse(&body.bytes, state.limits().json_depth_max)
}

/// Parses JSON that is nested at most `depth_max` deep.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8], depth_max: usize) -> Result<T, Problem> {
    if depth(bytes) > depth_max {
        return Err(Problem::bad_request(
            "too-deep",
            format_args!("the JSON is nested more than {depth_max} deep"),
        )
        .limit("json_depth_max", depth_max as u64));
    }
    serde_json::from_slice(bytes)
        .map_err(|error| Problem::bad_request("bad-json", format_args!("not the expected JSON: {error}")))
}

/// `type/subtype` in lower case; empty when there is none.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    value.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

/// Whether a media type is JSON.
pub(crate) fn is_json(media_type: &str) -> bool {
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

/// How deep brackets nest outside of strings. Of text that is no JSON it may say anything.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_counts_outside_of_strings_only() {
        assert_eq!(depth(br#"{"a":[{"b":"[[[\"[[["}],"c":[]}"#), 3);
        assert_eq!(depth(b"1"), 0);
        let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
        assert!(parse::<serde_json::Value>(deep.as_bytes(), 64).is_err());
        assert!(parse::<serde_json::Value>(deep.as_bytes(), 65).is_ok());
    }

    #[test]
    fn names_of_prototypes_are_plain_keys() {
        let value: serde_json::Value = parse(br#"{"__proto__":{"admin":true}}"#, 64).unwrap();
        assert_eq!(value["__proto__"]["admin"], true);
        assert!(value.get("admin").is_none());
    }
}
