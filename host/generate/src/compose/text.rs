//! Text that becomes part of generated code, quoted for where it goes.

/// A JavaScript string literal with double quotes.
pub(super) fn js(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            // These end a line for older readers of JavaScript.
            '\u{2028}' | '\u{2029}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Text between tags, or a JSX expression when it holds what JSX would read.
pub(super) fn jsx_text(text: &str) -> String {
    if text.contains(['{', '}', '<', '>', '&', '\\', '"', '\n']) || text.trim() != text || text.contains("%")
    {
        format!("{{{}}}", js(text))
    } else {
        text.to_owned()
    }
}

/// The value of a JSX attribute with its quotes or braces.
pub(super) fn jsx_attribute(text: &str) -> String {
    if text.contains(['"', '&', '\\', '\n', '<', '>', '{', '}']) {
        format!("{{{}}}", js(text))
    } else {
        format!("\"{text}\"")
    }
}

/// Text inside a template literal.
pub(super) fn in_backticks(text: &str) -> String {
    text.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${")
}

/// Text inside a comment: nothing that ends it.
pub(super) fn in_comment(text: &str) -> String {
    text.replace("*/", "* /").replace(['\n', '\r'], " ")
}

/// A number as JavaScript and people write it.
pub(super) fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { format!("{value:.0}") } else { format!("{value}") }
}

/// "a" or "an", by the first letter.
pub(super) fn with_article(word: &str) -> String {
    let vowel = word.starts_with(|c: char| "aeioAEIO".contains(c));
    format!("{} {word}", if vowel { "an" } else { "a" })
}
