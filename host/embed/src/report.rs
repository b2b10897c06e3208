//! What a deploy and a run of tests answer.

use atoll_model::{AppName, ContentHash, Diagnostic, Revision};
use serde::Serialize;

/// How to deploy.
#[derive(Clone, Debug)]
pub struct DeployOptions {
    /// Deploy under this name instead of the manifest's.
    pub name: Option<AppName>,
    /// Run the app's tests first, and refuse the source when one fails.
    pub run_tests: bool,
}

impl Default for DeployOptions {
    fn default() -> Self {
        Self { name: None, run_tests: true }
    }
}

/// A deploy that went through.
#[derive(Clone, Debug, Serialize)]
pub struct Deployed {
    /// The app.
    pub app: AppName,
    /// The revision that answers now.
    pub revision: Revision,
    /// Whether the source was what runs already, so that there is no new revision.
    pub unchanged: bool,
    /// The hash of the source.
    pub hash: ContentHash,
    /// Warnings and notes.
    pub diagnostics: Vec<Diagnostic>,
    /// Where the time went.
    pub timings: Timings,
    /// The app's own tests.
    pub tests: TestReport,
}

/// Milliseconds of each step of a deploy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Timings {
    /// Parse, scan, transpile, resolve, snapshot.
    pub build_ms: f64,
    /// The app's own tests.
    pub test_ms: f64,
    /// Migrations, artifacts, registry.
    pub store_ms: f64,
    /// Loading the new revision into the sandbox.
    pub load_ms: f64,
    /// All of it.
    pub total_ms: f64,
}

/// The results of an app's own tests.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TestReport {
    /// In the order of their definition.
    pub tests: Vec<TestResult>,
}

/// The result of one test.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestResult {
    /// Its name.
    pub name: String,
    /// Why it failed: message and stack. `None` when it passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// How long it took.
    pub duration_ms: f64,
}

impl TestReport {
    /// How many passed.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.tests.iter().filter(|t| t.failure.is_none()).count()
    }

    /// Those that failed.
    pub fn failures(&self) -> impl Iterator<Item = &TestResult> {
        self.tests.iter().filter(|t| t.failure.is_some())
    }
}
