//! A request to an app, and its response: whole, or sent while the handler runs.
//!
//! The call is a future that its caller polls, so that the usual case (all in, all out) costs no task. Only
//! when the head of the response was sent early does the call move into a task of its own, which owns the
//! store and its place. That task ends when the handler returns, at a limit, or when nobody reads the body.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};

use atoll_model::{LogLevel, Usage};

use crate::{
    Body, BodyError, CallError, CallKind, CallOutcome, Handled, LoadedApp, Runtime,
    bindings::exports::atoll::app::http_handler::Body as GuestBody,
    call_log::CallName,
    capability::responder::Responder,
    http_message,
    invocation::{About, Running},
    request_body::{self, RequestBody},
    scheduler::InTurn,
    shared::{CallShared, Head},
    stream::Side,
    task::{Fetch, Reply},
};

/// `None`: the head was sent before.
type Answer = Result<Handled<Option<http::Response<Body>>>, CallError>;

impl Runtime {
    /// Passes a request to an app, in a fresh instance. The response's body may still be coming when this
    /// returns; dropping it stops the handler. Dropping the future does so before.
    ///
    /// # Errors
    /// [`CallError`], when there is no response. A handler that fails after it has sent the head breaks the
    /// response's body off.
    pub async fn fetch<B: Into<Body>>(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
        request: http::Request<B>,
    ) -> Result<Handled<http::Response<Body>>, CallError> {
        self.fetch_body(app, request.map(Into::into)).await
    }

    async fn fetch_body(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
        request: http::Request<Body>,
    ) -> Result<Handled<http::Response<Body>>, CallError> {
        app.http()?;
        let (parts, body) = request.into_parts();
        let body = request_body::arrive(body, &parts.method, app.limits, &self.limits).await?;
        let about = About {
            kind: CallKind::Http,
            name: CallName::Request(parts.method.clone(), parts.uri.clone()),
            hops_of_published: 0,
            capabilities: Arc::clone(&self.capabilities),
        };
        let running = self.start(app, about).await?;
        let (shared, queued, since) =
            (Arc::clone(&running.shared), running.place.queued, running.place.since);
        let mut call = InTurn::new(self, &app.gate.share, &shared, answer(running, parts, body));
        let ended = poll_fn(|cx| match Pin::new(&mut call).poll(cx) {
            Poll::Ready(answer) => Poll::Ready(Ended::With(answer)),
            Poll::Pending => match shared.take_head_or_wait(cx.waker()) {
                Some(head) => Poll::Ready(Ended::NotYet(head)),
                None => Poll::Pending,
            },
        });
        match ended.await {
            Ended::With(answer) => {
                let Handled { value, usage } = answer?;
                let missing = || CallError::InvalidResponse("the handler sent none".into());
                value.map(|value| Handled { value, usage }).ok_or_else(missing)
            }
            Ended::NotYet(head) => {
                let usage = so_far(&shared, queued, since, app.limits.fuel.saturating_sub(head.fuel_left));
                Ok(Handled { value: self.go_on(call, head), usage })
            }
        }
    }

    /// Lets a call go on in a task of its own.
    fn go_on<C>(self: &Arc<Self>, call: C, head: Head) -> http::Response<Body>
    where
        C: Future<Output = Answer> + Send + 'static,
    {
        let stopping = self.stopping.clone();
        let Head { response, watch, .. } = head;
        self.tasks.spawn(async move {
            tokio::select! {
                biased;
                // Looked at first, at least at every tick of the epoch.
                () = poll_fn(|cx| watch.poll_abandoned(cx)) => {}
                () = stopping.cancelled() => {}
                // What it answers went to the log and the observer.
                _ = call => {}
            }
        });
        response
    }
}

enum Ended {
    With(Answer),
    NotYet(Head),
}

fn so_far(shared: &CallShared, queued: Duration, since: Instant, fuel: u64) -> Usage {
    Usage { cpu: shared.meter.total(), wall: since.elapsed(), queued, fuel, ..Usage::default() }
}

