//! Header names and values by the Fetch standard.

use rquickjs::{Ctx, Exception, Object, Result, String as JsString};

use crate::text::Text;

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, { "headerName" => name, "headerValue" => value, });
    Ok(())
}

/// In lower case; throws for what is no token (RFC 9110).
fn name(ctx: Ctx<'_>, name: Text) -> Result<String> {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.0.is_empty() || !name.0.bytes().all(token) {
        let shown: String = name.0.chars().take(80).collect();
        return Err(Exception::throw_type(&ctx, &format!("{shown:?} is not a header name")));
    }
    let mut name = name.0;
    name.make_ascii_lowercase();
    Ok(name)
}

/// Without white space around it; throws for line breaks, NUL, and characters that are no bytes.
fn value<'js>(ctx: Ctx<'js>, value: JsString<'js>) -> Result<JsString<'js>> {
    let text = Text::from_js_string(&ctx, &value)?.0;
    let trimmed = text.trim_matches([' ', '\t', '\r', '\n']);
    if trimmed.chars().any(|c| matches!(c, '\0' | '\r' | '\n') || u32::from(c) > 0xFF) {
        let shown: String = trimmed.chars().take(80).collect();
        let problem = "a header value has no line breaks, no NUL and no characters above U+00FF";
        return Err(Exception::throw_type(&ctx, &format!("{shown:?}: {problem}")));
    }
    if trimmed.len() == text.len() { Ok(value) } else { JsString::from_str(ctx, trimmed) }
}
