//! The request that the host holds, and the answer to it.

use rquickjs::{Array, Ctx, Exception, IntoJs, Object, Result, TypedArray, Value};

use super::{array::array_of, error::throw};
use crate::{
    bindings::atoll::app::http_responder,
    call::{ANSWER, Answer, INCOMING, VERDICT, Verdict},
    text::{ByteVec, Text},
};

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, {
        "requestHeaders" => request_headers,
        "requestBody" => request_body,
        "requestText" => request_text,
        "respond" => respond,
        "startResponse" => start_response,
        "verdict" => verdict,
    });
    Ok(())
}

/// Pairs as `[name, value, …]`, and then whatever `last` is.
pub(super) fn flat<'js>(
    ctx: &Ctx<'js>,
    pairs: Vec<(String, String)>,
    last: Option<Value<'js>>,
) -> Result<Array<'js>> {
    let mut values = Vec::with_capacity(2 * pairs.len() + 1);
    for (name, value) in pairs {
        values.push(name.into_js(ctx)?);
        values.push(value.into_js(ctx)?);
    }
    values.extend(last);
    array_of(ctx, values)
}

fn request_headers(ctx: Ctx<'_>) -> Result<Array<'_>> {
    flat(&ctx, INCOMING.with_borrow_mut(|incoming| std::mem::take(&mut incoming.headers)), None)
}

fn request_body(ctx: Ctx<'_>) -> Result<TypedArray<'_, u8>> {
    TypedArray::new(ctx, INCOMING.with_borrow_mut(|incoming| std::mem::take(&mut incoming.body)))
}

/// The body as text, without a byte order mark; what is no UTF-8 becomes U+FFFD.
fn request_text() -> String {
    let body = INCOMING.with_borrow_mut(|incoming| std::mem::take(&mut incoming.body));
    let text = String::from_utf8(body)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    match text.strip_prefix('\u{FEFF}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// The same as pairs of Rust's.
pub(super) fn pairs<'js>(list: &Array<'js>) -> Result<Vec<(String, String)>> {
    (0..list.len()).step_by(2).map(|i| Ok((list.get::<Text>(i)?.0, list.get::<Text>(i + 1)?.0))).collect()
}

/// The whole response.
fn respond<'js>(status: u16, list: Array<'js>, body: Value<'js>) -> Result<()> {
    let headers = pairs(&list)?;
    let body = match body.is_string() {
        true => body.get::<Text>()?.0.into_bytes(),
        false => body.get::<ByteVec>()?.0,
    };
    ANSWER.set(Some(Answer { status, headers, body }));
    Ok(())
}

/// Sends the head now. Answers the stream for the body.
fn start_response<'js>(ctx: Ctx<'js>, status: u16, list: Array<'js>) -> Result<u32> {
    http_responder::start(status, &pairs(&list)?).map_err(|error| throw(&ctx, "the response", error))
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
