//! What each error of the host is to an HTTP client.

use std::fmt::Display;

use atoll::{BusError, CallError, Diagnostic, HostError, RuntimeError, StoreError};

use super::Problem;

impl Problem {
    /// 500 for a failure that is the host's: the cause goes to the log, not to the client.
    pub(crate) fn internal(what: &'static str, cause: impl Display) -> Self {
        tracing::error!(%cause, "{what}");
        Self::new(500, "internal", "The host failed").detail("the host could not do this; its log says why")
    }
}

impl From<HostError> for Problem {
    fn from(error: HostError) -> Self {
        match error {
            HostError::NoSuchApp(_) => Self::new(404, "no-such-app", "No such app").detail(&error),
            HostError::NoSuchRevision { .. } => {
                Self::new(404, "no-such-revision", "No such revision").detail(&error)
            }
            HostError::NoSuchFile { .. }
            | HostError::NoSuchSchedule { .. }
            | HostError::NoSuchSecret { .. } => Self::not_found(&error),
            HostError::NoSuchGeneration(_) => {
                Self::new(404, "no-such-generation", "No such generation").detail(&error)
            }
            HostError::Rejected { ref diagnostics } => {
                let detail = error.to_string();
                Self::new(422, "rejected", "The source was refused")
                    .detail(detail)
                    .diagnostics(diagnostics.clone())
            }
            HostError::Backend(error) => of_component(&error),
            HostError::Runtime(error @ RuntimeError::CompilerBusy { .. }) => {
                Self::new(503, "overloaded", "Overloaded").limited(error.limit()).retry_after(5).detail(error)
            }
            HostError::Prompt(_) => Self::bad_request("bad-prompt", &error),
            HostError::TooManyGenerations { limit } => {
                Self::new(429, "too-many-generations", "Too many generations")
                    .detail(&error)
                    .limit("generations_concurrent_max", limit as u64)
                    .retry_after(2)
            }
            HostError::TooManyApps { limit, .. } => Self::new(413, "over-limit", "Over a limit")
                .detail(&error)
                .limit("asyncapi_apps_max", limit as u64),
            HostError::Draining => Self::new(503, "draining", "Shutting down").detail(&error).retry_after(5),
            HostError::Call(error) => error.into(),
            HostError::SchemaMismatch(mismatch) => {
                Self::new(422, "schema-mismatch", "The event does not fit its schema")
                    .detail(&mismatch)
                    .errors(mismatch.violations)
            }
            HostError::InBatch { index, error } => Self::from(*error).of_event(index),
            HostError::Bus(error) => of_bus(error),
            HostError::Store(error) => of_store(error),
            other => Self::internal("a request failed", other),
        }
    }
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        let problem = match &error {
            // The exception's message is the app's own affair: it may hold what it was working on.
            CallError::Failed { .. } | CallError::Trapped { .. } | CallError::InvalidResponse(_) => {
                return Self::new(500, "app-failed", "The app failed")
                    .detail("the app could not answer; its log says why (`atoll logs APP`)");
            }
            CallError::OutOfCpu { .. } => Self::new(504, "out-of-cpu", "Out of CPU time"),
            CallError::OutOfFuel { .. } => Self::new(504, "out-of-fuel", "Out of fuel"),
            CallError::OutOfWallTime { .. } => Self::new(504, "out-of-time", "Out of time"),
            CallError::OutOfMemory { .. } => Self::new(500, "out-of-memory", "Out of memory"),
            CallError::OutOfStack { .. } => Self::new(500, "out-of-stack", "Out of stack"),
            CallError::TooManyHostCalls { .. } => {
                Self::new(500, "too-many-host-calls", "Too many calls of the host")
            }
            CallError::OutOfStorage { .. } => Self::new(507, "out-of-storage", "Out of storage"),
            CallError::HostCallTooLarge { .. } => {
                Self::new(500, "host-call-too-large", "Too much in one call of the host")
            }
            CallError::ResponseTooLarge { .. } => {
                Self::new(500, "response-too-large", "The app's answer is too large")
            }
            CallError::BodyTooLarge { .. } => Self::new(413, "too-large", "Too large"),
            CallError::BodyStalled { .. } => Self::new(408, "slow-request", "Request too slow"),
            CallError::BodyBroke(_) => Self::new(400, "broken-body", "Bad request").closing(),
            CallError::NoHandler { .. } => Self::new(404, "no-handler", "The app does not answer requests"),
            CallError::Overloaded { retry_after, .. } => Self::new(503, "overloaded", "Overloaded")
                .retry_after(retry_after.as_secs_f64().ceil() as u64),
            other => return Self::internal("a call of an app failed", other),
        };
        problem.detail(&error).limited(error.limit())
    }
}

