//! Streams of bytes across the edge of the sandbox: what a guest reads comes from a body ([`Incoming`]); what
//! it writes goes through a bounded pipe ([`pipe()`]) to whoever reads.

mod incoming;
mod outgoing;
mod pipe;
mod table;

pub(crate) use incoming::{Incoming, Read};
pub(crate) use outgoing::{Outgoing, Write};
pub(crate) use pipe::{PipeReader, PipeWatch, pipe};
pub(crate) use table::{Side, Streams};
