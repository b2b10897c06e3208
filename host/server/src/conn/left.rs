//! Notices a client that leaves in the middle of an upload that nobody reads.
//!
//! hyper hears of it as soon as it reads, and while an app does not read its request's body, hyper does not either:
//! such an app would run on to its wall-clock limit for nobody. The system knows all the same, behind the bytes that
//! still lie in the socket. (Where more was sent than the socket's buffers hold, word of the end does not arrive
//! before they are read; `http_total_ms` ends that.) A client that closes only its own half is taken for one that has gone, as hyper does.

use std::{sync::Arc, time::Duration};

use futures::FutureExt as _;
use tokio::{
    io::Interest,
    net::TcpStream,
    time::{MissedTickBehavior, interval},
};

use super::ConnectionFlags;

/// How often it is looked at. Only a connection with an unread upload is.
const LOOK: Duration = Duration::from_secs(1);

/// Done when the client has gone and the rest of its upload was not read since the last look.
pub(crate) async fn client_left(stream: &TcpStream, flags: &Arc<ConnectionFlags>) {
    loop {
        flags.upload_began.notified().await;
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        look.reset();
        let mut read_before = None;
        while flags.is_uploading() {
            look.tick().await;
            let read = flags.bytes_read();
            if !is_closed(stream) {
                read_before = None;
            } else if read_before == Some(read) && flags.is_uploading() {
                return;
            } else {
                read_before = Some(read);
            }
        }
    }
}

/// Whether the client sends nothing more, whatever of it still lies in the socket.
fn is_closed(stream: &TcpStream) -> bool {
    let ready = stream.ready(Interest::READABLE).now_or_never();
    ready.is_some_and(|ready| ready.is_ok_and(|ready| ready.is_read_closed()))
}
