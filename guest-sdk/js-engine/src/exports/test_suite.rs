//! `test-suite`: the tests that came with the app.

use rquickjs::Promise;

use crate::{
    Guest,
    bindings::{atoll::app::types::Failure, exports::atoll::app::test_suite},
    call, engine, failure, jobs,
};

impl test_suite::Guest for Guest {
    fn names() -> Vec<String> {
        let names = engine::with(|ctx| {
            engine::function(ctx, |host| &host.test_names)
                .and_then(|names| names.call(()))
                .map_err(|error| failure::of_pending(ctx, error))
        });
        names.unwrap_or_default()
    }

    fn run(name: String) -> Result<(), Failure> {
        call::begin();
        engine::with(|ctx| {
            let promise: Promise<'_> = engine::function(ctx, |host| &host.run_test)
                .and_then(|run| run.call((name.as_str(),)))
                .map_err(|error| failure::of_pending(ctx, error))?;
            jobs::run_until_settled(ctx, &promise, &format!("the test {name:?}"))
        })
    }
}
