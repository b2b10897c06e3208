//! Header names and values by the Fetch standard.

use rquickjs::{Ctx, Error, Exception, Object, Result, String as JsString, qjs};

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

/// Whether a text is its own header value: printable ASCII without white space around it. Nearly every one is.
fn is_plain<'js>(ctx: &Ctx<'js>, value: &JsString<'js>) -> Result<bool> {
    let context = ctx.as_raw().as_ptr();
    let mut length: usize = 0;
    // SAFETY: the value is a live string of this context; the bytes are looked at before they are freed.
    unsafe {
        let pointer = qjs::JS_ToCStringLen(context, &raw mut length, value.as_value().as_raw());
        if pointer.is_null() {
            return Err(Error::Exception);
        }
        let bytes = std::slice::from_raw_parts(pointer.cast::<u8>(), length);
        let inner = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
        let plain = inner && bytes.first() != Some(&b' ') && bytes.last() != Some(&b' ');
        qjs::JS_FreeCString(context, pointer);
        Ok(plain)
    }
}

/// Without white space around it; throws for line breaks, NUL, and characters that are no bytes.
fn value<'js>(ctx: Ctx<'js>, value: JsString<'js>) -> Result<JsString<'js>> {
    if is_plain(&ctx, &value)? {
        return Ok(value);
    }
    let text = Text::from_js_string(&ctx, &value)?.0;
    let trimmed = text.trim_matches([' ', '\t', '\r', '\n']);
    if trimmed.chars().any(|c| matches!(c, '\0' | '\r' | '\n') || u32::from(c) > 0xFF) {
        let shown: String = trimmed.chars().take(80).collect();
        let problem = "a header value has no line breaks, no NUL and no characters above U+00FF";
        return Err(Exception::throw_type(&ctx, &format!("{shown:?}: {problem}")));
    }
    if trimmed.len() == text.len() { Ok(value) } else { JsString::from_str(ctx, trimmed) }
}
