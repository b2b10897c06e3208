//! A server of the world that means no good: what an app's `fetch` may meet.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use crate::Failure;

/// Answers by path, as `answer` says. Stops when dropped.
pub struct Origin {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Origin {
    /// Listens on a free port of `127.0.0.1`.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let seen = Arc::clone(&seen);
                // Who hangs up on it is right.
                connections.spawn(async move { drop(serve(stream, &seen).await) });
            }
        });
        Ok(Self { address, heads, task })
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The heads of all requests that reached it.
    #[must_use]
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, seen: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await? == 0 {
                return Ok(());
            }
        }
        let target = head.split(' ').nth(1).unwrap_or("/").to_owned();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        stream.read_exact(&mut vec![0; length.unwrap_or(0)]).await?;
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(head);
        answer(&mut stream, &target).await?;
    }
}

/// - `/ok`: 200 and `ok`
/// - `/to?URL`: a redirect there
/// - `/bomb`: a small gzip body of 1 GiB
/// - `/endless`: a body without an end · `/headers`: a head without an end · `/many`: 10,000 headers
/// - `/silent`: no answer · `/garbage`: no HTTP
async fn answer(stream: &mut BufReader<TcpStream>, target: &str) -> std::io::Result<()> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match path {
        "/to" => {
            let head = format!("HTTP/1.1 302 Found\r\nlocation: {query}\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(head.as_bytes()).await
        }
        "/bomb" => {
            let body = bomb()?;
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body).await
        }
        "/endless" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
            let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
            loop {
                stream.write_all(chunk.as_bytes()).await?;
            }
        }
        "/headers" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            loop {
                stream.write_all(b"x-endless: 0123456789abcdef0123456789abcdef\r\n").await?;
            }
        }
        "/many" => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n{}\r\n", "a: b\r\n".repeat(10_000));
            stream.write_all(head.as_bytes()).await
        }
        "/silent" => stream.read(&mut [0; 1]).await.map(drop),
        "/garbage" => {
            stream.write_all(b"\x16\x03\x01 not HTTP at all\r\n\r\n").await?;
            stream.shutdown().await
        }
        _ => stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await,
    }
}

/// 1 GiB of zeros, compressed a thousand times smaller.
fn bomb() -> std::io::Result<Vec<u8>> {
    use std::io::Write as _;
    // One MiB compressed; gzip members one after the other are one body.
    let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    member.write_all(&vec![0; 1 << 20])?;
    Ok(member.finish()?.repeat(1_024))
}
