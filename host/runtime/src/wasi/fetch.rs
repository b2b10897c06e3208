//! A request to a component that exports a handler of `wasi:http`: version 0.2, whose guest runs on after it
//! has set its response, or 0.3, whose guest returns the response and writes its body meanwhile.

use std::{future::poll_fn, sync::Arc};

use tokio::sync::oneshot;
use wasmtime::{Store, component::Instance};
use wasmtime_wasi_http::{
    WasiBody, WasiHttpView as _,
    p2::bindings::{exports::wasi::http::incoming_handler, http::types::Scheme},
    p3::{self, bindings::exports::wasi::http::handler},
};

use super::{
    Exchange, Received,
    incoming::IncomingBody,
    response::{GuestResponse, Sender, beside},
};
use crate::{
    Body, CallError,
    state::CallState,
    stop::Stop,
    task::{Reply, Task},
};

/// The export that takes requests.
#[derive(Clone)]
pub(crate) enum WasiHandler {
    /// `wasi:http/incoming-handler@0.2`.
    P2(incoming_handler::GuestIndices),
    /// `wasi:http/handler@0.3`.
    P3(handler::GuestIndices),
}

/// A request through WASI.
pub(crate) struct WasiFetch {
    handler: WasiHandler,
    request: http::Request<IncomingBody>,
    sender: Sender,
}

type Answered = oneshot::Receiver<Result<http::Response<WasiBody>, CallError>>;

impl WasiFetch {
    /// Prepares a request for the guest of a call.
    pub(crate) fn new(state: &mut CallState, handler: WasiHandler, request: http::Request<Body>) -> Self {
        let bodiless = request.method() == http::Method::HEAD;
        let (received, response) = (Arc::new(Received::default()), Arc::new(GuestResponse::default()));
        let exchange = Exchange { received: Arc::clone(&received), response: Arc::clone(&response) };
        state.wasi().exchange = Some(exchange);
        let (bytes_max, idle_ms) = (state.app.limits.body_bytes(), state.limits.http_idle_ms);
        let request = request.map(|body| IncomingBody::new(body, bytes_max, idle_ms, received));
        let (shared, limits) = (Arc::clone(&state.shared), Arc::clone(&state.limits));
        Self { handler, request, sender: Sender { response, shared, limits, bodiless } }
    }
}

impl Task for WasiFetch {
    type Answer = Reply;

    async fn run(self, store: &mut Store<CallState>, instance: &Instance) -> Result<Reply, Stop> {
        let Self { handler, request, sender } = self;
        match handler {
            WasiHandler::P2(handler) => run_p2(store, instance, &handler, request, sender).await?,
            WasiHandler::P3(handler) => run_p3(store, instance, &handler, request, sender).await?,
        }
        Ok(Reply::Sent)
    }
}

async fn run_p2(
    store: &mut Store<CallState>,
    instance: &Instance,
    handler: &incoming_handler::GuestIndices,
    request: http::Request<IncomingBody>,
    sender: Sender,
) -> Result<(), Stop> {
    let handler = handler.load(&mut *store, instance)?;
    let (set, answered) = oneshot::channel();
    let scheme = match request.uri().scheme_str() {
        Some("https") => Scheme::Https,
        _ => Scheme::Http,
    };
    let mut http = store.data_mut().http();
    let request = http.new_incoming_request(scheme, request)?;
    let out = http.new_response_outparam_from_callback(move |response| {
        // Nobody waits any more: the call was stopped.
        let _ = set.send(response.map_err(|code| failed(&code)));
    })?;
    let guest = async { handler.call_handle(&mut *store, request, out).await.map_err(Stop::from) };
    beside(guest, sender, received(answered)).await
}

async fn run_p3(
    store: &mut Store<CallState>,
    instance: &Instance,
    handler: &handler::GuestIndices,
    request: http::Request<IncomingBody>,
    sender: Sender,
) -> Result<(), Stop> {
    let handler = handler.load(&mut *store, instance)?;
    let (set, answered) = oneshot::channel();
    let (request, sent) = p3::Request::from_http(store.data_mut().http().hooks, request);
    let request = store.data_mut().http().table.push(request).map_err(wasmtime::Error::from)?;
    let response = Arc::clone(&sender.response);
    let guest = store.run_concurrent(async move |guest| {
        let answer = match handler.call_handle(guest, request).await? {
            Err(code) => Err(failed(&code)),
            Ok(answer) => Ok(guest.with(|mut store| {
                let answer = store.data_mut().http().table.delete(answer)?;
                answer.into_http(&mut store, sent)
            })?),
        };
        let _ = set.send(answer);
        // The body is written, and work goes on, in tasks that live in this store.
        poll_fn(|cx| guest.poll_no_interesting_tasks(cx)).await;
        poll_fn(|cx| response.poll_over(cx)).await;
        wasmtime::Result::Ok(())
    });
    let guest = async { guest.await.flatten().map_err(Stop::from) };
    beside(guest, sender, received(answered)).await
}

async fn received(answered: Answered) -> Option<Result<http::Response<WasiBody>, CallError>> {
    answered.await.ok()
}

fn failed(code: &impl std::fmt::Debug) -> CallError {
    CallError::Failed { message: format!("the handler answered the error {code:?}"), stack: String::new() }
}
