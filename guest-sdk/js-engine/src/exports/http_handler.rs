//! `http-handler`: one request, one response.

use rquickjs::{Ctx, Value};

use crate::{
    Guest,
    bindings::{
        atoll::app::types::Failure,
        exports::atoll::app::http_handler::{self, Body, Reply, Request, Response},
    },
    call::{self, ANSWER, INCOMING, Incoming},
    engine, failure, jobs,
};

/// How `startFetch` is told of the request's body; a number from 0 on is the stream that it comes from.
const NO_BODY: i64 = -1;
const WHOLE_BODY: i64 = -2;

impl http_handler::Guest for Guest {
    fn handle(request: Request) -> Result<Reply, Failure> {
        call::begin();
        let Request { method, url, headers, body } = request;
        let (body, place) = match body {
            Body::None => (Vec::new(), NO_BODY),
            Body::Bytes(bytes) => (bytes, WHOLE_BODY),
            Body::Stream(stream) => (Vec::new(), i64::from(stream)),
        };
        INCOMING.set(Incoming { headers, body });
        engine::with(|ctx| {
            let response = answer(ctx, method, url, place)?;
            finish(ctx, response)
        })?;
        Ok(match ANSWER.take() {
            Some(answer) => Reply::Response(Response {
                status: answer.status,
                headers: answer.headers,
                body: answer.body,
            }),
            None => Reply::Sent,
        })
    }
}

/// Runs the handler: what it answered.
fn answer<'js>(ctx: &Ctx<'js>, method: String, url: String, body: i64) -> Result<Value<'js>, Failure> {
    let started = engine::function(ctx, |host| &host.start_fetch)
        .and_then(|start| start.call((method, url, body as f64)));
    let outcome = match started {
        Ok(returned) => jobs::settle(ctx, returned, "the fetch handler")?,
        Err(_) => Err(ctx.catch()),
    };
    let response = match outcome {
        Ok(response) => response,
        Err(thrown) => {
            let rescued = engine::function(ctx, |host| &host.rescue_fetch)
                .and_then(|rescue| rescue.call((thrown,)))
                .map_err(|error| failure::of_pending(ctx, error))?;
            let rescued = jobs::settle(ctx, rescued, "the work for ctx.waitUntil")?;
            rescued.map_err(|thrown| failure::of_thrown(ctx, thrown))?
        }
    };
    jobs::unhandled(ctx)?;
    Ok(response)
}

/// Hands the response over; does what is left to do after it.
fn finish<'js>(ctx: &Ctx<'js>, response: Value<'js>) -> Result<(), Failure> {
    let finished: Value<'js> = engine::function(ctx, |host| &host.finish_fetch)
        .and_then(|finish| finish.call((response,)))
        .map_err(|error| failure::of_pending(ctx, error))?;
    if finished.is_promise() {
        jobs::settle(ctx, finished, "the response")?.map_err(|thrown| failure::of_thrown(ctx, thrown))?;
    }
    jobs::unhandled(ctx)
}
