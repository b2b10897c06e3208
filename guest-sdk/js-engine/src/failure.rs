//! Exceptions as the host is told of them.

use rquickjs::{Array, CatchResultExt, CaughtError, Ctx, Function, Value};

use crate::{bindings::atoll::app::types::Failure, engine};

/// Names a failure that has no stack.
pub(crate) fn plain(message: impl Into<String>) -> Failure {
    Failure { message: message.into(), stack: String::new() }
}

/// Describes something that was thrown. The JavaScript side does it; when even that fails (out of memory or
/// stack), the exception's own message has to do.
pub(crate) fn of_thrown<'js>(ctx: &Ctx<'js>, thrown: Value<'js>) -> Failure {
    let described = engine::function(ctx, |host| &host.failure)
        .and_then(|describe: Function<'js>| describe.call::<_, Array<'js>>((thrown.clone(),)))
        .and_then(|pair| Ok((pair.get::<String>(0)?, pair.get::<String>(1)?)));
    match described {
        Ok((message, stack)) => Failure { message, stack },
        Err(_) => {
            ctx.catch();
            bare(&thrown)
        }
    }
}

/// The exception that is pending in a context.
pub(crate) fn of_pending(ctx: &Ctx<'_>, error: rquickjs::Error) -> Failure {
    match Err::<(), _>(error).catch(ctx) {
        Err(CaughtError::Exception(exception)) => of_thrown(ctx, exception.into_value()),
        Err(CaughtError::Value(value)) => of_thrown(ctx, value),
        Err(CaughtError::Error(error)) => plain(error.to_string()),
        Ok(()) => plain("unknown failure"),
    }
}

/// Without the help of any JavaScript.
pub(crate) fn bare(thrown: &Value<'_>) -> Failure {
    let property = |name: &str| {
        let object = thrown.as_object()?;
        object.get::<_, Option<String>>(name).ok().flatten()
    };
    match property("message") {
        Some(message) => {
            let name = property("name").unwrap_or_else(|| "Error".into());
            Failure { message: format!("{name}: {message}"), stack: property("stack").unwrap_or_default() }
        }
        // QuickJS throws null when there is no memory for an exception.
        None => plain("InternalError: out of memory"),
    }
}
