//! What a call shares with whoever waits for it while it runs: its CPU meter, and the head of its response when
//! that is sent early. Everything else of a call is behind its store.

use std::sync::{Mutex, PoisonError};

use atoll_model::Usage;

use crate::{Body, meter::CpuMeter, stream::PipeWatch};

/// Shared by a call's store and its caller.
#[derive(Default)]
pub(crate) struct CallShared {
    pub(crate) meter: CpuMeter,
    head: Mutex<Option<Head>>,
}

/// A response that is sent while its handler runs.
pub(crate) struct Head {
    pub(crate) response: http::Response<Body>,
    /// Says when nobody reads the body any more.
    pub(crate) watch: PipeWatch,
    /// What it has used so far, as much as is known: little of a guest whose store nobody can look into while it runs.
    pub(crate) used: Usage,
}

impl CallShared {
    pub(crate) fn send_head(&self, head: Head) {
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = Some(head);
    }

    pub(crate) fn take_head(&self) -> Option<Head> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
