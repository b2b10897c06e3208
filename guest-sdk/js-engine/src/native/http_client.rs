//! Requests to elsewhere: `fetch`.

use rquickjs::{Array, Ctx, Exception, IntoJs, Object, Result, Value};

use super::{array::array_of, error::throw, http};
use crate::{
    bindings::atoll::app::http_client::{self, Body, Redirect, Request},
    text::{ByteVec, Text},
};

pub(super) fn define<'js>(ctx: &Ctx<'js>, native: &Object<'js>) -> Result<()> {
    super::define!(ctx, native, { "httpSend" => send, "httpReceive" => receive, });
    Ok(())
}

/// Starts a request. The body is null, a text, bytes, or true for one that is written afterwards. Answers the
/// operation, and the stream for such a body or -1.
fn send<'js>(
    ctx: Ctx<'js>,
    method: Text,
    url: Text,
    headers: Array<'js>,
    body: Value<'js>,
    redirect: Text,
) -> Result<Array<'js>> {
    let body = if body.is_null() {
        Body::None
    } else if body.is_bool() {
        Body::Stream
    } else if body.is_string() {
        Body::Bytes(body.get::<Text>()?.0.into_bytes())
    } else {
        Body::Bytes(body.get::<ByteVec>()?.0)
    };
    let redirect = match redirect.0.as_str() {
        "follow" => Redirect::Follow,
        "error" => Redirect::Error,
        "manual" => Redirect::Manual,
        other => return Err(Exception::throw_type(&ctx, &format!("{other:?} is not a redirect mode"))),
    };
    let what = format!("fetch({:?})", url.0);
    let request = Request { method: method.0, url: url.0, headers: http::pairs(&headers)?, body, redirect };
    let pending = http_client::send(&request).map_err(|error| throw(&ctx, &what, error))?;
    let stream = pending.body.map_or((-1).into_js(&ctx), |stream| stream.into_js(&ctx))?;
    array_of(&ctx, vec![pending.operation.into_js(&ctx)?, stream])
}

/// The head of the response: `[status, url, redirected, headers, body]`.
fn receive<'js>(ctx: Ctx<'js>, operation: u32, what: Text) -> Result<Array<'js>> {
    let response = http_client::receive(operation).map_err(|error| throw(&ctx, &what.0, error))?;
    let headers = http::flat(&ctx, response.headers, None)?;
    let values = vec![
        response.status.into_js(&ctx)?,
        response.url.into_js(&ctx)?,
        response.redirected.into_js(&ctx)?,
        headers.into_value(),
        response.body.into_js(&ctx)?,
    ];
    array_of(&ctx, values)
}
