//! A request on its way.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use super::Response;
use crate::{
    CapabilityError, Error,
    clock::Sleep,
    host::{http_client, operations},
    task::{Operation, wait_until},
};

/// A request on its way: a future of its response's head. Dropping it gives the request up.
#[must_use = "dropping it gives the request up; await it"]
pub struct Sending(State);

enum State {
    Failed(Option<CapabilityError>),
    Sent { number: u32, operation: Operation, upload: Option<Upload>, timeout: Option<(Duration, Sleep)> },
    Over,
}

type Upload = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

impl Sending {
    pub(super) fn new(
        number: u32,
        operation: Operation,
        upload: Option<Upload>,
        timeout: Option<(Duration, Sleep)>,
    ) -> Self {
        Self(State::Sent { number, operation, upload, timeout })
    }

    pub(super) fn failed(error: CapabilityError) -> Self {
        Self(State::Failed(Some(error)))
    }

    fn give_up(&mut self) {
        if let State::Sent { number, .. } = std::mem::replace(&mut self.0, State::Over) {
            operations::cancel(number);
        }
    }
}

impl Future for Sending {
    type Output = Result<Response, CapabilityError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let State::Sent { number, operation, upload, timeout } = &mut this.0 else {
            return match &mut this.0 {
                State::Failed(error) => error.take().map_or(Poll::Pending, |error| Poll::Ready(Err(error))),
                _ => Poll::Pending,
            };
        };
        // The body is written while the answer is waited for.
        if let Some(writing) = upload {
            match writing.as_mut().poll(cx) {
                Poll::Ready(Ok(())) => *upload = None,
                Poll::Ready(Err(error)) => {
                    this.give_up();
                    let problem = format!("the request's body failed: {error}");
                    return Poll::Ready(Err(CapabilityError::Unavailable(problem)));
                }
                Poll::Pending => {}
            }
        }
        if operation.poll(cx).is_ready() {
            // An answer that comes before the whole body was sent does not end the body.
            if let Some(rest) = upload.take() {
                wait_until(rest);
            }
            let number = *number;
            this.0 = State::Over;
            let answer = http_client::receive(number);
            return Poll::Ready(answer.map(Response::from_host).map_err(Into::into));
        }
        if let Some((after, timer)) = timeout
            && Pin::new(timer).poll(cx).is_ready()
        {
            let problem = format!("there was no answer within {} ms", after.as_millis());
            this.give_up();
            return Poll::Ready(Err(CapabilityError::Unavailable(problem)));
        }
        Poll::Pending
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sending")
    }
}
