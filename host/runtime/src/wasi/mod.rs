//! WASI, so that components which know nothing of Atoll run unmodified behind the same gateway, limits and
//! grants as any app.
//!
//! In: components that export `wasi:http/incoming-handler@0.2` or `wasi:http/handler@0.3` ([`fetch`]). Around
//! them: what such a guest imports ([`link`]), with the app's own capabilities behind it. Variables and
//! granted secrets are its environment and its `wasi:config`; what it prints ([`stdio`]) and `wasi:logging`
//! are lines of the app's log; `wasi:keyvalue` is its KV store; `wasi:http` requests go through the same
//! [`crate::HttpClient`] and grants as everybody's ([`outbound`]). Bodies are streams both ways ([`incoming`],
//! [`response`]). A component that exports `wasi:cli/run` instead is a [`command`].
//!
//! Deliberately absent: folders, sockets, standard input, and arguments of what is no command. Those interfaces are
//! linked, since toolchains import them whether they are used or not, and answer that there is nothing or that it is
//! denied.

mod client;
pub(crate) mod command;
mod concurrency;
mod config;
pub(crate) mod fetch;
mod incoming;
mod keyvalue;
pub(crate) mod link;
mod logging;
mod outbound;
mod output;
mod response;
mod stdio;

use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

pub(crate) use concurrency::is_concurrent;
pub(crate) use incoming::Received;
use outbound::OutboundHooks;
use output::Output;
use response::GuestResponse;
use stdio::GuestLines;

use crate::{capability::responder::Responder, state::CallState, stream::Side};

/// What one call may get of `get-random-bytes` at a time.
const RANDOM_BYTES_MAX: u64 = 1 << 20;

/// WASI's side of one call. Made when the guest first uses it.
pub(crate) struct WasiState {
    context: WasiCtx,
    http: WasiHttpCtx,
    table: ResourceTable,
    outbound: OutboundHooks,
    lines: Arc<GuestLines>,
    /// Cursors of key lists that were handed out, by number.
    cursors: Vec<String>,
    /// The request and its response, if the call is one through WASI.
    pub(crate) exchange: Option<Exchange>,
}

/// A request through WASI and its response, for whoever asks when the guest is gone.
pub(crate) struct Exchange {
    pub(crate) received: Arc<Received>,
    pub(crate) response: Arc<GuestResponse>,
}

impl WasiState {
    fn new(state: &CallState) -> Self {
        let limits = &state.limits;
        let lines = Arc::new(GuestLines::new(limits.log_bytes_per_call_max));
        let context = context(state).stdout(lines.stdout()).stderr(lines.stderr()).build();
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(limits.wasi_fields_bytes_max);
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.wasi_resources_max);
        Self {
            context,
            http,
            table,
            outbound: OutboundHooks::new(state, Arc::clone(&lines)),
            lines,
            cursors: Vec::new(),
            exchange: None,
        }
    }
}

/// What every guest finds around it.
fn context(state: &CallState) -> WasiCtxBuilder {
    let mut context = WasiCtx::builder();
    context
        .envs(&state.app.variables)
        .max_random_size(RANDOM_BYTES_MAX)
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false);
    context
}

impl CallState {
    pub(crate) fn wasi(&mut self) -> &mut WasiState {
        let wasi = match self.wasi.take() {
            Some(wasi) => wasi,
            None => Box::new(Mutex::new(WasiState::new(self))),
        };
        self.wasi.insert(wasi).get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, if the guest used it.
    pub(crate) fn used_wasi(&mut self) -> Option<&mut WasiState> {
        let wasi = self.wasi.as_mut()?;
        Some(wasi.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gives a command its arguments, and what it writes to.
    pub(crate) fn connect_command(&mut self, args: &[String], stdout: Output, stderr: Output) {
        let context = context(self).args(args).stdout(stdout).stderr(stderr).build();
        self.wasi().context = context;
    }

    /// Requests to the world so far, whichever way.
    pub(crate) fn outbound_requests(&mut self) -> u32 {
        let through_wasi = self.used_wasi().map_or(0, |wasi| wasi.outbound.count);
        self.requests.count.saturating_add(through_wasi)
    }

    /// Bytes of the request's body that came, if it goes through WASI.
    pub(crate) fn bytes_through_wasi(&mut self) -> Option<u64> {
        Some(self.used_wasi()?.exchange.as_ref()?.received.bytes())
    }

    /// What a guest sent through WASI becomes the response of the call, as if it had been sent through the
    /// contract's own interface. The guest must have stopped.
    pub(crate) fn adopt_wasi_response(&mut self) {
        let exchange = self.used_wasi().and_then(|wasi| wasi.exchange.as_ref());
        let Some((body, status)) = exchange.and_then(|exchange| exchange.response.take()) else { return };
        let stream = self.streams.add_clients(Side::Out(body));
        self.responder = Responder::Started { stream, status };
    }

    /// Puts what the guest printed into the log.
    pub(crate) fn log_printed_lines(&mut self) {
        let lines = self.used_wasi().map(|wasi| Arc::clone(&wasi.lines));
        if let Some(lines) = lines {
            lines.drain(&mut self.log);
        }
    }
}

impl WasiView for CallState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let wasi = self.wasi();
        WasiCtxView { ctx: &mut wasi.context, table: &mut wasi.table }
    }
}

impl WasiHttpView for CallState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let started_otherwise = self.requests.count;
        let wasi = self.wasi();
        wasi.outbound.started_otherwise = started_otherwise;
        WasiHttpCtxView { ctx: &mut wasi.http, table: &mut wasi.table, hooks: &mut wasi.outbound }
    }
}
