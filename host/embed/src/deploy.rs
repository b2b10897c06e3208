//! The pipeline from a source folder to a revision that answers: build → test, and compile beside → store →
//! switch.
//!
//! Nothing is switched before everything that can fail has been tried: the source is built, its tests have
//! passed in the sandbox, and the new code is compiled and linked. A failure leaves the running revision as it was.

mod testing;

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use atoll_build::TypeCheck;
use atoll_model::{AppName, Bundle, Diagnostic, Manifest, Revision, SecretGrant, SourceTree};
use atoll_runtime::AppCode;
use atoll_store::Migration;

use crate::{Change, DeployOptions, Deployed, GenerationState, Host, HostError, TestReport, Timings};

type Observe<'a> = &'a (dyn Fn(GenerationState) + Sync);

impl Host {
    /// Deploys a source folder. The old revision answers until the new one is ready; requests that run go on
    /// on the revision they started on.
    ///
    /// # Errors
    /// [`HostError::Rejected`] with every finding when the source is refused: manifest, syntax, scan, top
    /// level, component, migration, failing test. The running revision is then as it was.
    pub async fn deploy(&self, source: SourceTree, options: DeployOptions) -> Result<Deployed, HostError> {
        self.deploy_observed(source, options, &|_| {}).await
    }

    pub(crate) async fn deploy_observed(
        &self,
        source: SourceTree,
        options: DeployOptions,
        observe: Observe<'_>,
    ) -> Result<Deployed, HostError> {
        let start = Instant::now();
        let mut timings = Timings::default();

        observe(GenerationState::Validating);
        let source = match &options.name {
            Some(name) => renamed(source, name, self)?,
            None => source,
        };
        let bundle = self.build(source).await?;
        timings.build_ms = milliseconds(start);
        let migrations = Migration::of(&bundle.source);

        let step = Instant::now();
        let tests = async {
            if options.run_tests {
                self.run_tests(&bundle, &migrations).await
            } else {
                Ok(TestReport::default())
            }
        };
        let tried = async { tokio::try_join!(tests, self.rehearse_load(&bundle)) };
        let (tests, ()) = tried.await.map_err(refuse_component)?;
        refuse_failures(&tests, &bundle.diagnostics)?;
        timings.test_ms = milliseconds(step);

        observe(GenerationState::Packaging);
        let _switching = self.inner.switching.lock().await;
        let step = Instant::now();
        let app = bundle.manifest.name.clone();
        let event_warnings = self.inner.event_schemas.warnings(&bundle).await?;
        let stored = self.inner.store.deploy(&bundle).await.map_err(refuse_migration)?;
        timings.store_ms = milliseconds(step);

        observe(GenerationState::Deploying);
        let step = Instant::now();
        if !stored.unchanged {
            self.inner.metering.deployed(&app);
            self.switch(&app, &bundle.manifest).await?;
            self.tell(Change::Deployed { app: app.clone(), revision: stored.revision });
        }
        timings.load_ms = milliseconds(step);
        timings.total_ms = milliseconds(start);
        let hash = bundle.source.hash();
        let mut diagnostics = bundle.diagnostics;
        diagnostics.extend(event_warnings);
        diagnostics.extend(self.missing_secrets(&app, &bundle.manifest).await?);
        Ok(Deployed {
            app,
            revision: stored.revision,
            unchanged: stored.unchanged,
            hash,
            diagnostics,
            timings,
            tests,
        })
    }

    /// Everything a source is checked for without running it.
    ///
    /// # Errors
    /// [`HostError::Internal`] only: findings are the answer, not an error.
    pub async fn check(&self, source: SourceTree) -> Result<Vec<Diagnostic>, HostError> {
        let builder = Arc::clone(&self.inner.builder);
        tokio::task::spawn_blocking(move || builder.check(&source))
            .await
            .map_err(|error| HostError::Internal(error.to_string()))
    }

    /// Checks a source's types with the TypeScript compiler of this machine, where there is one. It reads
    /// whatever files the sources name, so it is for the owner's own sources, not for strangers'.
    ///
    /// # Errors
    /// [`HostError::Internal`] only: findings, and that it was skipped, are the answer.
    pub async fn type_check(&self, source: SourceTree) -> Result<TypeCheck, HostError> {
        let builder = Arc::clone(&self.inner.builder);
        tokio::task::spawn_blocking(move || builder.type_check(&source))
            .await
            .map_err(|error| HostError::Internal(error.to_string()))
    }

