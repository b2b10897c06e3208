//! Traces and metrics of a host to an OpenTelemetry collector, over OTLP/HTTP with protobuf.
//!
//! In: [`OtlpConfig`], from `--otlp` or the standard environment variables; a host. Out: batches of spans, and all
//! metrics of the host at an interval. Off unless an endpoint is named: then nothing is made and no connection is
//! opened.
//!
//! A collector that is slow, wrong or gone costs the host nothing but a warning now and then: spans wait in a queue
//! of `traces_queue_max` and are dropped beyond it, each export has `telemetry_export_ms`, and there is one of each
//! kind at a time. [`Otlp::shutdown`] sends what is left within the same time. Deliberately absent: making spans and
//! counting calls, which the host does for any tracer ([`atoll::HostBuilder::tracer`]) and any reader
//! ([`atoll::Host::metrics`]); gRPC; logs.

mod config;
mod metrics;
mod sender;

use std::time::Duration;

use atoll::{
    Host, Limits,
    opentelemetry::{KeyValue, global::BoxedTracer, trace::TracerProvider as _},
};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use config::{OtlpConfig, OtlpError};

use metrics::MetricsExport;
use sender::Sender;

/// Who makes the spans.
const SCOPE: &str = "atoll";

/// A running export. Drop it without [`Otlp::shutdown`], and what waits is lost.
#[derive(Debug)]
pub struct Otlp {
    traces: Option<SdkTracerProvider>,
    metrics: Option<MetricsExport>,
    task: Option<JoinHandle<()>>,
    stopping: CancellationToken,
    patience: Duration,
}

impl Otlp {
    /// Starts to take spans. Must be called within a Tokio runtime, which sends them.
    ///
    /// # Errors
    /// [`OtlpError`] when the client cannot be made.
    pub fn start(config: OtlpConfig, limits: &Limits) -> Result<Self, OtlpError> {
        let patience = config.timeout.unwrap_or(Duration::from_millis(limits.telemetry_export_ms));
        let sender = Sender::new(patience)?;
        let resource = resource();
        let traces = config.traces.map(|endpoint| {
            let exporter = SpanExporter::builder()
                .with_http()
                .with_protocol(Protocol::HttpBinary)
                .with_endpoint(endpoint)
                .with_timeout(patience)
                .with_http_client(sender.clone())
                .build()
                .map_err(|error| OtlpError::Client(error.to_string()))?;
            let batches = BatchConfigBuilder::default();
            let batches = if std::env::var_os("OTEL_BSP_MAX_QUEUE_SIZE").is_none() {
                batches.with_max_queue_size(limits.traces_queue_max.max(1))
            } else {
                batches
            };
            let processor = BatchSpanProcessor::builder(exporter).with_batch_config(batches.build()).build();
            let provider = SdkTracerProvider::builder().with_span_processor(processor);
            Ok(provider.with_resource(resource.clone()).build())
        });
        let metrics = config.metrics.map(|endpoint| MetricsExport {
            endpoint,
            headers: config.metrics_headers,
            interval: config.metrics_interval,
            resource: (&resource).into(),
            sender,
        });
        let traces = traces.transpose()?;
        Ok(Self { traces, metrics, task: None, stopping: CancellationToken::new(), patience })
    }

    /// The tracer for [`atoll::HostBuilder::tracer`]; `None` when traces are off.
    #[must_use]
    pub fn tracer(&self) -> Option<BoxedTracer> {
        self.traces.as_ref().map(|provider| BoxedTracer::new(Box::new(provider.tracer(SCOPE))))
    }

    /// Sends a host's metrics at the interval, from now on.
    pub fn export_metrics(&mut self, host: &Host) {
        if let Some(export) = self.metrics.take() {
            self.task = Some(tokio::spawn(export.run(host.clone(), self.stopping.clone())));
        }
    }

    /// Sends what is left, within the time of one export each.
    pub async fn shutdown(self) {
        self.stopping.cancel();
        if let Some(task) = self.task
            && tokio::time::timeout(self.patience, task).await.is_err()
        {
            tracing::warn!("the last metrics could not be sent in time");
        }
        let Some(provider) = self.traces else { return };
        let patience = self.patience;
        // It blocks, and what it waits for runs here.
        let done = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(patience)).await;
        if let Ok(Err(error)) = done {
            tracing::warn!(%error, "the last spans could not be sent");
        }
    }
}

/// What sends: `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say it, or else the name is `atoll`.
fn resource() -> Resource {
    let named = std::env::var_os("OTEL_SERVICE_NAME").is_some()
        || std::env::var("OTEL_RESOURCE_ATTRIBUTES").is_ok_and(|text| text.contains("service.name="));
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let builder = Resource::builder().with_attribute(version);
    if named { builder.build() } else { builder.with_service_name("atoll").build() }
}
