//! `/metrics` for scrapers, and the metrics of one app for the canvas.
//!
//! The text is OpenMetrics 1.0, which Prometheus and everything that follows it reads; `prometheus-client` writes
//! it. The registry is made anew for each scrape: series of apps come and go, and the figures are the host's.

use atoll::{MetricFamily, MetricValue};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, LabelSetEncoder, MetricEncoder, NoLabelSet, text},
    metrics::MetricType,
    registry::Registry,
};
use serde_json::{Value, json};

use crate::{entry::NO_STORE, extract::App, problem::Problem, state::ServerState};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /metrics`: everything. It names apps, so it is guarded as the control API is.
pub(crate) async fn scrape(State(state): State<ServerState>) -> Result<Response, Problem> {
    let mut families = state.host().metrics().await;
    families.extend(state.metrics());
    let text = write(families).map_err(|error| Problem::internal("the metrics cannot be written", error))?;
    Ok((NO_STORE, [(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

/// `GET /api/v1/apps/{app}/metrics`: what its calls have cost, beside what they may.
pub(crate) async fn of_app(State(state): State<ServerState>, App(app): App) -> Result<Response, Problem> {
    let info = state.host().app(&app).await?;
    let metrics = state.host().app_metrics(&app).await?;
    let mut document = json!({ "app": info.name, "revision": info.revision, "limits": info.limits });
    if let (Value::Object(document), Ok(Value::Object(metrics))) =
        (&mut document, serde_json::to_value(metrics))
    {
        document.extend(metrics);
    }
    Ok((NO_STORE, Json(document)).into_response())
}

fn write(families: Vec<MetricFamily>) -> Result<String, std::fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Families(families)));
    let mut written = String::new();
    text::encode(&mut written, &registry)?;
    Ok(written)
}

#[derive(Debug)]
struct Families(Vec<MetricFamily>);

impl Collector for Families {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        for family in &self.0 {
            // One that has no point yet has no type either.
            let Some(first) = family.points.first() else { continue };
            let kind = match first.value {
                MetricValue::Counter(_) => MetricType::Counter,
                MetricValue::Gauge(_) => MetricType::Gauge,
                MetricValue::Histogram(_) => MetricType::Histogram,
            };
            let mut metric = encoder.encode_descriptor(family.name, family.help, None, kind)?;
            for point in &family.points {
                if point.labels.is_empty() {
                    encode_value(&mut metric, &point.value)?;
                } else {
                    encode_value(&mut metric.encode_family(&Labels(&point.labels))?, &point.value)?;
                }
            }
        }
        Ok(())
    }
}

#[derive(Debug)]
struct Labels<'a>(&'a [(&'static str, String)]);

impl EncodeLabelSet for Labels<'_> {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), std::fmt::Error> {
        self.0.encode(encoder)
    }
}

fn encode_value(metric: &mut MetricEncoder<'_>, value: &MetricValue) -> Result<(), std::fmt::Error> {
    match value {
        MetricValue::Counter(value) => metric.encode_counter::<NoLabelSet, _, f64>(value, None),
        MetricValue::Gauge(value) => metric.encode_gauge(value),
        MetricValue::Histogram(histogram) => {
            let bounds = histogram.bounds.iter().copied().chain([f64::INFINITY]);
            let buckets: Vec<(f64, u64)> = bounds.zip(histogram.counts.iter().copied()).collect();
            metric.encode_histogram::<NoLabelSet>(histogram.sum, histogram.count(), &buckets, None)
        }
    }
}

#[cfg(test)]
mod tests {
    use atoll::{HistogramPoint, MetricPoint};

    use super::*;

    #[test]
    fn the_text_is_as_open_metrics_writes_it() {
        let histogram = HistogramPoint { bounds: vec![0.5, 1.0], counts: vec![2, 0, 1], sum: 4.25, max: 4.0 };
        let families = vec![
            MetricFamily::new("atoll_calls", "Calls", "")
                .counter(&[("app", "a\"b\\c\nd"), ("kind", "http")], 3.0),
            MetricFamily::new("atoll_empty", "Nothing yet", ""),
            MetricFamily::new("atoll_running", "Running now", "").gauge(&[], 2.5),
            MetricFamily {
                points: vec![MetricPoint {
                    labels: vec![("app", "x".into())],
                    value: MetricValue::Histogram(histogram),
                }],
                ..MetricFamily::new("atoll_cpu_seconds", "CPU time", "s")
            },
        ];
        let expected = r#"# HELP atoll_calls Calls
# TYPE atoll_calls counter
atoll_calls_total{app="a\"b\\c\nd",kind="http"} 3.0
# HELP atoll_running Running now
# TYPE atoll_running gauge
atoll_running 2.5
# HELP atoll_cpu_seconds CPU time
# TYPE atoll_cpu_seconds histogram
atoll_cpu_seconds_sum{app="x"} 4.25
atoll_cpu_seconds_count{app="x"} 3
atoll_cpu_seconds_bucket{le="0.5",app="x"} 2
atoll_cpu_seconds_bucket{le="1.0",app="x"} 2
atoll_cpu_seconds_bucket{le="+Inf",app="x"} 3
# EOF
"#;
        assert_eq!(write(families).unwrap(), expected);
    }
}
