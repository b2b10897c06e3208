//! What a call shares with whoever waits for it while it runs: its CPU meter, and the head of its response when
//! that is sent early. Everything else of a call is behind its store.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};

use atoll_model::Usage;

use crate::{Body, meter::CpuMeter, stream::PipeWatch};

/// Shared by a call's store and its caller.
#[derive(Default)]
pub(crate) struct CallShared {
    pub(crate) meter: CpuMeter,
    head: Mutex<HeadPlace>,
    /// Whether it has used more CPU time than its caller's thread has for it.
    long: AtomicBool,
}

#[derive(Default)]
struct HeadPlace {
    head: Option<Head>,
    /// Who waits for it. The call may run elsewhere.
    waiting: Option<Waker>,
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
        let mut place = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        place.head = Some(head);
        let waiting = place.waiting.take();
        drop(place);
        if let Some(waker) = waiting {
            waker.wake();
        }
    }

    pub(crate) fn take_head(&self) -> Option<Head> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner).head.take()
    }

    /// The head, or a promise to wake when it is sent.
    pub(crate) fn take_head_or_wait(&self, waker: &Waker) -> Option<Head> {
        let mut place = self.head.lock().unwrap_or_else(PoisonError::into_inner);
        let head = place.head.take();
        if head.is_none() {
            place.waiting = Some(waker.clone());
        }
        head
    }

    /// It goes on in the back from now on.
    pub(crate) fn set_long(&self) {
        self.long.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_long(&self) -> bool {
        self.long.load(Ordering::Relaxed)
    }
}
