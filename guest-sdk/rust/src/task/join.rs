//! Several futures of one kind.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// Awaits all of them, side by side. Answers what they brought, in their order.
pub fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> JoinAll<F> {
    JoinAll(futures.into_iter().map(|future| Place::Running(Box::pin(future))).collect())
}

/// See [`join_all`].
#[must_use = "futures do nothing unless awaited"]
pub struct JoinAll<F: Future>(Vec<Place<F>>);

enum Place<F: Future> {
    Running(Pin<Box<F>>),
    Done(Option<F::Output>),
}

// The futures are boxed, and what they bring is never pinned.
impl<F: Future> Unpin for JoinAll<F> {}

impl<F: Future> Future for JoinAll<F> {
    type Output = Vec<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut running = false;
        for place in &mut self.0 {
            if let Place::Running(future) = place {
                match future.as_mut().poll(cx) {
                    Poll::Ready(output) => *place = Place::Done(Some(output)),
                    Poll::Pending => running = true,
                }
            }
        }
        if running {
            return Poll::Pending;
        }
        let outputs = self.0.drain(..).filter_map(|place| match place {
            Place::Done(output) => output,
            Place::Running(_) => None,
        });
        Poll::Ready(outputs.collect())
    }
}
