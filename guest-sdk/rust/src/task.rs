//! Work side by side in one call: what a future waits for, and who polls it.
//!
//! There is one thread. A future that has to wait leaves its waker with an [`Operation`] of the host or a
//! [`Timer`]; when nothing can go on, [`block_on`] waits for all of them together, in one call of the host. So
//! requests that were sent before the first is awaited overlap, with any library of futures.

mod executor;
mod join;
mod waiting;

pub use executor::{Ended, block_on, wait_until};
pub use join::{JoinAll, join_all};

pub(crate) use executor::{finish_background, has_background};
pub(crate) use waiting::{Operation, Timer};