    /// Builds a source and runs its tests, without deploying it.
    ///
    /// # Errors
    /// [`HostError::Rejected`] when it does not build or a migration fails; failing tests are the answer.
    pub async fn test(&self, source: SourceTree) -> Result<TestReport, HostError> {
        let bundle = self.build(source).await?;
        let migrations = Migration::of(&bundle.source);
        self.run_tests(&bundle, &migrations).await
    }

    async fn build(&self, source: SourceTree) -> Result<Bundle, HostError> {
        let builder = Arc::clone(&self.inner.builder);
        tokio::task::spawn_blocking(move || builder.build(source))
            .await
            .map_err(|error| HostError::Internal(error.to_string()))?
            .map_err(|failure| HostError::Rejected { diagnostics: failure.diagnostics })
    }

    /// Loads the backend before anything is stored: one that cannot be linked is refused while the old revision
    /// answers, and the switch only maps what was compiled here.
    async fn rehearse_load(&self, bundle: &Bundle) -> Result<(), HostError> {
        let Some(backend) = bundle.backend.clone() else { return Ok(()) };
        let manifest = bundle.manifest.clone();
        let (app, variables) = (manifest.name.clone(), BTreeMap::new());
        let secrets = BTreeMap::new();
        let code = AppCode { app, revision: Revision(0), manifest, backend, variables, secrets };
        self.inner.runtime.load(code).await?;
        Ok(())
    }

    /// A warning for each secret that the manifest grants and that has no value.
    async fn missing_secrets(
        &self,
        app: &AppName,
        manifest: &Manifest,
    ) -> Result<Vec<Diagnostic>, HostError> {
        let missing = self.inner.secrets.missing(app, &manifest.grants).await.map_err(HostError::Internal)?;
        let warning = |secret: &SecretGrant| {
            let name = &secret.name;
            Diagnostic::warning("secrets", format!("the secret {name} is granted and not set"))
                .with_hint(format!("set it: atoll secrets set {app} {name}"))
        };
        Ok(missing.into_iter().map(warning).collect())
    }

    /// The new revision answers, and hears its events, from here on.
    async fn switch(&self, app: &AppName, manifest: &Manifest) -> Result<(), HostError> {
        self.inner.apps.evict(app);
        self.inner.apps.get(app).await?;
        let patterns: Vec<_> = manifest.events.subscribes.iter().map(|s| s.event_type.clone()).collect();
        if manifest.backend.is_some() && !patterns.is_empty() {
            self.inner.bus.subscribe_app_from(app, &patterns, manifest.subscribes_from()).await?;
        } else {
            self.inner.bus.unsubscribe_app(app).await?;
        }
        self.inner.event_schemas.set(app, Some(manifest));
        self.inner.schedules.set(app, manifest).await
    }
}

/// A component that cannot run here, or wants what it is not granted, is its author's to correct.
fn refuse_component(error: HostError) -> HostError {
    match error {
        HostError::Runtime(error) if error.is_of_component() => HostError::Backend(error),
        other => other,
    }
}

/// A migration at fault is its author's to correct.
fn refuse_migration(error: atoll_store::StoreError) -> HostError {
    if !error.is_migration() {
        return error.into();
    }
    let diagnostic = Diagnostic::error("migration", error.to_string())
        .with_hint("correct the migration; one that ran already must stay as it was, so add a new file");
    HostError::Rejected { diagnostics: vec![diagnostic] }
}

/// A failing test stops a deploy.
fn refuse_failures(report: &TestReport, others: &[Diagnostic]) -> Result<(), HostError> {
    let mut diagnostics: Vec<Diagnostic> = report
        .failures()
        .map(|test| {
            let failure = test.failure.as_deref().unwrap_or_default();
            Diagnostic::error("test", format!("the test {:?} failed: {failure}", test.name))
                .with_hint("correct the app or the test; the running revision is as it was")
        })
        .collect();
    if diagnostics.is_empty() {
        return Ok(());
    }
    diagnostics.extend_from_slice(others);
    Err(HostError::Rejected { diagnostics })
}

/// The same source under another name.
fn renamed(mut source: SourceTree, name: &AppName, host: &Host) -> Result<SourceTree, HostError> {
    let file = atoll_model::manifest::FILE;
    let Some(text) = source.text(file) else { return Ok(source) };
    let text = atoll_model::manifest::rename(text, name);
    source.replace(file, text, host.limits()).map_err(|error| HostError::Rejected {
        diagnostics: vec![Diagnostic::error("manifest", error.to_string())],
    })?;
    Ok(source)
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
