//! Parts to a regular expression, and back to a pattern: the URL Pattern Standard, sections 2.2 and 2.3.

use super::{
    parser::{FULL_WILDCARD, Options, Part, PartKind},
    tokenizer::is_name_char,
};

fn escape(text: &str, special: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if special.contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Text as a regular expression for itself.
pub(super) fn escape_regexp(text: &str) -> String {
    escape(text, ".+*?^${}()[]|/\\")
}

/// Text as a pattern for itself.
pub(super) fn escape_pattern(text: &str) -> String {
    escape(text, "+*?:{}()\\")
}

/// The source of the regular expression, and the names of its groups in order.
pub(super) fn regexp(parts: &[Part], options: Options) -> (String, Vec<String>) {
    let mut names = Vec::new();
    let mut result = String::from("^");
    for part in parts {
        let modifier = part.modifier;
        if part.kind == PartKind::FixedText {
            let text = escape_regexp(&part.value);
            result += &if modifier.is_empty() { text } else { format!("(?:{text}){modifier}") };
            continue;
        }
        names.push(part.name.clone());
        let value = match part.kind {
            PartKind::SegmentWildcard => options.segment(),
            PartKind::FullWildcard => FULL_WILDCARD.to_owned(),
            _ => part.value.clone(),
        };
        let (prefix, suffix) = (escape_regexp(&part.prefix), escape_regexp(&part.suffix));
        let once = matches!(modifier, "" | "?");
        result += &match (prefix.is_empty() && suffix.is_empty(), once) {
            (true, true) => format!("({value}){modifier}"),
            (true, false) => format!("((?:{value}){modifier})"),
            (false, true) => format!("(?:{prefix}({value}){suffix}){modifier}"),
            (false, false) => {
                let optional = if modifier == "*" { "?" } else { "" };
                format!("(?:{prefix}((?:{value})(?:{suffix}{prefix}(?:{value}))*){suffix}){optional}")
            }
        };
    }
    (result + "$", names)
}

fn is_numbered(part: &Part) -> bool {
    part.name.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a name followed by a part would read on into it.
fn runs_into(next: &Part) -> bool {
    if !next.prefix.is_empty() || !next.suffix.is_empty() {
        return false;
    }
    match next.kind {
        PartKind::FixedText => next.value.chars().next().is_some_and(|c| is_name_char(c, false)),
        _ => is_numbered(next),
    }
}

/// The pattern in its normal form.
pub(super) fn pattern(parts: &[Part], options: Options) -> String {
    let mut result = String::new();
    for (i, part) in parts.iter().enumerate() {
        let previous = i.checked_sub(1).and_then(|i| parts.get(i));
        one(&mut result, part, previous, parts.get(i + 1), options);
    }
    result
}

fn one(result: &mut String, part: &Part, previous: Option<&Part>, next: Option<&Part>, options: Options) {
    let modifier = part.modifier;
    if part.kind == PartKind::FixedText {
        let text = escape_pattern(&part.value);
        *result += &if modifier.is_empty() { text } else { format!("{{{text}}}{modifier}") };
        return;
    }
    let named = !is_numbered(part);
    let mut grouped = !part.suffix.is_empty() || (!part.prefix.is_empty() && part.prefix != options.prefix);
    if !grouped && named && part.kind == PartKind::SegmentWildcard && modifier.is_empty() {
        grouped = next.is_some_and(runs_into);
    }
    let fixed_before = previous.filter(|part| part.kind == PartKind::FixedText);
    if !grouped && part.prefix.is_empty() && !options.prefix.is_empty() {
        grouped = fixed_before.is_some_and(|part| part.value.ends_with(options.prefix));
    }
    if grouped {
        result.push('{');
    }
    *result += &escape_pattern(&part.prefix);
    if named {
        result.push(':');
        *result += &part.name;
    }
    match part.kind {
        PartKind::Regexp => *result += &format!("({})", part.value),
        PartKind::SegmentWildcard if !named => *result += &format!("({})", options.segment()),
        PartKind::FullWildcard => {
            let plain = previous.is_none_or(|p| p.kind == PartKind::FixedText || !p.modifier.is_empty())
                || grouped
                || !part.prefix.is_empty();
            *result += if !named && plain { "*" } else { "(.*)" };
        }
        _ => {}
    }
    if part.kind == PartKind::SegmentWildcard
        && named
        && part.suffix.chars().next().is_some_and(|c| is_name_char(c, false))
    {
        result.push('\\');
    }
    *result += &escape_pattern(&part.suffix);
    if grouped {
        result.push('}');
    }
    *result += modifier;
}
