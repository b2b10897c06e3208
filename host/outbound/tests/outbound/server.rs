//! A server of few words: it reads requests from a socket, keeps what it saw, and answers with whatever bytes the
//! test gives it.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The request line and the headers, as sent.
    pub(crate) head: String,
    /// The body, without chunk framing.
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    pub(crate) fn path(&self) -> &str {
        self.line().split(' ').nth(1).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// What the server does about a request.
pub(crate) enum Do {
    /// Writes bytes.
    Send(Vec<u8>),
    /// Writes bytes again and again, until nobody takes them.
    Flood(Vec<u8>),
    /// Does nothing any more, and keeps the connection open.
    Stall,
    /// Closes the connection.
    Close,
}

pub(crate) fn send(text: impl Into<Vec<u8>>) -> Vec<Do> {
    vec![Do::Send(text.into())]
}

/// A whole response with a length.
pub(crate) fn respond(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<Do> {
    let body = body.as_ref();
    let mut bytes =
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    send(bytes)
}

pub(crate) fn redirect(status: u16, location: &str) -> Vec<Do> {
    respond(&format!("{status} There"), &format!("location: {location}\r\n"), "see there")
}

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

type Handler = dyn Fn(&Seen) -> Vec<Do> + Send + Sync;

impl Server {
    pub(crate) async fn start(handler: impl Fn(&Seen) -> Vec<Do> + Send + Sync + 'static) -> Self {
        Self::start_on("127.0.0.1", None, handler).await
    }

    pub(crate) async fn start_on(
        ip: &str,
        tls: Option<tokio_rustls::TlsAcceptor>,
        handler: impl Fn(&Seen) -> Vec<Do> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            seen: Arc::default(),
        };
        let (this, handler): (_, Arc<Handler>) = (server.clone(), Arc::new(handler));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                this.connections.fetch_add(1, Ordering::SeqCst);
                let (this, handler, tls) = (this.clone(), Arc::clone(&handler), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => this.serve(stream, &*handler).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => this.serve(stream, &*handler).await,
                            Err(_) => Ok(()),
                        },
                    }
                });
            }
        });
        server
    }

    async fn serve<S>(&self, stream: S, handler: &Handler) -> std::io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut stream = BufReader::new(stream);
        while let Some(seen) = read(&mut stream).await? {
            self.seen.lock().unwrap().push(seen.clone());
            for act in handler(&seen) {
                match act {
                    Do::Send(bytes) => stream.write_all(&bytes).await?,
                    Do::Flood(bytes) => loop {
                        stream.write_all(&bytes).await?;
                    },
                    Do::Stall => std::future::pending().await,
                    Do::Close => return Ok(()),
                }
                stream.flush().await?;
            }
        }
        Ok(())
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The origin by address.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The origin by a name that the test's resolver knows.
    pub(crate) fn named(&self, host: &str) -> String {
        format!("http://{host}:{}", self.port())
    }

    /// Connections that were accepted.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Seen {
        self.seen().pop().unwrap()
    }
}

async fn read<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> std::io::Result<Option<Seen>> {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let mut seen = Seen { head, body: Vec::new() };
    if seen.header("x-unread").is_some() {
        return Ok(Some(seen));
    }
    if let Some(length) = seen.header("content-length") {
        seen.body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut seen.body).await?;
    } else if seen.header("transfer-encoding") == Some("chunked") {
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await?;
            let length = usize::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
            let mut chunk = vec![0; length + 2];
            stream.read_exact(&mut chunk).await?;
            if length == 0 {
                break;
            }
            seen.body.extend_from_slice(&chunk[..length]);
        }
    }
    Ok(Some(seen))
}
