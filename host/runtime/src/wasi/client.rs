//! `wasi:http/client@0.3`: a request that a guest of WASI 0.3 sends.
//!
//! As `wasmtime-wasi-http` has it, but that a request without a path goes to `/`, and that the guest is told that
//! its request was not transmitted when it was not (its issue 14112).

use http::uri::PathAndQuery;
use tokio::sync::oneshot;
use wasmtime::component::{Accessor, HasData, Resource};
use wasmtime_wasi::TrappableError;
use wasmtime_wasi_http::{
    Error, WasiHttpCtxView,
    p3::{
        Request, Response,
        bindings::http::{client, types::ErrorCode},
    },
};

/// How the client gets at the state.
pub(crate) struct Client;

impl HasData for Client {
    type Data<'a> = WasiHttpCtxView<'a>;
}

type Answer<T> = Result<T, TrappableError<ErrorCode>>;

impl<T: 'static> client::HostWithStore<T> for Client {
    async fn send(store: &Accessor<T, Self>, request: Resource<Request>) -> Answer<Resource<Response>> {
        let getter = store.getter();
        let (tell, told) = oneshot::channel();
        let sent = store.with(|mut store| {
            let mut request = store.get().table.delete(request).map_err(TrappableError::trap)?;
            request.path_with_query.get_or_insert(PathAndQuery::from_static("/"));
            // A sender that is dropped says nothing of a failure.
            let transmitted = async { told.await.unwrap_or(Ok(())) };
            let (request, options) = request.into_http_with_getter(&mut store, transmitted, getter)?;
            let unheard = Box::new(async { Ok(()) });
            Answer::Ok(store.get().hooks.send_request(request, options.as_deref().copied(), unheard))
        })?;
        match Box::into_pin(sent).await {
            Ok((response, _)) => {
                let _ = tell.send(Ok(()));
                store.with(|mut store| {
                    let http = store.get();
                    let (response, _) = Response::from_http(http.hooks, response);
                    http.table.push(response).map_err(TrappableError::trap)
                })
            }
            Err(error) => {
                let code = code(&error);
                let _ = tell.send(Err(error));
                Err(code.into())
            }
        }
    }
}

/// The errors that [`super::outbound`] answers with.
fn code(error: &Error) -> ErrorCode {
    match error {
        Error::HttpRequestDenied => ErrorCode::HttpRequestDenied,
        Error::HttpRequestBodySize(size) => ErrorCode::HttpRequestBodySize(*size),
        Error::HttpResponseBodySize(size) => ErrorCode::HttpResponseBodySize(*size),
        Error::HttpRequestUriTooLong => ErrorCode::HttpRequestUriTooLong,
        Error::HttpRequestHeaderSectionSize(size) => ErrorCode::HttpRequestHeaderSectionSize(*size),
        Error::ConnectionTimeout => ErrorCode::ConnectionTimeout,
        Error::ConnectionReadTimeout => ErrorCode::ConnectionReadTimeout,
        Error::HttpResponseTimeout => ErrorCode::HttpResponseTimeout,
        Error::ConnectionLimitReached => ErrorCode::ConnectionLimitReached,
        Error::InternalError(what) => ErrorCode::InternalError(what.clone()),
        other => ErrorCode::InternalError(Some(other.to_string())),
    }
}
