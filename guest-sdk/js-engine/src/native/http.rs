//! The request that the host holds, and the answer to it.

use rquickjs::{Array, Ctx, Exception, IntoJs, Object, Result, TypedArray, Value};

use super::array::array_of;
use crate::{
    call::{ANSWER, Answer, INCOMING, VERDICT, Verdict},
    text::{ByteVec, Text},
};

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, {
        "requestHeaders" => request_headers,
        "requestBody" => request_body,
        "requestText" => request_text,
        "respond" => respond,
        "verdict" => verdict,
    });
    Ok(())
}

/// Pairs as `[name, value, …]`.
pub(super) fn flat<'js>(ctx: &Ctx<'js>, pairs: Vec<(String, String)>) -> Result<Array<'js>> {
    let mut values = Vec::with_capacity(2 * pairs.len());
    for (name, value) in pairs {
        values.push(name.into_js(ctx)?);
        values.push(value.into_js(ctx)?);
    }
    array_of(ctx, values)
}

fn request_headers(ctx: Ctx<'_>) -> Result<Array<'_>> {
    flat(&ctx, INCOMING.with_borrow_mut(|incoming| std::mem::take(&mut incoming.headers)))
}

fn request_body(ctx: Ctx<'_>) -> Result<TypedArray<'_, u8>> {
    TypedArray::new(ctx, INCOMING.with_borrow_mut(|incoming| incoming.body.take()).unwrap_or_default())
}

/// The body as text, without a byte order mark; what is no UTF-8 becomes U+FFFD.
fn request_text() -> String {
    let body = INCOMING.with_borrow_mut(|incoming| incoming.body.take()).unwrap_or_default();
    let text = String::from_utf8(body)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    match text.strip_prefix('\u{FEFF}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

fn respond<'js>(status: u16, list: Array<'js>, body: Value<'js>) -> Result<()> {
    let mut headers = Vec::with_capacity(list.len() / 2);
    for i in (0..list.len()).step_by(2) {
        headers.push((list.get::<Text>(i)?.0, list.get::<Text>(i + 1)?.0));
    }
    let body = match body.is_string() {
        true => body.get::<Text>()?.0.into_bytes(),
        false => body.get::<ByteVec>()?.0,
    };
    ANSWER.set(Some(Answer { status, headers, body }));
    Ok(())
}

/// `["done"]`, `["retry", reason]` or `["reject", reason]`.
fn verdict<'js>(ctx: Ctx<'js>, list: Array<'js>) -> Result<()> {
    let reason = |list: &Array<'js>| Ok::<_, rquickjs::Error>(list.get::<Text>(1)?.0);
    let verdict = match list.get::<Text>(0)?.0.as_str() {
        "done" => Verdict::Done,
        "retry" => Verdict::Retry(reason(&list)?),
        "reject" => Verdict::Reject(reason(&list)?),
        other => return Err(Exception::throw_type(&ctx, &format!("{other:?} is not a verdict"))),
    };
    VERDICT.set(Some(verdict));
    Ok(())
}
