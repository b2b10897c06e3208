//! `http-handler`: one request, one response.

use rquickjs::Value;

use crate::{
    Guest,
    bindings::{
        atoll::app::types::Failure,
        exports::atoll::app::http_handler::{self, Request, Response},
    },
    call::{self, ANSWER, INCOMING, Incoming},
    engine, failure, jobs,
};

impl http_handler::Guest for Guest {
    fn handle(request: Request) -> Result<Response, Failure> {
        call::begin();
        let Request { method, url, headers, body } = request;
        let with_body = body.is_some();
        INCOMING.set(Incoming { headers, body });
        engine::with(|ctx| {
            let pending = |error| failure::of_pending(ctx, error);
            let started = engine::function(ctx, |host| &host.start_fetch)
                .and_then(|start| start.call((method, url, with_body)));
            let outcome = match started {
                Ok(returned) => jobs::settle(ctx, returned, "the fetch handler")?,
                Err(_) => Err(ctx.catch()),
            };
            let response: Value<'_> = match outcome {
                Ok(response) => response,
                Err(thrown) => engine::function(ctx, |host| &host.rescue_fetch)
                    .and_then(|rescue| rescue.call((thrown,)))
                    .map_err(pending)?,
            };
            let finished = engine::function(ctx, |host| &host.finish_fetch)
                .and_then(|finish| finish.call((response,)))
                .map_err(pending)?;
            jobs::settle(ctx, finished, "the response")?.map_err(|thrown| failure::of_thrown(ctx, thrown))?;
            jobs::unhandled(ctx)
        })?;
        let answer = ANSWER.take().ok_or_else(|| failure::plain("the fetch handler gave no response"))?;
        Ok(Response { status: answer.status, headers: answer.headers, body: answer.body })
    }
}