/// Runs the handler to its end.
async fn answer(mut running: Running, parts: http::request::Parts, body: RequestBody) -> Answer {
    let handler = running.place.app.http()?.clone();
    let state = running.store.data_mut();
    state.responder = Responder::Ready { bodiless: parts.method == http::Method::HEAD };
    let body = match body {
        RequestBody::None => GuestBody::None,
        RequestBody::Bytes(bytes) => {
            running.bytes.0 = bytes.len() as u64;
            GuestBody::Bytes(bytes.into())
        }
        RequestBody::Stream(incoming) => {
            let stream = state.streams.add_clients(Side::In(incoming));
            state.request_body = Some(stream);
            GuestBody::Stream(stream)
        }
    };
    let request = http_message::request(&parts, body);
    drop(parts);
    let result = running.run(Fetch { handler, request }).await;
    running.settle(result)
}

impl Running {
    /// What the client gets, and what is said about it.
    fn settle(&mut self, result: Result<Reply, CallError>) -> Answer {
        let sent = match self.store.data().responder {
            Responder::Started { stream, status } => {
                self.status = Some(status);
                Some(stream)
            }
            _ => None,
        };
        let result = match (result, sent) {
            (Ok(Reply::Whole(response)), None) => {
                self.bytes.1 = response.body().len() as u64;
                self.status = Some(response.status().as_u16());
                let usage = self.end(CallOutcome::Done);
                return Ok(Handled { value: Some(response.map(Body::from)), usage });
            }
            (Ok(Reply::Whole(_)), Some(_)) => {
                Err(CallError::InvalidResponse("the handler returned one after it had sent one".into()))
            }
            (Ok(Reply::Sent), None) => {
                Err(CallError::InvalidResponse("the handler says that it sent one, and did not".into()))
            }
            (Ok(Reply::Sent), Some(_)) => Ok(()),
            (Err(error), None) => Err(self.fault_of_request().unwrap_or(error)),
            (Err(error), Some(_)) => Err(error),
        };
        if let Err(error) = &result {
            self.log_error(error);
        }
        match sent {
            Some(stream) => self.settle_sent(stream, result),
            None => self.fail(result.err()),
        }
    }

    /// The end of a call whose head was sent: it may be with the client, or still here.
    fn settle_sent(&mut self, stream: u32, result: Result<(), CallError>) -> Answer {
        let head = self.shared.take_head();
        let complete = self.end_body(stream, result.as_ref().err());
        match result {
            // Nobody has seen the head yet, and the error says more than a response that breaks off.
            Err(error) if head.is_some() && !complete => {
                self.status = None;
                self.fail(Some(error))
            }
            result => {
                let usage = match &result {
                    Ok(()) => self.end(CallOutcome::Done),
                    Err(error) => self.end(CallOutcome::Failed(error)),
                };
                Ok(Handled { value: head.map(|head| head.response), usage })
            }
        }
    }

    /// Breaks the body off that is not finished. Answers whether it was.
    fn end_body(&mut self, stream: u32, error: Option<&CallError>) -> bool {
        let state = self.store.data_mut();
        let Some(body) = state.streams.outgoing(stream) else { return false };
        let complete = body.is_finished();
        if complete {
            return true;
        }
        body.break_off(match error {
            Some(error) => BodyError::Call(Box::new(error.clone())),
            None => BodyError::BrokeOff("the handler ended before its response did".into()),
        });
        if error.is_none() {
            let line = "the response broke off: the handler ended before its body was finished";
            state.log.host_line(LogLevel::Warn, line, "");
        }
        false
    }

    fn fail(&mut self, error: Option<CallError>) -> Answer {
        let error = error.unwrap_or_else(|| CallError::InvalidResponse("the handler sent none".into()));
        self.end(CallOutcome::Failed(&error));
        Err(error)
    }

    /// A handler that fails because its request's body was not as it should be is not to blame.
    fn fault_of_request(&self) -> Option<CallError> {
        let state = self.store.data();
        let fault = state.streams.incoming(state.request_body?)?.fault()?;
        Some(request_body::error(fault, state.app.limits))
    }
}
