//! For comparison only: the same request many times in one instance. No host calls an app like this; the
//! difference to [`Runtime::fetch`] is what a fresh sandbox costs.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;

use crate::{
    CallError, CallKind, CallTrace, LoadedApp, Runtime,
    bindings::exports::atoll::app::http_handler::Body as GuestBody,
    call_log::CallName,
    http_message,
    invocation::About,
    shared::CallShared,
    stop::Stop,
    task::{Fetch, Task as _},
};

impl Runtime {
    /// Passes a request to an app again and again in one instance, and answers how long each took. Fuel is
    /// refilled, and CPU time and host calls are counted anew, for each.
    ///
    /// # Errors
    /// [`CallError`] of the first request that failed.
    #[doc(hidden)]
    pub async fn fetch_in_one_instance(
        &self,
        app: &Arc<LoadedApp>,
        request: &http::Request<Bytes>,
        times: usize,
    ) -> Result<Vec<Duration>, CallError> {
        let handler = app.atoll_http()?;
        let about = About {
            kind: CallKind::Http,
            name: CallName::Other("warm reuse".into()),
            hops_of_published: 0,
            capabilities: Arc::clone(&self.capabilities),
            trace: CallTrace::default(),
        };
        let failed = |stop| match stop {
            Stop::Call(error) => error,
            Stop::Wasm(error) => CallError::Trapped { message: format!("{error:#}"), stack: String::new() },
        };
        let mut store = self
            .store(app, about, &Arc::new(CallShared::default()))
            .map_err(|error| failed(Stop::Wasm(error)))?;
        let instance =
            app.pre.instantiate_async(&mut store).await.map_err(|error| failed(Stop::Wasm(error)))?;
        let mut took = Vec::with_capacity(times);
        for _ in 0..times {
            store.set_fuel(app.limits.fuel).map_err(|error| failed(Stop::Wasm(error)))?;
            let started = Instant::now();
            let (parts, body) = request.clone().into_parts();
            let body = if body.is_empty() { GuestBody::None } else { GuestBody::Bytes(body.into()) };
            let request = http_message::request(&parts, body);
            let shared = Arc::new(CallShared::default());
            store.data_mut().reset_counts(Arc::clone(&shared));
            let task = Fetch { handler: handler.clone(), request };
            shared.meter.measure(task.run(&mut store, &instance), drop).await.map_err(failed)?;
            took.push(started.elapsed());
        }
        Ok(took)
    }
}
