//! Errors of capabilities as JavaScript exceptions: an `Error` whose `code` names the kind.

use rquickjs::{Ctx, Error, Exception};

use crate::bindings::atoll::app::types;

/// Throws what a capability answered. `what` names the call, e.g. `KV.get`.
pub(super) fn throw(ctx: &Ctx<'_>, what: &str, error: types::Error) -> Error {
    let (code, text) = match error {
        types::Error::NotGranted(text) => ("not-granted", text),
        types::Error::Invalid(text) => ("invalid", text),
        types::Error::OverLimit(text) => ("over-limit", text),
        types::Error::Unavailable(text) => ("unavailable", text),
    };
    let made = Exception::from_message(ctx.clone(), &format!("{what}: {text}"))
        .and_then(|exception| exception.as_object().set("code", code).map(|()| exception));
    match made {
        Ok(exception) => exception.throw(),
        Err(error) => error,
    }
}
