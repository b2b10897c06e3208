//! A bare TCP connection to a server.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::{Failure, PATIENCE, Server};

/// What a socket reads of an answer; more is cut.
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// A connection.
#[derive(Debug)]
pub struct Raw(TcpStream);

impl Raw {
    /// Connects.
    ///
    /// # Errors
    /// When the server does not listen.
    pub async fn connect(server: &Server) -> Result<Self, Failure> {
        Ok(Self(timeout(PATIENCE, TcpStream::connect(server.socket_address()?)).await??))
    }

    /// Connects with so small a buffer that an answer does not fit what lies between.
    ///
    /// # Errors
    /// When the server does not listen.
    pub async fn connect_narrow(server: &Server) -> Result<Self, Failure> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4_096)?;
        Ok(Self(timeout(PATIENCE, socket.connect(server.socket_address()?)).await??))
    }

    /// Writes.
    ///
    /// # Errors
    /// When the server has closed the connection.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        Ok(timeout(PATIENCE, self.0.write_all(bytes)).await??)
    }

    /// Reads at most so many bytes; none at the end.
    ///
    /// # Errors
    /// When the connection broke, or nothing comes.
    pub async fn read(&mut self, bytes_max: usize) -> Result<Vec<u8>, Failure> {
        let mut bytes = vec![0; bytes_max];
        let count = timeout(PATIENCE, self.0.read(&mut bytes)).await??;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// Reads until the server closes; a reset is an end too.
    ///
    /// # Errors
    /// When it does not close.
    pub async fn read_to_close(&mut self) -> Result<String, Failure> {
        let mut all = Vec::new();
        let read = async {
            let mut piece = vec![0; 16 << 10];
            loop {
                match self.0.read(&mut piece).await {
                    Ok(0) | Err(_) => break,
                    Ok(count) if all.len() < ANSWER_BYTES_MAX => all.extend_from_slice(&piece[..count]),
                    Ok(_) => {}
                }
            }
        };
        timeout(PATIENCE, read).await.map_err(|_| "the server keeps the connection open")?;
        Ok(String::from_utf8_lossy(&all).into_owned())
    }

    /// Writes, and reads until the server closes. That it closes before it has taken everything is no error.
    ///
    /// # Errors
    /// When it does not close.
    pub async fn exchange(&mut self, bytes: &[u8]) -> Result<String, Failure> {
        let (mut reader, mut writer) = self.0.split();
        let write = async {
            // A server that has refused already does not take the rest.
            let _ = writer.write_all(bytes).await;
            std::future::pending::<()>().await;
        };
        let mut all = Vec::new();
        let read = async {
            let mut piece = vec![0; 16 << 10];
            while let Ok(count @ 1..) = reader.read(&mut piece).await {
                if all.len() < ANSWER_BYTES_MAX {
                    all.extend_from_slice(&piece[..count]);
                }
            }
        };
        let both = async {
            tokio::select! {
                () = write => {}
                () = read => {}
            }
        };
        timeout(PATIENCE, both).await.map_err(|_| "the server keeps the connection open")?;
        Ok(String::from_utf8_lossy(&all).into_owned())
    }
}
