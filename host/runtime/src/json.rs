//! JSON that a guest hands over: its nesting is counted before anything recurses into it.

use atoll_model::CapabilityError;
use serde::de::IgnoredAny;
use serde_json::Value;

/// Parses a text.
pub(crate) fn parse(what: &str, text: &str, depth_max: usize) -> Result<Value, CapabilityError> {
    check_depth(what, text, depth_max)?;
    serde_json::from_str(text).map_err(|error| invalid(what, &error))
}

/// Checks a text without keeping its value.
pub(crate) fn check(what: &str, text: &str, depth_max: usize) -> Result<(), CapabilityError> {
    check_depth(what, text, depth_max)?;
    serde_json::from_str::<IgnoredAny>(text).map(|_| ()).map_err(|error| invalid(what, &error))
}

fn invalid(what: &str, error: &serde_json::Error) -> CapabilityError {
    CapabilityError::Invalid(format!("{what} is not JSON: {error}"))
}

fn check_depth(what: &str, text: &str, depth_max: usize) -> Result<(), CapabilityError> {
    if depth(text) <= depth_max {
        return Ok(());
    }
    let what = format!("the nesting of {what}");
    Err(CapabilityError::OverLimit { what, limit: "json_depth_max", value: depth_max as u64 })
}

/// How deep arrays and objects nest, for a text that need not be JSON.
fn depth(text: &str) -> usize {
    let (mut now, mut most, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                now += 1;
                most = most.max(now);
            }
            b']' | b'}' if !in_string => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_is_counted_outside_strings() {
        assert_eq!(depth("1"), 0);
        assert_eq!(depth("{\"a\":[1,[2]],\"b\":{}}"), 3);
        assert_eq!(depth("\"[[[\\\"[[[\""), 0);
        let deep = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
        assert!(parse("data", &deep(64), 64).is_ok());
        let over = parse("data", &deep(65), 64).unwrap_err().to_string();
        assert_eq!(over, "the nesting of data is over the limit json_depth_max = 64");
        assert!(parse("data", &"[".repeat(10_000_000), 64).is_err());
    }

    #[test]
    fn what_is_not_json_is_said() {
        assert!(parse("data", "{a:1}", 64).unwrap_err().to_string().starts_with("data is not JSON: "));
        assert!(check("data", "", 64).is_err());
    }
}
