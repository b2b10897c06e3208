//! An HTTP server on the loopback interface that keeps what it is sent: the collector, and the world.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use atoll::{
    Bytes,
    http::{HeaderMap, Response},
};
use http_body_util::{BodyExt as _, Empty};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, sync::mpsc};

/// Nothing takes this long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

pub(crate) struct Recorder {
    address: SocketAddr,
    all: Arc<Mutex<Vec<Recorded>>>,
    next: tokio::sync::Mutex<mpsc::UnboundedReceiver<Recorded>>,
}

impl Recorder {
    /// Answers everything with this status.
    pub(crate) async fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, next) = mpsc::unbounded_channel();
        let all = Arc::<Mutex<Vec<Recorded>>>::default();
        let kept = Arc::clone(&all);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, sender) = (Arc::clone(&kept), sender.clone());
                let service = service_fn(move |request: hyper::Request<Incoming>| {
                    let (kept, sender) = (Arc::clone(&kept), sender.clone());
                    async move {
                        let (parts, body) = request.into_parts();
                        let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
                        let path = parts.uri.path().to_owned();
                        let recorded = Recorded { path, headers: parts.headers, body };
                        kept.lock().unwrap().push(recorded.clone());
                        // The test may be over.
                        let _ = sender.send(recorded);
                        let mut response = Response::new(Empty::<Bytes>::new());
                        *response.status_mut() = status.try_into().unwrap();
                        Ok::<_, Infallible>(response)
                    }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { address, all, next: tokio::sync::Mutex::new(next) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything so far.
    pub(crate) fn all(&self) -> Vec<Recorded> {
        self.all.lock().unwrap().clone()
    }

    /// The next request that has not been asked for.
    pub(crate) async fn next(&self) -> Recorded {
        let mut next = self.next.lock().await;
        tokio::time::timeout(PATIENCE, next.recv()).await.expect("a request comes").unwrap()
    }
}
