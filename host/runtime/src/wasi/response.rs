//! A response that a guest sends through WASI: its head goes to whoever waits for the call as soon as it is
//! there, and its body through the same bounded pipe as that of any other streamed response.
//!
//! The pump runs beside the guest, in the same call and under the same limits. That it saw the end of a body
//! while the guest was alive is how a complete response is told from one whose guest was stopped.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use atoll_model::{Limits, Usage};
use bytes::Bytes;
use http::HeaderMap;
use http_body::Body as _;
use tokio::{
    task::unconstrained,
    time::{Instant, timeout_at},
};
use wasmtime_wasi_http::WasiBody;

use crate::{
    Body, BodyError, CallError, http_message,
    shared::{CallShared, Head},
    stop::Stop,
    stream::{Outgoing, PipeWatch, Write, pipe},
};

/// What has become of the response. Shared by the pump and whoever settles the call.
#[derive(Default)]
pub(crate) struct GuestResponse(Mutex<State>);

#[derive(Default)]
struct State {
    body: Option<(Outgoing, u16)>,
    /// Whether the pump waits for the guest, rather than for the client.
    waits_for_guest: bool,
    /// Whether the pump has ended.
    is_over: bool,
    waits_for_end: Option<Waker>,
}

impl GuestResponse {
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic cannot leave it half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The body that was begun, with the response's status.
    pub(crate) fn take(&self) -> Option<(Outgoing, u16)> {
        self.state().body.take()
    }

    /// Done when nothing of the response is left to pass on.
    pub(crate) fn poll_over(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.is_over {
            return Poll::Ready(());
        }
        state.waits_for_end = Some(cx.waker().clone());
        Poll::Pending
    }

    fn end(&self) {
        let mut state = self.state();
        state.is_over = true;
        let waiting = state.waits_for_end.take();
        drop(state);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }

    fn with_body<T>(&self, then: impl FnOnce(&mut Outgoing) -> T) -> Option<T> {
        self.state().body.as_mut().map(|(body, _)| then(body))
    }

    /// Marks for how long the pump waits for something of the guest.
    async fn of_guest<T>(&self, work: impl Future<Output = T>) -> T {
        self.state().waits_for_guest = true;
        let done = work.await;
        self.state().waits_for_guest = false;
        done
    }
}

/// Where a response goes.
pub(crate) struct Sender {
    pub(crate) response: Arc<GuestResponse>,
    pub(crate) shared: Arc<CallShared>,
    pub(crate) limits: Arc<Limits>,
    /// Whether it is a response to HEAD.
    pub(crate) bodiless: bool,
}

impl Sender {
    /// Passes a response on. `head` answers none when the guest has set none.
    async fn pump<F>(self, head: F) -> Result<(), CallError>
    where
        F: Future<Output = Option<Result<http::Response<WasiBody>, CallError>>>,
    {
        let none = || CallError::InvalidResponse("the handler sent none".into());
        let response = self.response.of_guest(head).await.ok_or_else(none)??;
        let mut body = self.start(response)?;
        loop {
            let next = self.response.of_guest(poll_fn(|cx| Pin::new(&mut body).poll_frame(cx))).await;
            match next {
                None => return self.finish(None),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) => {
                        if !self.write(bytes).await {
                            // Nobody wants more of it.
                            return Ok(());
                        }
                    }
                    Err(frame) => {
                        if let Ok(trailers) = frame.into_trailers() {
                            return self.finish(Some(trailers));
                        }
                    }
                },
                Some(Err(error)) => {
                    let message = format!("its response broke off: {error}");
                    self.response.with_body(|body| body.break_off(BodyError::BrokeOff(error.to_string())));
                    return Err(CallError::Failed { message, stack: String::new() });
                }
            }
        }
    }

    /// Sends the head, and answers the body that is to follow.
    fn start(&self, response: http::Response<WasiBody>) -> Result<WasiBody, CallError> {
        let (parts, body) = response.into_parts();
        let mut head = http_message::checked_head(parts.status, parts.headers, &self.limits)?;
        let status = head.status();
        let (outgoing, watch) = if self.bodiless || http_message::is_bodiless(status) {
            (Outgoing::unwanted(), PipeWatch::nobody())
        } else {
            let (writer, reader) = pipe(self.limits.stream_buffer_bytes_max);
            let watch = writer.watch();
            *head.body_mut() = Body::guest(reader);
            (Outgoing::new(writer), watch)
        };
        self.response.state().body = Some((outgoing, status.as_u16()));
        self.shared.send_head(Head { response: head, watch, used: Usage::default() });
        Ok(body)
    }

    /// Answers whether more is wanted. Waits while the client is behind, for as long as it takes something now
    /// and then.
    async fn write(&self, bytes: Bytes) -> bool {
        if bytes.is_empty() {
            return true;
        }
        match self.response.with_body(|body| body.write_bytes(bytes)) {
            Some(Ok(Write::Taken)) => return true,
            Some(Ok(Write::Behind)) => {}
            _ => return false,
        }
        let (waiting_since, value) = (Instant::now(), self.limits.http_idle_ms);
        let still_until = || {
            let since = self.response.with_body(|body| body.still_since(waiting_since));
            since.unwrap_or(waiting_since) + Duration::from_millis(value)
        };
        let mut caught_up = pin!(poll_fn(|cx| self
            .response
            .with_body(|body| body.poll_ready(cx))
            .unwrap_or(Poll::Ready(()))));
        loop {
            let until = still_until();
            if timeout_at(until, &mut caught_up).await.is_ok() {
                return true;
            }
            if still_until() == until {
                let stalled = BodyError::Stalled { limit: "http_idle_ms", value };
                self.response.with_body(|body| body.break_off(stalled));
                return false;
            }
        }
    }

    fn finish(&self, trailers: Option<HeaderMap>) -> Result<(), CallError> {
        // A client that has gone is not the guest's fault.
        let _ = self.response.with_body(|body| body.finish_with(trailers));
        Ok(())
    }
}

/// Runs a guest to its end, with its response passed on meanwhile and afterwards.
pub(crate) async fn beside<G, F>(guest: G, sender: Sender, head: F) -> Result<(), Stop>
where
    G: Future<Output = Result<(), Stop>>,
    F: Future<Output = Option<Result<http::Response<WasiBody>, CallError>>>,
{
    let response = Arc::clone(&sender.response);
    // Tokio lets channels seem empty to a task that has done much at once. What the pump sees must be what there
    // is; it does no more at a time than fits the pipe.
    let (mut guest, mut pump) = (pin!(guest), pin!(unconstrained(sender.pump(head))));
    let mut guest_done = false;
    let mut pumped = None;
    poll_fn(|cx| {
        if !guest_done && let Poll::Ready(ended) = guest.as_mut().poll(cx) {
            guest_done = true;
            if let Err(stop) = ended {
                // What it finished before, the client gets.
                if pumped.is_none() {
                    let _ = pump.as_mut().poll(cx);
                }
                return Poll::Ready(Err(stop));
            }
        }
        if pumped.is_none()
            && let Poll::Ready(end) = pump.as_mut().poll(cx)
        {
            pumped = Some(end);
            response.end();
        }
        match (&mut pumped, guest_done) {
            (Some(end), true) => Poll::Ready(std::mem::replace(end, Ok(())).map_err(Stop::Call)),
            // Nothing can follow from a guest that has returned.
            (None, true) if response.state().waits_for_guest => Poll::Ready(Ok(())),
            _ => Poll::Pending,
        }
    })
    .await
}
