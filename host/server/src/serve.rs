//! The server as a process runs it: accept, serve with limits, and drain.
//!
//! axum's own `serve` has no time limit for headers and no limit on connections, so connections are served
//! by hyper here.

use std::{convert::Infallible, future::Future, io, sync::Arc, time::Duration};

use atoll::{ComponentHost, Host, Limits};
use axum::{Router, body::Body};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::{
    ServerConfig, component,
    conn::{ConnectionFlags, GuardedStream, HeadScan, client_left, say_last},
    connections::Connections,
    problem::Problem,
    routes,
    state::ServerState,
};

/// Why the server could not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The listener has no address.
    #[error("the listener is not usable: {0}")]
    Listener(#[source] io::Error),
}

/// A wait after a failed accept: out of file descriptors, most likely, which only others can give back.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `shutdown` is done, then drains: no new connections, live streams end, requests that run are
/// finished within `drain_ms`, and the host is shut down.
///
/// # Errors
/// [`ServerError::Listener`] when the listener has no address. Failing connections are no errors of the
/// server.
pub async fn run(
    listener: TcpListener,
    host: Host,
    mut config: ServerConfig,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServerError> {
    config.listen = Some(listener.local_addr().map_err(ServerError::Listener)?);
    let state = ServerState::new(host.clone(), config);
    let connections = state.connections().clone();
    serve(listener, routes::with_state(state), connections, shutdown).await;
    host.shutdown().await;
    Ok(())
}

/// Serves one component, and nothing else: every path is the component's. Requests may name any host. The same
/// limits hold as for [`run`], and it ends the same way.
pub async fn run_component(
    listener: TcpListener,
    component: ComponentHost,
    shutdown: impl Future<Output = ()>,
) {
    let connections = Connections::new(component.limits());
    let router = component::router(component.clone(), connections.clone());
    serve(listener, router, connections, shutdown).await;
    component.shutdown().await;
}

async fn serve(
    listener: TcpListener,
    router: Router,
    connections: Connections,
    shutdown: impl Future<Output = ()>,
) {
    let limits = connections.limits();
    let drain = Duration::from_millis(limits.drain_ms);
    let server = Server {
        router,
        places: Arc::new(Semaphore::new(limits.http_connections_max.clamp(1, Semaphore::MAX_PERMITS))),
        cut: CancellationToken::new(),
        connections: connections.clone(),
    };

    tokio::pin!(shutdown);
    tokio::select! {
        biased;
        () = &mut shutdown => {}
        never = server.accept_all(listener) => match never {},
    }

    tracing::info!("draining");
    connections.closing().cancel();
    connections.tasks().close();
    if timeout(drain, connections.tasks().wait()).await.is_err() {
        tracing::warn!(
            drain_ms = connections.limits().drain_ms,
            "requests still run after drain_ms; they are cut"
        );
        server.cut.cancel();
    }
}

struct Server {
    router: Router,
    connections: Connections,
    /// Room for connections; more wait in the listener's backlog.
    places: Arc<Semaphore>,
    /// Cancelled when connections did not end by themselves in time.
    cut: CancellationToken,
}

impl Server {
    async fn accept_all(&self, listener: TcpListener) -> Infallible {
        loop {
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else {
                // The semaphore is never closed.
                return std::future::pending().await;
            };
            match listener.accept().await {
                Ok((stream, _)) => self.spawn(stream, place),
                Err(error) => {
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn spawn(&self, stream: TcpStream, place: OwnedSemaphorePermit) {
        let (router, connections, cut) = (self.router.clone(), self.connections.clone(), self.cut.clone());
        self.connections.tasks().spawn(async move {
            let _open = connections.open();
            tokio::select! {
                () = serve_connection(stream, router, &connections) => {}
                () = cut.cancelled() => {}
            }
            drop(place);
        });
    }
}

async fn serve_connection(stream: TcpStream, router: Router, connections: &Connections) {
    // Answers are written in one go; waiting for more to send only adds delay.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let stream = Arc::new(stream);
    let flags = ConnectionFlags::new();
    let scan = HeadScan::new(Arc::clone(&flags), head_bytes_max(connections.limits()));
    let io =
        TokioIo::new(GuardedStream::new(Arc::clone(&stream), scan, connections.idle(), connections.total()));
    let service = service_fn(|request: http::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Arc::clone(&flags));
        router.clone().oneshot(request)
    });

    let connection = protocol(connections.limits()).serve_connection(io, service).with_upgrades();
    tokio::pin!(connection);
    let left = client_left(&stream, &flags);
    tokio::pin!(left);
    let mut closing = false;
    let result = loop {
        tokio::select! {
            result = connection.as_mut() => break result,
            // What runs for the client is dropped with the connection.
            () = left.as_mut() => return,
            () = connections.closing().cancelled(), if !closing => {
                closing = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    };
    match result {
        Err(error) if error.is_timeout() && flags.is_in_head() => {
            say_last(&stream, Problem::slow_headers(connections.limits()));
        }
        Err(error) => tracing::debug!(%error, "connection"),
        Ok(()) => {}
    }
}

/// How far a head may go over its limit and still be told so in a problem document. Further than that it is
/// not read, and hyper answers with a bare 431.
const HEAD_EXCESS_BYTES: usize = 32 << 10;
/// The same for the number of headers.
const HEADERS_EXCESS: usize = 900;

fn head_bytes_max(limits: &Limits) -> usize {
    limits.http_header_bytes_max.saturating_add(HEAD_EXCESS_BYTES)
}

fn protocol(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(limits.http_header_read_ms))
        .max_headers(limits.http_headers_max.saturating_add(HEADERS_EXCESS))
        .max_header_size(head_bytes_max(limits))
        // A body is read through the same buffer, piece by piece.
        .max_buf_size(head_bytes_max(limits));
    builder
}
