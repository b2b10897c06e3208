//! Connections that are kept for the next request.
//!
//! A connection belongs to one app and one origin. Two apps never share one: an answer that a server sends too
//! early, or a sign-in that a server ties to the connection, would reach the wrong app, and how fast an answer
//! comes would tell one app whom another one calls.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use atoll_model::{AppName, Limits, Origin};
use tokio::time::Instant;

use crate::connection::Connection;

/// How long a connection may take, after the end of a response, to be ready for another request. It is so at once,
/// unless a request's body is still on its way.
const SETTLE: Duration = Duration::from_millis(250);

/// Whose connection, and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) app: AppName,
    pub(crate) origin: Origin,
}

/// Kept connections, the one that was used longest ago first.
pub(crate) struct Pool {
    kept: Mutex<State>,
    max: usize,
    per_key_max: usize,
    keep: Duration,
}

#[derive(Default)]
struct State {
    connections: VecDeque<Kept>,
    /// Whether a task is there that closes what is kept too long.
    swept: bool,
}

struct Kept {
    key: Key,
    connection: Connection,
    until: Instant,
}

impl Pool {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            kept: Mutex::default(),
            max: limits.outbound_kept_connections_max,
            per_key_max: limits.outbound_kept_per_origin_max,
            keep: Duration::from_millis(limits.outbound_kept_ms),
        }
    }

    /// A connection that is ready, if there is one.
    pub(crate) fn take(&self, key: &Key) -> Option<Connection> {
        let mut state = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        prune(&mut state.connections);
        // The one used last is the one least likely to have been closed by the other side.
        let at = state.connections.iter().rposition(|kept| kept.key == *key)?;
        state.connections.remove(at).map(|kept| kept.connection)
    }

    /// Keeps a connection, once it is ready.
    pub(crate) fn give_back(self: &Arc<Self>, key: Key, mut connection: Connection) {
        if connection.is_ready() {
            return self.keep(key, connection);
        }
        let pool = Arc::clone(self);
        tokio::spawn(async move {
            if let Ok(Ok(())) = tokio::time::timeout(SETTLE, connection.sender.ready()).await {
                pool.keep(key, connection);
            }
        });
    }

    fn keep(self: &Arc<Self>, key: Key, connection: Connection) {
        if self.max == 0 || self.per_key_max == 0 {
            return;
        }
        let mut state = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = &mut state.connections;
        prune(connections);
        if connections.iter().filter(|kept| kept.key == key).count() >= self.per_key_max
            && let Some(oldest) = connections.iter().position(|kept| kept.key == key)
        {
            connections.remove(oldest);
        }
        while connections.len() >= self.max {
            connections.pop_front();
        }
        connections.push_back(Kept { key, connection, until: Instant::now() + self.keep });
        if !std::mem::replace(&mut state.swept, true) {
            tokio::spawn(sweep(Arc::downgrade(self), self.keep));
        }
    }
}

fn prune(connections: &mut VecDeque<Kept>) {
    let now = Instant::now();
    connections.retain(|kept| kept.until > now && kept.connection.is_ready());
}

/// Closes what is kept too long, until nothing is kept.
async fn sweep(pool: Weak<Pool>, keep: Duration) {
    loop {
        tokio::time::sleep(keep.max(Duration::from_millis(10))).await;
        let Some(pool) = pool.upgrade() else { return };
        let mut state = pool.kept.lock().unwrap_or_else(PoisonError::into_inner);
        prune(&mut state.connections);
        if state.connections.is_empty() {
            state.swept = false;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, DuplexStream};

    use super::*;

    fn pool(max: usize, per_key_max: usize, keep_ms: u64) -> Arc<Pool> {
        Arc::new(Pool::new(&Limits {
            outbound_kept_connections_max: max,
            outbound_kept_per_origin_max: per_key_max,
            outbound_kept_ms: keep_ms,
            ..Limits::default()
        }))
    }

    fn key(app: &str) -> Key {
        let origin = Origin::parse("http://a.example").unwrap();
        Key { app: AppName::parse(app).unwrap(), origin }
    }

    async fn give(pool: &Arc<Pool>, app: &str) -> DuplexStream {
        let (ours, theirs) = tokio::io::duplex(64);
        let mut connection = Connection::open(ours, 0).await.unwrap();
        connection.sender.ready().await.unwrap();
        pool.give_back(key(app), connection);
        theirs
    }

    async fn is_closed(mut theirs: DuplexStream) -> bool {
        matches!(theirs.read(&mut [0]).await, Ok(0))
    }

    #[tokio::test]
    async fn the_oldest_connection_makes_room() {
        let pool = pool(2, 2, 60_000);
        let (first, _second, _third) =
            (give(&pool, "a").await, give(&pool, "b").await, give(&pool, "b").await);
        assert!(is_closed(first).await);
        assert!(pool.take(&key("a")).is_none());
        assert!(
            pool.take(&key("b")).is_some()
                && pool.take(&key("b")).is_some()
                && pool.take(&key("b")).is_none()
        );
    }

    #[tokio::test]
    async fn one_origin_of_one_app_has_its_own_bound() {
        let pool = pool(9, 1, 60_000);
        let (first, _other, _second) =
            (give(&pool, "a").await, give(&pool, "b").await, give(&pool, "a").await);
        assert!(is_closed(first).await);
        assert!(pool.take(&key("a")).is_some() && pool.take(&key("b")).is_some());
    }

    #[tokio::test]
    async fn what_nobody_uses_is_closed_though_nobody_asks() {
        let pool = pool(9, 9, 20);
        for _ in 0..2 {
            assert!(is_closed(give(&pool, "a").await).await);
        }
    }

    #[tokio::test]
    async fn what_the_other_side_closed_is_not_handed_out() {
        let pool = pool(9, 9, 60_000);
        drop(give(&pool, "a").await);
        // The connection's own task is on this thread, and notices when it gets its turn.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(pool.take(&key("a")).is_none());
    }
}
