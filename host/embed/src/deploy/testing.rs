//! An app's own tests: each in a fresh instance, with empty KV, a freshly migrated database, a bus that checks schemas
//! and delivers to nobody, and placeholders of secrets that nothing fills in.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use async_trait::async_trait;
use atoll_build::EventSchema;
use atoll_model::{AppName, Bundle, CapabilityError, EventDraft, EventType, Limits, Revision, SourceMaps};
use atoll_outbound::Placeholders;
use atoll_runtime::{AppCode, Capabilities, LoadedApp, NoNetwork, Publisher, RecordingPublisher};
use atoll_store::{Ephemeral, Migration};

use crate::{
    Host, HostError, SchemaMismatch, TestReport, TestResult,
    adapters::{self, EphemeralState},
    stack_traces::{self, TranslatedLog},
};

impl Host {
    pub(super) async fn run_tests(
        &self,
        bundle: &Bundle,
        migrations: &[Migration],
    ) -> Result<TestReport, HostError> {
        let Some(backend) = bundle.tests.clone() else {
            // Migrations are tried even where nothing tests them.
            self.ephemeral(bundle, migrations).await?;
            return Ok(TestReport::default());
        };
        let maps = stack_traces::maps_of(&backend).map(Arc::new);
        // Not the host's own: what a test prints of one must not open anything.
        let placeholders = Placeholders::new().map_err(|error| HostError::Internal(error.to_string()))?;
        let manifest = bundle.manifest.clone();
        let variables = adapters::placeholders(&manifest.name, &manifest.grants, &placeholders);
        let (app, revision) = (manifest.name.clone(), Revision(0));
        let secrets = BTreeMap::new();
        let code = AppCode { app, revision, manifest, backend, variables, secrets };
        let app = self.inner.runtime.load_once(code).await?;
        let names = self.inner.runtime.test_names(&app).await?.value;
        let mut report = TestReport::default();
        for name in names {
            let start = Instant::now();
            let failure = self.run_test(bundle, migrations, (&app, maps.as_ref()), &name).await?;
            let duration_ms = start.elapsed().as_secs_f64() * 1e3;
            report.tests.push(TestResult { name, failure, duration_ms });
        }
        Ok(report)
    }

    async fn run_test(
        &self,
        bundle: &Bundle,
        migrations: &[Migration],
        (app, maps): (&Arc<LoadedApp>, Option<&Arc<SourceMaps>>),
        name: &str,
    ) -> Result<Option<String>, HostError> {
        let state = self.ephemeral(bundle, migrations).await?;
        let capabilities = Capabilities {
            kv: Arc::new(EphemeralState(Arc::clone(&state))),
            sql: Arc::new(EphemeralState(state)),
            bus: Arc::new(TestBus::new(bundle, self.limits())),
            http: Arc::new(NoNetwork("an app's tests reach no network")),
            logs: Arc::new(TranslatedLog { maps: maps.cloned(), log: Arc::clone(&self.inner.logs) as _ }),
        };
        let translated =
            |stack: &str| maps.map_or_else(|| stack.to_owned(), |maps| maps.translate(stack).into_owned());
        Ok(match self.inner.runtime.run_test(app, name, &capabilities).await {
            Ok(handled) => handled.value.err().map(|failure| match failure.stack.trim() {
                "" => failure.message,
                stack => format!("{}\n{}", failure.message, translated(stack)),
            }),
            Err(error) => Some(error.to_string()),
        })
    }

    async fn ephemeral(
        &self,
        bundle: &Bundle,
        migrations: &[Migration],
    ) -> Result<Arc<Ephemeral>, HostError> {
        let state = Ephemeral::open(&bundle.manifest.name, migrations, self.limits()).await;
        state.map(Arc::new).map_err(super::refuse_migration)
    }
}

/// The bus of one test: it refuses what the host's would, and nobody hears the rest.
struct TestBus {
    published: RecordingPublisher,
    schemas: BTreeMap<EventType, EventSchema>,
}

impl TestBus {
    fn new(bundle: &Bundle, limits: &Limits) -> Self {
        let publishes = bundle.manifest.events.publishes.iter();
        let schema = |path: &str| EventSchema::parse(bundle.source.get(path)?, limits).ok();
        let schemas = publishes.filter_map(|publish| {
            Some((publish.event_type.clone(), schema(publish.schema.as_ref()?.as_str())?))
        });
        Self { published: RecordingPublisher::default(), schemas: schemas.collect() }
    }
}

#[async_trait]
impl Publisher for TestBus {
    async fn publish(&self, app: &AppName, draft: EventDraft) -> Result<String, CapabilityError> {
        let schema = self.schemas.get(&draft.event_type);
        let violations = schema.map(|schema| schema.violations(&draft.data)).unwrap_or_default();
        if violations.is_empty() {
            return self.published.publish(app, draft).await;
        }
        let (event_type, app) = (draft.event_type, app.clone());
        Err(CapabilityError::Invalid(SchemaMismatch { event_type, app, violations }.to_string()))
    }
}
