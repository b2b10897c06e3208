//! The functions of the contract, over this thread's [`super::TestHost`].

use super::{
    state::{Published, Responder},
    with,
};

pub(crate) mod config {
    use super::with;
    pub(crate) use crate::bindings::http::atoll::app::config::Capabilities;

    pub(crate) fn granted() -> Capabilities {
        Capabilities::all()
    }

    pub(crate) fn variables() -> Vec<(String, String)> {
        with(|host| host.variables.clone().into_iter().collect())
    }
}

pub(crate) mod log {
    use super::with;
    pub(crate) use crate::bindings::http::atoll::app::log::Level;

    pub(crate) fn write(level: Level, message: &str) {
        let level = match level {
            Level::Debug => crate::log::Level::Debug,
            Level::Info => crate::log::Level::Info,
            Level::Warn => crate::log::Level::Warn,
            Level::Error => crate::log::Level::Error,
        };
        with(|host| host.logged.push((level, message.to_owned())));
    }
}

pub(crate) mod clock {
    use super::with;

    pub(crate) fn now_us() -> f64 {
        with(|host| host.now_us() as f64)
    }

    pub(crate) fn monotonic_ns() -> u64 {
        with(|host| host.now_ns)
    }
}

/// The same numbers in every run.
pub(crate) mod random {
    use super::with;

    pub(crate) fn get_u64() -> u64 {
        // SplitMix64.
        with(|host| {
            host.seed = host.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (host.seed ^ (host.seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        })
    }

    pub(crate) fn get_bytes(count: u32) -> Vec<u8> {
        assert!(count <= 65_536, "at most 65,536 bytes");
        std::iter::repeat_with(get_u64).flat_map(u64::to_le_bytes).take(count as usize).collect()
    }
}

pub(crate) mod operations {
    use super::with;

    pub(crate) fn wait(operations: &[u32], timeout_ns: Option<u64>) -> Vec<u32> {
        with(|host| host.wait(operations, timeout_ns))
    }

    pub(crate) fn cancel(operation: u32) {
        with(|host| host.cancel_operation(operation));
    }
}

pub(crate) mod streams {
    use super::with;
    pub(crate) use crate::bindings::http::atoll::app::streams::{Chunk, Error};

    pub(crate) fn read(stream: u32, bytes_max: u32) -> Result<Chunk, Error> {
        with(|host| host.read_stream(stream, bytes_max))
    }

    pub(crate) fn write(stream: u32, data: &[u8]) -> Result<Option<u32>, Error> {
        with(|host| host.write_stream(stream, data))
    }

    pub(crate) fn finish(stream: u32) -> Result<(), Error> {
        with(|host| {
            host.streams.finish(stream)?;
            host.finish_upload(stream);
            Ok(())
        })
    }

    pub(crate) fn abort(stream: u32) {
        with(|host| host.streams.abort(stream));
    }
}

pub(crate) mod http_responder {
    use super::{Responder, with};
    use crate::bindings::http::atoll::app::types::Error;

    pub(crate) fn start(status: u16, headers: &[(String, String)]) -> Result<u32, Error> {
        with(|host| {
            if !matches!(host.responder, Responder::Ready) {
                return Err(Error::Invalid("the response was sent already".into()));
            }
            let stream = host.streams.add_outgoing();
            host.responder = Responder::Started { status, headers: headers.to_vec(), stream };
            Ok(stream)
        })
    }
}

pub(crate) mod http_client {
    use super::with;
    pub(crate) use crate::bindings::http::atoll::app::http_client::{
        Body, Error, Pending, Request, Response,
    };

    pub(crate) fn send(request: &Request) -> Result<Pending, Error> {
        with(|host| host.send_request(request))
    }

    pub(crate) fn receive(operation: u32) -> Result<Response, Error> {
        with(|host| host.receive_answer(operation))
    }
}

pub(crate) mod kv {
    use super::with;
    pub(crate) use crate::bindings::http::atoll::app::kv::{Entry, Error, Page, PutOptions};

    pub(crate) fn get(key: &str) -> Result<Option<Entry>, Error> {
        with(|host| host.kv.get(key, host.now_us() / 1_000_000))
    }

    pub(crate) fn put(key: &str, value: &[u8], options: &PutOptions) -> Result<(), Error> {
        with(|host| {
            let now_s = host.now_us() / 1_000_000;
            host.kv.put(key, value, options, now_s)
        })
    }

    pub(crate) fn compare_and_set(
        key: &str,
        expected: Option<&[u8]>,
        value: &[u8],
        options: &PutOptions,
    ) -> Result<bool, Error> {
        with(|host| {
            let now_s = host.now_us() / 1_000_000;
            host.kv.compare_and_set(key, expected, value, options, now_s)
        })
    }

    pub(crate) fn delete(key: &str) -> Result<(), Error> {
        with(|host| host.kv.delete(key))
    }

    pub(crate) fn list(prefix: &str, cursor: Option<&str>, limit: u32) -> Result<Page, Error> {
        with(|host| host.kv.list(prefix, cursor, limit, host.now_us() / 1_000_000))
    }
}

pub(crate) mod sql {
    use super::with;
    pub(crate) use crate::bindings::http::atoll::app::sql::{Error, Rows, Statement};

    pub(crate) fn query(statement: &Statement) -> Result<Rows, Error> {
        with(|host| host.sql.query(statement))
    }

    pub(crate) fn batch(statements: &[Statement]) -> Result<Vec<Rows>, Error> {
        with(|host| host.sql.batch(statements))
    }

    pub(crate) fn exec(script: &str) -> Result<u32, Error> {
        with(|host| host.sql.exec(script))
    }
}

pub(crate) mod bus {
    use super::{Published, with};
    use crate::bindings::http::atoll::app::types::Error;

    pub(crate) fn publish(event_type: &str, data: &str, id: Option<&str>) -> Result<String, Error> {
        let data = serde_json::from_str(data).map_err(|error| Error::Invalid(error.to_string()))?;
        with(|host| {
            let number = host.published.len() + 1;
            let id = id.map_or_else(|| format!("event-{number}"), str::to_owned);
            if host.published.iter().all(|event| event.id != id) {
                host.published.push(Published { id: id.clone(), event_type: event_type.to_owned(), data });
            }
            Ok(id)
        })
    }
}
