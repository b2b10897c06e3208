//! `event-handler`: one delivery.

use rquickjs::{Ctx, Function, IntoJs, Promise, Value, function::Args};

use crate::{
    Guest,
    bindings::{
        atoll::app::types::Failure,
        exports::atoll::app::event_handler::{self, Event, Outcome},
    },
    call::{self, VERDICT, Verdict},
    engine, failure, jobs,
};

impl event_handler::Guest for Guest {
    fn handle(event: Event) -> Outcome {
        call::begin();
        let ran = engine::with(|ctx| {
            let promise = start(ctx, event).map_err(|error| failure::of_pending(ctx, error))?;
            jobs::run_until_settled(ctx, &promise, "the event handler")
        });
        match (ran, VERDICT.take()) {
            (Err(failure), _) => Outcome::Retry(failure),
            (Ok(()), Some(Verdict::Done)) => Outcome::Done,
            (Ok(()), Some(Verdict::Retry(reason))) => Outcome::Retry(failure::plain(reason)),
            (Ok(()), Some(Verdict::Reject(reason))) => Outcome::Reject(reason),
            (Ok(()), None) => Outcome::Retry(Failure {
                message: "the event handler gave no verdict".into(),
                stack: String::new(),
            }),
        }
    }
}

fn start<'js>(ctx: &Ctx<'js>, event: Event) -> rquickjs::Result<Promise<'js>> {
    let handle: Function<'js> = engine::function(ctx, |host| &host.handle_event)?;
    let mut args = Args::new(ctx.clone(), 8);
    for text in [event.id, event.source, event.type_, event.time] {
        args.push_arg(text)?;
    }
    args.push_arg(match event.subject {
        Some(subject) => subject.into_js(ctx)?,
        None => Value::new_null(ctx.clone()),
    })?;
    args.push_arg(event.data)?;
    args.push_arg(event.hops)?;
    args.push_arg(event.attempt)?;
    handle.call_arg(args)
}
