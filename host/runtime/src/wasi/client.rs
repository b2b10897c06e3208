//! `wasi:http/client@0.3`: a request that a guest of WASI 0.3 sends.
//!
//! As `wasmtime-wasi-http` has it, but that a request without a path goes to `/`, that the guest is told that its
//! request was not transmitted when it was not (its issue 14112), and that a request may have a relative path, as the
//! public test suite wants it; it is refused when it is sent.

use http::uri::PathAndQuery;
use tokio::sync::oneshot;
use wasmtime::{
    StoreContextMut,
    component::{Accessor, HasData, Linker, Resource},
};
use wasmtime_wasi::TrappableError;
use wasmtime_wasi_http::{
    Error, WasiHttpCtxView, WasiHttpView as _,
    p3::{
        Request, Response,
        bindings::http::{client, types::ErrorCode},
    },
};

use crate::state::CallState;

/// How the client gets at the state.
pub(crate) struct Client;

impl HasData for Client {
    type Data<'a> = WasiHttpCtxView<'a>;
}

type Answer<T> = Result<T, TrappableError<ErrorCode>>;

/// What a relative path lies behind in a request: its type holds absolute ones only. It is no character of any text.
const RELATIVE: &str = "/\u{10ffff}";

/// Replaces how `types`, which the linker holds already, sets and gets the path of a request.
pub(super) fn allow_relative_paths(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let mut types = linker.instance("wasi:http/types@0.3.0")?;
    types.func_wrap(
        "[method]request.set-path-with-query",
        |mut store: StoreContextMut<'_, CallState>, (request, path): (Resource<Request>, Option<String>)| {
            let path = path.map(|path| parse_path(&path)).transpose();
            let request = store.data_mut().http().table.get_mut(&request)?;
            Ok((path.map(|path| request.path_with_query = path),))
        },
    )?;
    types.func_wrap(
        "[method]request.get-path-with-query",
        |mut store: StoreContextMut<'_, CallState>, (request,): (Resource<Request>,)| {
            let request = store.data_mut().http().table.get(&request)?;
            let path = request.path_with_query.as_ref().map(PathAndQuery::as_str);
            Ok((path.map(|path| path.strip_prefix(RELATIVE).unwrap_or(path).to_owned()),))
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

fn parse_path(path: &str) -> Result<PathAndQuery, ()> {
    match path.chars().next() {
        None => Ok(PathAndQuery::from_static("/")),
        Some('/' | '?') if path.starts_with(RELATIVE) => Err(()),
        Some('/' | '?') => PathAndQuery::try_from(path).map_err(drop),
        Some(_) => PathAndQuery::try_from(format!("{RELATIVE}{path}")).map_err(drop),
    }
}

impl<T: 'static> client::HostWithStore<T> for Client {
    async fn send(store: &Accessor<T, Self>, request: Resource<Request>) -> Answer<Resource<Response>> {
        let getter = store.getter();
        let (tell, told) = oneshot::channel();
        let sent = store.with(|mut store| {
            let mut request = store.get().table.delete(request).map_err(TrappableError::trap)?;
            let path = request.path_with_query.get_or_insert(PathAndQuery::from_static("/"));
            let is_relative = path.as_str().starts_with(RELATIVE);
            // A sender that is dropped says nothing of a failure.
            let transmitted = async { told.await.unwrap_or(Ok(())) };
            let (request, options) = request.into_http_with_getter(&mut store, transmitted, getter)?;
            if is_relative {
                return Answer::Ok(Err(Error::HttpRequestUriInvalid));
            }
            let unheard = Box::new(async { Ok(()) });
            Ok(Ok(store.get().hooks.send_request(request, options.as_deref().copied(), unheard)))
        })?;
        let sent = match sent {
            Ok(sent) => Box::into_pin(sent).await,
            Err(error) => Err(error),
        };
        match sent {
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

/// The errors of requests that were not sent, and those that [`super::outbound`] answers with.
fn code(error: &Error) -> ErrorCode {
    match error {
        Error::HttpRequestDenied => ErrorCode::HttpRequestDenied,
        Error::HttpRequestBodySize(size) => ErrorCode::HttpRequestBodySize(*size),
        Error::HttpResponseBodySize(size) => ErrorCode::HttpResponseBodySize(*size),
        Error::HttpRequestUriInvalid => ErrorCode::HttpRequestUriInvalid,
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
