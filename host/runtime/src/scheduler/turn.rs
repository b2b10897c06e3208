//! A call where it belongs: with its caller while it is short, in the back when it is long, or when its app is loud and
//! another call runs.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use super::{Share, back::Handoff};
use crate::{Runtime, shared::CallShared};

/// Polls a call. Dropping it cancels the call, wherever it is.
pub(crate) struct InTurn<F: Future> {
    at: At<F>,
    runtime: Arc<Runtime>,
    share: Arc<Share>,
    /// Says when the call has become long.
    shared: Arc<CallShared>,
}

enum At<F: Future> {
    Here(Pin<Box<F>>),
    InTheBack(Handoff<F::Output>),
    /// Between the two; nobody sees it.
    Nowhere,
}

impl<F> InTurn<F>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    pub(crate) fn new(runtime: &Arc<Runtime>, share: &Arc<Share>, shared: &Arc<CallShared>, call: F) -> Self {
        Self {
            at: At::Here(Box::pin(call)),
            runtime: Arc::clone(runtime),
            share: Arc::clone(share),
            shared: Arc::clone(shared),
        }
    }

    fn go_to_the_back(&mut self) {
        if let At::Here(call) = std::mem::replace(&mut self.at, At::Nowhere) {
            self.at = At::InTheBack(self.runtime.back.run(&self.share, call));
        }
    }
}

impl<F> Future for InTurn<F>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.get_mut();
        if let At::Here(call) = &mut this.at {
            let back = &this.runtime.back;
            // Alone it stands in nobody's way, and a change of threads takes as long as many a call.
            let is_loud = this.share.is_loud() && !this.runtime.activity.is_alone();
            if !(is_loud || this.shared.is_long()) || !back.is_open() {
                match call.as_mut().poll(context) {
                    Poll::Pending if this.shared.is_long() && back.is_open() => {}
                    poll => return poll,
                }
            }
            this.go_to_the_back();
        }
        match &mut this.at {
            At::InTheBack(call) => Pin::new(call).poll(context),
            At::Here(_) | At::Nowhere => Poll::Pending,
        }
    }
}