fn of_component(error: &RuntimeError) -> Problem {
    let finding = Diagnostic::error("component", error.to_string());
    Problem::new(422, "rejected", "The source was refused")
        .detail(error)
        .limited(error.limit())
        .diagnostics(vec![finding])
}

fn of_bus(error: BusError) -> Problem {
    match error {
        BusError::OverLimit { limit, value, .. } => {
            Problem::new(413, "over-limit", "Over a limit").limit(limit, value).detail(error)
        }
        BusError::Invalid(_) => Problem::bad_request("bad-event", error),
        BusError::DiskFull => out_of_storage(error),
        other => Problem::internal("the bus failed", other),
    }
}

fn of_store(error: StoreError) -> Problem {
    let is_out_of_storage = error.is_out_of_storage();
    match error {
        StoreError::NoSuchApp(_) => Problem::new(404, "no-such-app", "No such app").detail(error),
        StoreError::NoSuchRevision { .. } => {
            Problem::new(404, "no-such-revision", "No such revision").detail(error)
        }
        StoreError::Invalid(_) => Problem::bad_request("invalid", error),
        StoreError::OverLimit { limit, value, .. } => {
            let status = if is_out_of_storage { 507 } else { 413 };
            Problem::new(status, "over-limit", "Over a limit").limit(limit, value).detail(error)
        }
        StoreError::DiskFull { .. } => out_of_storage(error),
        other => Problem::internal("the store failed", other),
    }
}

fn out_of_storage(error: impl Display) -> Problem {
    tracing::error!(%error, "no room on the disk");
    Problem::new(507, "out-of-storage", "Out of storage")
        .detail("the host's disk is full or cannot be written; reads go on")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::response::IntoResponse as _;

    use super::*;

    #[test]
    fn each_limit_has_its_status_and_names_itself() {
        for (error, status, limit) in [
            (CallError::OutOfCpu { limit_ms: 50 }, 504, Some(("cpu_ms", 50))),
            (CallError::OutOfFuel { limit: 9 }, 504, Some(("fuel", 9))),
            (CallError::OutOfWallTime { limit_ms: 7 }, 504, Some(("wall_ms", 7))),
            (CallError::OutOfMemory { limit_mib: 64 }, 500, Some(("memory_mib", 64))),
            (CallError::HostCallTooLarge { limit_bytes: 5 }, 500, Some(("host_call_bytes_max", 5))),
            (CallError::OutOfStorage { what: "full".into(), limit: None }, 507, None),
            (CallError::Failed { message: "secret".into(), stack: "at x".into() }, 500, None),
        ] {
            let problem = Problem::from(error);
            assert_eq!(problem.status(), status);
            assert!(!problem.text().contains("secret"), "{}", problem.text());
            assert_eq!(problem.0.limit.map(|limit| (limit.name, limit.value)), limit);
        }
    }

    #[test]
    fn a_component_that_cannot_be_compiled_is_its_authors_to_mend() {
        for (error, limit) in [
            (
                RuntimeError::CompileTooLong { limit: "compile_cpu_ms", limit_ms: 9 },
                Some(("compile_cpu_ms", 9)),
            ),
            (RuntimeError::CompileOutOfMemory { limit_mib: 8 }, Some(("compile_memory_mib", 8))),
            (RuntimeError::CompiledTooLarge { limit: 7 }, Some(("compiled_bytes_max", 7))),
            (RuntimeError::CompilerCrashed("signal 11".into()), None),
        ] {
            assert!(error.is_of_component());
            let problem = Problem::from(HostError::Backend(error));
            assert_eq!(problem.status(), 422);
            assert_eq!(problem.0.limit.map(|limit| (limit.name, limit.value)), limit);
        }
        let busy = RuntimeError::CompilerBusy { limit: "compiles_queue_max", value: 16 };
        let response = Problem::from(HostError::Runtime(busy)).into_response();
        assert_eq!(response.status(), 503);
        assert!(response.headers().contains_key("retry-after"));
    }

    #[test]
    fn an_overloaded_host_says_when_to_come_back() {
        let error = CallError::Overloaded {
            retry_after: Duration::from_millis(1_200),
            limit: "app_queue_max",
            value: 256,
        };
        let response = Problem::from(error).into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "2");
    }
}
