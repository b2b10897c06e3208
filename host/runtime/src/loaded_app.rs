//! An app that is ready to run: compiled, linked, type-checked. Each call makes an instance from it.

use std::{collections::BTreeMap, sync::Arc};

use atoll_model::{AppLimits, AppName, Backend, Capability, Limits, Manifest, Revision};
use wasmtime::component::{Component, InstancePre};
use wasmtime_wasi::{
    p2::bindings::exports::wasi::cli::run as run_p2, p3::bindings::exports::wasi::cli::run as run_p3,
};
use wasmtime_wasi_http::{
    p2::bindings::exports::wasi::http::incoming_handler, p3::bindings::exports::wasi::http::handler,
};

use crate::{
    CallError, RuntimeError,
    admission::Gate,
    bindings::exports::atoll::app::{event_handler, http_handler, schedule_handler, test_suite},
    redaction::Redaction,
    state::CallState,
    wasi::{command::Program, fetch::WasiHandler},
};

/// What an app is loaded from. `B` is its code, or only the name of its code ([`BackendId`](atoll_model::BackendId)).
#[derive(Clone, Debug)]
pub struct AppCode<B = Backend> {
    /// Its name.
    pub app: AppName,
    /// Its revision.
    pub revision: Revision,
    /// Its manifest.
    pub manifest: Manifest,
    /// Its code.
    pub backend: B,
    /// Variables, and placeholders of secrets; they win over the manifest's own `vars`.
    pub variables: BTreeMap<String, String>,
    /// Values of secrets that the app reads as variables. They are kept out of its log.
    pub secrets: BTreeMap<String, String>,
}

/// An app that is ready to run.
pub struct LoadedApp {
    pub(crate) name: AppName,
    pub(crate) revision: Revision,
    pub(crate) manifest: Manifest,
    pub(crate) limits: AppLimits,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) redaction: Arc<Redaction>,
    pub(crate) pre: InstancePre<CallState>,
    pub(crate) exports: Exports,
    pub(crate) gate: Arc<Gate>,
}

/// The exports that the host calls, found once.
pub(crate) struct Exports {
    http: Option<HttpExport>,
    event: Option<event_handler::GuestIndices>,
    schedule: Option<schedule_handler::GuestIndices>,
    tests: Option<test_suite::GuestIndices>,
    command: Option<Program>,
}

/// What an app may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Something with a handler, to be called again and again.
    Handlers,
    /// A command, to be run once.
    Command,
}

/// The export that takes requests. A component with several has the first of: the contract's own, WASI 0.3's,
/// WASI 0.2's.
pub(crate) enum HttpExport {
    Atoll(http_handler::GuestIndices),
    Wasi(WasiHandler),
}

