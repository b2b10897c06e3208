//! A call that waits for its place.

use std::time::Duration;

use tokio::sync::oneshot;

use super::Admission;

/// A call in the queue. Dropped before it has its place, it leaves the queue, or passes the place on.
pub(super) struct Queued<'a> {
    admission: &'a Admission,
    gate: u64,
    waiter: u64,
    granted: oneshot::Receiver<()>,
    left: bool,
}

impl<'a> Queued<'a> {
    pub(super) fn new(
        admission: &'a Admission,
        gate: u64,
        waiter: u64,
        granted: oneshot::Receiver<()>,
    ) -> Self {
        Self { admission, gate, waiter, granted, left: false }
    }

    /// Waits, and answers whether there is a place.
    pub(super) async fn granted(mut self, wait_max: Duration) -> bool {
        self.left = matches!(tokio::time::timeout(wait_max, &mut self.granted).await, Ok(Ok(())));
        self.left
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        if self.left {
            return;
        }
        let mut places = self.admission.places();
        if !places.unqueue(self.gate, self.waiter) {
            // It was granted a place in the same moment.
            places.give_back(self.gate);
        }
    }
}
