//! A service elsewhere: a server on the loopback interface that answers what a test says, one request a connection.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Barrier,
    task::JoinHandle,
};

/// Makes summaries: the text in upper case.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    together: Arc<Mutex<Arc<Barrier>>>,
    task: JoinHandle<()>,
}

impl Service {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let together = Arc::new(Mutex::new(Arc::new(Barrier::new(1))));
        let (log, barrier) = (Arc::clone(&asked), Arc::clone(&together));
        let task = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let barrier = Arc::clone(&barrier.lock().unwrap());
                tokio::spawn(answer(connection, barrier, Arc::clone(&log)));
            }
        });
        Self { address, asked, together, task }
    }

    /// From now on, nothing is answered before so many requests are there.
    pub(crate) fn answer_together(&self, requests: usize) {
        *self.together.lock().unwrap() = Arc::new(Barrier::new(requests));
    }

    /// The heads of the requests so far, and their bodies.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(mut connection: TcpStream, together: Arc<Barrier>, asked: Arc<Mutex<Vec<String>>>) {
    let request = read(&mut connection).await;
    asked.lock().unwrap().push(request.clone());
    together.wait().await;
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let asked: Value = serde_json::from_str(body).unwrap();
    let summary = json!({ "summary": asked["text"].as_str().unwrap().to_uppercase() }).to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        summary.len()
    );
    connection.write_all((head + &summary).as_bytes()).await.unwrap();
}

/// A request with a `content-length`, whole.
async fn read(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        assert_ne!(connection.read_buf(&mut bytes).await.unwrap(), 0, "the request broke off: {text}");
    }
}