impl LoadedApp {
    pub(crate) fn new<B>(
        code: AppCode<B>,
        limits: &Limits,
        pre: InstancePre<CallState>,
        gate: Arc<Gate>,
        expected: Expected,
    ) -> Result<Self, RuntimeError> {
        let exports = match expected {
            Expected::Handlers => Exports::find(&pre)?,
            Expected::Command => Exports::command(&pre)?,
        };
        let mut variables =
            code.manifest.backend.as_ref().map(|backend| backend.vars.clone()).unwrap_or_default();
        variables.extend(code.variables);
        let redaction = Arc::new(Redaction::new(&code.secrets));
        variables.extend(code.secrets);
        Ok(Self {
            name: code.app,
            revision: code.revision,
            limits: code.manifest.limits(limits),
            manifest: code.manifest,
            variables: variables.into_iter().collect(),
            redaction,
            pre,
            exports,
            gate,
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &AppName {
        &self.name
    }

    /// Its revision.
    #[must_use]
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Its manifest.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What each of its calls may use.
    #[must_use]
    pub fn limits(&self) -> AppLimits {
        self.limits
    }

    /// Whether a capability is granted to it.
    #[must_use]
    pub fn is_granted(&self, capability: Capability) -> bool {
        self.manifest.grants_capability(capability)
    }

    pub(crate) fn http(&self) -> Result<&HttpExport, CallError> {
        self.exports.http.as_ref().ok_or_else(|| self.no_handler("fetch"))
    }

    /// The contract's own export.
    pub(crate) fn atoll_http(&self) -> Result<&http_handler::GuestIndices, CallError> {
        match self.http()? {
            HttpExport::Atoll(handler) => Ok(handler),
            HttpExport::Wasi(_) => Err(self.no_handler("fetch")),
        }
    }

    pub(crate) fn event(&self) -> Result<&event_handler::GuestIndices, CallError> {
        self.exports.event.as_ref().ok_or_else(|| self.no_handler("event"))
    }

    pub(crate) fn schedule(&self) -> Result<&schedule_handler::GuestIndices, CallError> {
        self.exports.schedule.as_ref().ok_or_else(|| self.no_handler("scheduled"))
    }

    pub(crate) fn tests(&self) -> Result<&test_suite::GuestIndices, CallError> {
        self.exports.tests.as_ref().ok_or_else(|| self.no_handler("test"))
    }

    pub(crate) fn command(&self) -> Result<&Program, CallError> {
        self.exports.command.as_ref().ok_or_else(|| self.no_handler("command"))
    }

    fn no_handler(&self, handler: &'static str) -> CallError {
        CallError::NoHandler { app: self.name.clone(), handler }
    }
}

impl std::fmt::Debug for LoadedApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Variables hold secrets.
        f.debug_struct("LoadedApp")
            .field("name", &self.name)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

impl Exports {
    fn find(pre: &InstancePre<CallState>) -> Result<Self, RuntimeError> {
        let component = pre.component();
        let exports = Self {
            http: HttpExport::find(pre)?,
            event: optional(component, EVENT_HANDLER, || event_handler::GuestIndices::new(pre))?,
            schedule: optional(component, SCHEDULE_HANDLER, || schedule_handler::GuestIndices::new(pre))?,
            tests: optional(component, TEST_SUITE, || test_suite::GuestIndices::new(pre))?,
            command: None,
        };
        if exports.http.is_none() && exports.event.is_none() && exports.schedule.is_none() {
            return Err(nothing_to_call(component));
        }
        Ok(exports)
    }

    fn command(pre: &InstancePre<CallState>) -> Result<Self, RuntimeError> {
        let component = pre.component();
        let command = match optional(component, WASI_0_3_RUN, || run_p3::GuestIndices::new(pre))? {
            Some(p3) => Some(Program::P3(p3)),
            None => optional(component, WASI_0_2_RUN, || run_p2::GuestIndices::new(pre))?.map(Program::P2),
        };
        if command.is_none() {
            return Err(RuntimeError::NoCommand);
        }
        Ok(Self { http: None, event: None, schedule: None, tests: None, command })
    }
}

const HTTP_HANDLER: &str = "atoll:app/http-handler@0.1.0";
const EVENT_HANDLER: &str = "atoll:app/event-handler@0.1.0";
const SCHEDULE_HANDLER: &str = "atoll:app/schedule-handler@0.1.0";
const TEST_SUITE: &str = "atoll:app/test-suite@0.1.0";
const WASI_0_2_HANDLER: &str = "wasi:http/incoming-handler@0.2.0";
const WASI_0_3_HANDLER: &str = "wasi:http/handler@0.3.0";
const WASI_0_2_RUN: &str = "wasi:cli/run@0.2.0";
const WASI_0_3_RUN: &str = "wasi:cli/run@0.3.0";

impl HttpExport {
    fn find(pre: &InstancePre<CallState>) -> Result<Option<Self>, RuntimeError> {
        let component = pre.component();
        if let Some(ours) = optional(component, HTTP_HANDLER, || http_handler::GuestIndices::new(pre))? {
            return Ok(Some(Self::Atoll(ours)));
        }
        if let Some(p3) = optional(component, WASI_0_3_HANDLER, || handler::GuestIndices::new(pre))? {
            return Ok(Some(Self::Wasi(WasiHandler::P3(p3))));
        }
        let p2 = optional(component, WASI_0_2_HANDLER, || incoming_handler::GuestIndices::new(pre))?;
        Ok(p2.map(|p2| Self::Wasi(WasiHandler::P2(p2))))
    }
}

fn nothing_to_call(component: &Component) -> RuntimeError {
    let exports = component.component_type();
    let mut names = exports.exports(component.engine()).map(|(name, _)| name.to_owned());
    match names.find(|name| name.starts_with("wasi:cli/run@")) {
        Some(export) => RuntimeError::Command { export },
        None => RuntimeError::NothingToCall,
    }
}

/// An export may be absent; of another type it may not be.
fn optional<T>(
    component: &Component,
    name: &str,
    find: impl FnOnce() -> wasmtime::Result<T>,
) -> Result<Option<T>, RuntimeError> {
    if component.get_export_index(None, name).is_none() {
        return Ok(None);
    }
    find().map(Some).map_err(|error| RuntimeError::WrongType(format!("{error:#}")))
}
