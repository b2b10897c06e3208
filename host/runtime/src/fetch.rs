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
    Body, BodyError, CallError, CallKind, CallOutcome, CallTrace, Handled, LoadedApp, Runtime,
    bindings::exports::atoll::app::http_handler::Body as GuestBody,
    call_log::CallName,
    capability::responder::Responder,
    http_message,
    invocation::{About, Running},
    loaded_app::HttpExport,
    request_body::{self, RequestBody},
    scheduler::InTurn,
    shared::{CallShared, Head},
    stream::Side,
    task::{Fetch, Reply},
    wasi::fetch::{WasiFetch, WasiHandler},
};

/// `None`: the head was sent before.
type Answer = Result<Handled<Option<http::Response<Body>>>, CallError>;

impl Runtime {
    /// Passes a request to an app, in a fresh instance. The response's body may still be coming when this
    /// returns; dropping it stops the handler. Dropping the future does so before.
    ///
    /// A [`CallTrace`] among the request's extensions says what trace the call belongs to.
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
        if let HttpExport::Wasi(handler) = app.http()? {
            return self.fetch_wasi(app, handler.clone(), request).await;
        }
        let (mut parts, body) = request.into_parts();
        let trace = parts.extensions.remove::<CallTrace>().unwrap_or_default();
        let body = request_body::arrive(body, &parts.method, app.limits, &self.limits).await;
        let body = body.map_err(|error| self.refused(app, CallKind::Http, &trace, error))?;
        let about = self.about_request(&parts.method, &parts.uri, trace);
        let running = self.start(app, about).await?;
        let going = Going::of(&running);
        self.answered(app, going, answer(running, parts, body)).await
    }

    async fn fetch_wasi(
        self: &Arc<Self>,
        app: &Arc<LoadedApp>,
        handler: WasiHandler,
        mut request: http::Request<Body>,
    ) -> Result<Handled<http::Response<Body>>, CallError> {
        let trace = request.extensions_mut().remove::<CallTrace>().unwrap_or_default();
        request_body::check_length(request.body(), app.limits)
            .map_err(|error| self.refused(app, CallKind::Http, &trace, error))?;
        let running = self.start(app, self.about_request(request.method(), request.uri(), trace)).await?;
        let going = Going::of(&running);
        self.answered(app, going, answer_through_wasi(running, handler, request)).await
    }

    fn about_request(&self, method: &http::Method, uri: &http::Uri, trace: CallTrace) -> About {
        About {
            kind: CallKind::Http,
            name: CallName::Request(method.clone(), uri.clone()),
            hops_of_published: 0,
            capabilities: Arc::clone(&self.capabilities),
            trace,
        }
    }

    /// Runs a call in its turn, and waits for its response, or for its head.
    async fn answered<C>(
        self: &Arc<Self>,
        app: &LoadedApp,
        going: Going,
        call: C,
    ) -> Result<Handled<http::Response<Body>>, CallError>
    where
        C: Future<Output = Answer> + Send + 'static,
    {
        let Going { shared, queued, since } = going;
        let mut call = InTurn::new(self, &app.gate.share, &shared, call);
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
                let usage = Usage { cpu: shared.meter.total(), wall: since.elapsed(), queued, ..head.used };
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

/// What is known of a call from outside.
struct Going {
    shared: Arc<CallShared>,
    queued: Duration,
    since: Instant,
}

impl Going {
    fn of(running: &Running) -> Self {
        let place = &running.place;
        Self { shared: Arc::clone(&running.shared), queued: place.queued, since: place.since }
    }
}

enum Ended {
    With(Answer),
    NotYet(Head),
}

/// Runs the handler to its end.
async fn answer(mut running: Running, parts: http::request::Parts, body: RequestBody) -> Answer {
    let handler = running.place.app.atoll_http()?.clone();
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

/// The same for a guest of WASI.
async fn answer_through_wasi(
    mut running: Running,
    handler: WasiHandler,
    request: http::Request<Body>,
) -> Answer {
    let task = WasiFetch::new(running.store.data_mut(), handler, request);
    let result = running.run(task).await;
    running.store.data_mut().adopt_wasi_response();
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
                let error = self.fault_of_request().unwrap_or(error);
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
    fn fault_of_request(&mut self) -> Option<CallError> {
        let state = self.store.data_mut();
        let limits = state.app.limits;
        let fault = match state.request_body {
            Some(stream) => state.streams.incoming(stream)?.fault()?,
            None => state.used_wasi()?.exchange.as_ref()?.received.fault()?,
        };
        Some(request_body::error(fault, limits))
    }
}
