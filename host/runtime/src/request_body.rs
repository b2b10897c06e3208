//! How a request's body goes to a guest: small ones that have arrived in one piece, others as a stream. None is
//! ever gathered beyond `http_inline_body_bytes_max`.

use std::{
    future::poll_fn,
    task::{Context, Poll},
};

use atoll_model::{AppLimits, Limits};
use bytes::Bytes;
use http::Method;
use http_body::Body as _;

use crate::{Body, BodyError, CallError, body::Gathered, stream::Incoming};

/// A request's body, as a guest gets it.
pub(crate) enum RequestBody {
    None,
    Bytes(Bytes),
    Stream(Incoming),
}

/// Looks how much of a body is there, without waiting for it.
pub(crate) async fn arrive(
    body: Body,
    method: &Method,
    app: AppLimits,
    limits: &Limits,
) -> Result<RequestBody, CallError> {
    // A GET or HEAD request has no body (the Fetch standard refuses to even make one).
    if matches!(*method, Method::GET | Method::HEAD) || body.is_end_stream() {
        return Ok(RequestBody::None);
    }
    check_length(&body, app)?;
    let (hint, inline_max) = (body.size_hint(), limits.http_inline_body_bytes_max);
    let is_small = hint.exact().is_some_and(|bytes| bytes <= inline_max as u64);
    let stream = |body| RequestBody::Stream(Incoming::bounded(body, "body_mib", app.body_bytes()));
    match body.try_into_bytes() {
        Ok(bytes) if is_small => Ok(RequestBody::Bytes(bytes)),
        Ok(bytes) => Ok(stream(bytes.into())),
        Err(mut body) if is_small => {
            let mut gathered = Gathered::default();
            let whole = poll_fn(|cx| Poll::Ready(gather(&mut body, &mut gathered, inline_max, cx))).await;
            let whole = whole.map_err(|fault| error(&fault, app))?;
            let bytes = gathered.into_bytes();
            if whole {
                return Ok(RequestBody::Bytes(bytes));
            }
            let rest = Incoming::bounded(body, "body_mib", app.body_bytes());
            Ok(RequestBody::Stream(rest.with_arrived(bytes)))
        }
        Err(body) => Ok(stream(body)),
    }
}

/// Refuses a body that says itself that it is too large.
pub(crate) fn check_length(body: &Body, app: AppLimits) -> Result<(), CallError> {
    if body.size_hint().lower() > app.body_bytes() {
        return Err(too_large(app));
    }
    Ok(())
}

/// Gathers what is there. Answers whether that is all.
fn gather(
    body: &mut Body,
    gathered: &mut Gathered,
    bytes_max: usize,
    cx: &mut Context<'_>,
) -> Result<bool, BodyError> {
    // A body that says it is small and is not goes on as a stream, which has its own limit.
    while gathered.len() <= bytes_max {
        match body.poll_bytes(cx) {
            Poll::Pending => return Ok(false),
            Poll::Ready(None) => return Ok(true),
            Poll::Ready(Some(bytes)) => gathered.push(bytes?),
        }
    }
    Ok(false)
}

fn too_large(app: AppLimits) -> CallError {
    CallError::BodyTooLarge { limit_mib: app.body_mib }
}

/// What a fault of a request's body is to the call.
pub(crate) fn error(fault: &BodyError, app: AppLimits) -> CallError {
    match fault {
        BodyError::TooLarge { .. } => too_large(app),
        BodyError::Stalled { value, .. } => CallError::BodyStalled { limit_ms: *value },
        other => CallError::BodyBroke(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use http_body::{Frame, SizeHint};

    use super::*;
    use crate::stream::Read;

    /// A body that states its length, and has arrived so far.
    struct Stated {
        length: u64,
        arrived: VecDeque<&'static str>,
        ends: bool,
    }

    impl http_body::Body for Stated {
        type Data = Bytes;
        type Error = BodyError;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
            match self.arrived.pop_front() {
                Some(piece) => Poll::Ready(Some(Ok(Frame::data(piece.into())))),
                None if self.ends => Poll::Ready(None),
                None => Poll::Pending,
            }
        }
        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(self.length)
        }
    }

    async fn arrived(method: Method, body: Body) -> Result<RequestBody, CallError> {
        let limits = Limits { http_inline_body_bytes_max: 4, ..Limits::default() };
        arrive(body, &method, AppLimits { body_mib: 1, ..AppLimits::default() }, &limits).await
    }

    fn stated(length: u64, arrived: &[&'static str], ends: bool) -> Body {
        Body::new(Stated { length, arrived: arrived.iter().copied().collect(), ends })
    }

    #[tokio::test]
    async fn a_small_body_that_is_there_goes_in_one_piece() {
        let post = |body| arrived(Method::POST, body);
        assert!(matches!(post("abcd".into()).await, Ok(RequestBody::Bytes(b)) if b == "abcd"));
        assert!(
            matches!(post(stated(4, &["ab", "cd"], true)).await, Ok(RequestBody::Bytes(b)) if b == "abcd")
        );
        assert!(matches!(post(Body::empty()).await, Ok(RequestBody::None)));
        assert!(matches!(arrived(Method::GET, "ab".into()).await, Ok(RequestBody::None)));
    }

    #[tokio::test]
    async fn a_body_that_is_large_or_not_there_yet_is_a_stream() {
        let post = |body| arrived(Method::POST, body);
        assert!(matches!(post("abcde".into()).await, Ok(RequestBody::Stream(_))));
        let Ok(RequestBody::Stream(mut stream)) = post(stated(4, &["ab"], false)).await else {
            panic!("no stream")
        };
        assert_eq!((stream.read(9), stream.read(9)), (Read::Data("ab".into()), Read::Nothing));
    }

    #[tokio::test]
    async fn a_body_that_says_it_is_too_large_is_refused_at_once() {
        let refused = arrived(Method::POST, stated((1 << 20) + 1, &[], false)).await;
        assert_eq!(refused.err(), Some(CallError::BodyTooLarge { limit_mib: 1 }));
    }
}
