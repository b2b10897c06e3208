//! What is measured, by name.

mod deploys;
mod fairness;
mod http;
mod in_process;
mod many_apps;
mod metering;

use crate::{Failure, options::Options, report::Report};

/// One of the things that `NAME` chooses.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Options, &mut Report) -> Result<(), Failure>,
}

/// All of them, in the order of the report.
pub(crate) const ALL: &[Part] = &[
    Part { name: "request", run: in_process::run },
    Part { name: "http", run: http::router },
    Part { name: "hono", run: http::hono },
    Part { name: "hello", run: http::hello },
    Part { name: "deploy", run: deploys::run },
    Part { name: "rotation", run: many_apps::rotation },
    Part { name: "apps", run: many_apps::apps },
    Part { name: "fairness", run: fairness::run },
    Part { name: "metering", run: metering::run },
];

/// A runtime for a part that is a host itself.
fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Runtime::new()?.block_on(future)
}
