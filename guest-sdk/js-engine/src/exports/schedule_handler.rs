//! `schedule-handler`: one run.

use rquickjs::Promise;

use crate::{
    Guest,
    bindings::{
        atoll::app::types::Failure,
        exports::atoll::app::schedule_handler::{self, Tick},
    },
    call, engine, failure, jobs,
};

impl schedule_handler::Guest for Guest {
    fn handle(tick: Tick) -> Result<(), Failure> {
        call::begin();
        engine::with(|ctx| {
            let promise: Promise<'_> = engine::function(ctx, |host| &host.call_scheduled)
                .and_then(|run| run.call((tick.cron, tick.scheduled_time_ms)))
                .map_err(|error| failure::of_pending(ctx, error))?;
            jobs::run_until_settled(ctx, &promise, "the scheduled handler")
        })
    }
}
