//! How calls end, in classes that a graph can show.

use atoll_runtime::{CallError, CallOutcome};

/// The class of a call's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Outcome {
    Ok,
    HandlerFailed,
    Failed,
    Trapped,
    InvalidResponse,
    OutOfCpu,
    OutOfFuel,
    OutOfMemory,
    OutOfStack,
    OutOfTime,
    TooManyHostCalls,
    HostCallTooLarge,
    OutOfStorage,
    ResponseTooLarge,
    BodyTooLarge,
    BodyBroken,
    Overloaded,
    NoHandler,
    Cancelled,
    Other,
}

impl Outcome {
    pub(crate) const ALL: [Self; 20] = [
        Self::Ok,
        Self::HandlerFailed,
        Self::Failed,
        Self::Trapped,
        Self::InvalidResponse,
        Self::OutOfCpu,
        Self::OutOfFuel,
        Self::OutOfMemory,
        Self::OutOfStack,
        Self::OutOfTime,
        Self::TooManyHostCalls,
        Self::HostCallTooLarge,
        Self::OutOfStorage,
        Self::ResponseTooLarge,
        Self::BodyTooLarge,
        Self::BodyBroken,
        Self::Overloaded,
        Self::NoHandler,
        Self::Cancelled,
        Self::Other,
    ];

    pub(crate) fn of(outcome: CallOutcome<'_>) -> Self {
        match outcome {
            CallOutcome::Done => Self::Ok,
            CallOutcome::HandlerFailed => Self::HandlerFailed,
            CallOutcome::Cancelled => Self::Cancelled,
            CallOutcome::Failed(error) | CallOutcome::Refused(error) => Self::of_error(error),
        }
    }

    fn of_error(error: &CallError) -> Self {
        match error {
            CallError::Failed { .. } => Self::Failed,
            CallError::Trapped { .. } => Self::Trapped,
            CallError::InvalidResponse(_) => Self::InvalidResponse,
            CallError::OutOfCpu { .. } => Self::OutOfCpu,
            CallError::OutOfFuel { .. } => Self::OutOfFuel,
            CallError::OutOfMemory { .. } => Self::OutOfMemory,
            CallError::OutOfStack { .. } => Self::OutOfStack,
            CallError::OutOfWallTime { .. } => Self::OutOfTime,
            CallError::TooManyHostCalls { .. } => Self::TooManyHostCalls,
            CallError::HostCallTooLarge { .. } => Self::HostCallTooLarge,
            CallError::OutOfStorage { .. } => Self::OutOfStorage,
            CallError::ResponseTooLarge { .. } => Self::ResponseTooLarge,
            CallError::BodyTooLarge { .. } => Self::BodyTooLarge,
            CallError::BodyStalled { .. } | CallError::BodyBroke(_) => Self::BodyBroken,
            CallError::Overloaded { .. } => Self::Overloaded,
            CallError::NoHandler { .. } => Self::NoHandler,
            _ => Self::Other,
        }
    }

    /// The label.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::HandlerFailed => "handler_failed",
            Self::Failed => "failed",
            Self::Trapped => "trapped",
            Self::InvalidResponse => "invalid_response",
            Self::OutOfCpu => "out_of_cpu",
            Self::OutOfFuel => "out_of_fuel",
            Self::OutOfMemory => "out_of_memory",
            Self::OutOfStack => "out_of_stack",
            Self::OutOfTime => "out_of_time",
            Self::TooManyHostCalls => "too_many_host_calls",
            Self::HostCallTooLarge => "host_call_too_large",
            Self::OutOfStorage => "out_of_storage",
            Self::ResponseTooLarge => "response_too_large",
            Self::BodyTooLarge => "body_too_large",
            Self::BodyBroken => "body_broken",
            Self::Overloaded => "overloaded",
            Self::NoHandler => "no_handler",
            Self::Cancelled => "cancelled",
            Self::Other => "other",
        }
    }

    /// What a client is told instead of an answer, where there is none.
    pub(crate) fn http_status(self) -> Option<u16> {
        Some(match self {
            Self::Ok | Self::HandlerFailed | Self::Cancelled => return None,
            Self::OutOfCpu | Self::OutOfFuel | Self::OutOfTime => 504,
            Self::OutOfStorage => 507,
            Self::BodyTooLarge => 413,
            Self::BodyBroken => 400,
            Self::Overloaded => 503,
            Self::NoHandler => 404,
            _ => 500,
        })
    }

    /// Whether the app is to blame: it failed, or reached a limit of its own.
    pub(crate) fn is_failure(self) -> bool {
        !matches!(
            self,
            Self::Ok
                | Self::BodyTooLarge
                | Self::BodyBroken
                | Self::Overloaded
                | Self::NoHandler
                | Self::Cancelled
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_place_and_a_label_of_its_own() {
        let mut labels: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
        for (index, outcome) in Outcome::ALL.iter().enumerate() {
            assert_eq!(*outcome as usize, index);
        }
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), Outcome::ALL.len());
    }
}
