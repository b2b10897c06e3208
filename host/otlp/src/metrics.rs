//! The host's metrics as OTLP writes them. The host has counted them already, in histograms of its own, so they are
//! translated and not counted again by an SDK's instruments.

use std::time::Duration;

use atoll::{HistogramPoint, Host, MetricFamily, MetricPoint, MetricValue};
use http::{HeaderMap, HeaderValue, Request, header};
use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value},
    metrics::v1::{
        AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint,
        ResourceMetrics, ScopeMetrics, Sum, metric::Data, number_data_point::Value,
    },
    resource::v1::Resource,
};
use prost::Message as _;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::{SCOPE, sender::Sender};

/// Sends a host's metrics.
#[derive(Debug)]
pub(crate) struct MetricsExport {
    pub(crate) endpoint: String,
    pub(crate) headers: HeaderMap,
    pub(crate) interval: Duration,
    pub(crate) resource: Resource,
    pub(crate) sender: Sender,
}

impl MetricsExport {
    /// At the interval, one after the other, and once more at the end.
    pub(crate) async fn run(self, host: Host, stopping: CancellationToken) {
        let mut ticks = tokio::time::interval(self.interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.reset();
        loop {
            tokio::select! {
                _ = ticks.tick() => self.export(&host).await,
                () = stopping.cancelled() => return self.export(&host).await,
            }
        }
    }

    async fn export(&self, host: &Host) {
        let body = self.message(host.metrics().await, Times::of(host)).encode_to_vec();
        let mut request = match Request::post(&self.endpoint).body(body.into()) {
            Ok(request) => request,
            Err(error) => return tracing::error!(%error, "the endpoint of the metrics is no URL"),
        };
        request.headers_mut().extend(self.headers.clone());
        let protobuf = HeaderValue::from_static("application/x-protobuf");
        request.headers_mut().insert(header::CONTENT_TYPE, protobuf);
        // It has said what went wrong. The figures are sums: the next export makes up for this one.
        let _ = self.sender.send(request).await;
    }

    fn message(&self, families: Vec<MetricFamily>, times: Times) -> ExportMetricsServiceRequest {
        let metrics = families.into_iter().filter(|family| !family.points.is_empty());
        let scope = InstrumentationScope {
            name: SCOPE.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            ..InstrumentationScope::default()
        };
        let scope_metrics = ScopeMetrics {
            scope: Some(scope),
            metrics: metrics.map(|family| metric(family, times)).collect(),
            ..ScopeMetrics::default()
        };
        ExportMetricsServiceRequest {
            resource_metrics: vec![ResourceMetrics {
                resource: Some(self.resource.clone()),
                scope_metrics: vec![scope_metrics],
                ..ResourceMetrics::default()
            }],
        }
    }
}

/// In nanoseconds of Unix time: since when is counted, and now.
#[derive(Clone, Copy)]
struct Times {
    start: u64,
    now: u64,
}

impl Times {
    fn of(host: &Host) -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let nanos = |nanos: i128| u64::try_from(nanos).unwrap_or(0);
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        Self { start: nanos(host.started().as_nanosecond()), now }
    }
}

fn metric(family: MetricFamily, times: Times) -> Metric {
    let temporality = AggregationTemporality::Cumulative.into();
    let data = match family.points.first().map(|point| &point.value) {
        Some(MetricValue::Histogram(_)) => {
            let data_points = family.points.into_iter().filter_map(|p| histogram(p, times)).collect();
            Data::Histogram(Histogram { data_points, aggregation_temporality: temporality })
        }
        Some(MetricValue::Gauge(_)) => {
            let data_points = family.points.into_iter().filter_map(|p| number(p, times)).collect();
            Data::Gauge(Gauge { data_points })
        }
        Some(MetricValue::Counter(_)) | None => {
            let data_points = family.points.into_iter().filter_map(|p| number(p, times)).collect();
            Data::Sum(Sum { data_points, aggregation_temporality: temporality, is_monotonic: true })
        }
    };
    Metric {
        name: family.name.into(),
        description: family.help.into(),
        unit: if family.unit.is_empty() { "1".into() } else { family.unit.into() },
        data: Some(data),
        ..Metric::default()
    }
}

fn number(point: MetricPoint, times: Times) -> Option<NumberDataPoint> {
    let (MetricValue::Counter(value) | MetricValue::Gauge(value)) = point.value else { return None };
    Some(NumberDataPoint {
        attributes: attributes(point.labels),
        start_time_unix_nano: times.start,
        time_unix_nano: times.now,
        value: Some(Value::AsDouble(value)),
        ..NumberDataPoint::default()
    })
}

fn histogram(point: MetricPoint, times: Times) -> Option<HistogramDataPoint> {
    let MetricValue::Histogram(histogram) = point.value else { return None };
    let count = histogram.count();
    let HistogramPoint { bounds, counts, sum, max } = histogram;
    Some(HistogramDataPoint {
        attributes: attributes(point.labels),
        start_time_unix_nano: times.start,
        time_unix_nano: times.now,
        count,
        sum: Some(sum),
        bucket_counts: counts,
        explicit_bounds: bounds,
        max: (count > 0).then_some(max),
        ..HistogramDataPoint::default()
    })
}

fn attributes(labels: Vec<(&'static str, String)>) -> Vec<KeyValue> {
    let pair = |(name, value): (&str, String)| KeyValue {
        key: name.into(),
        value: Some(AnyValue { value: Some(any_value::Value::StringValue(value)) }),
        ..KeyValue::default()
    };
    labels.into_iter().map(pair).collect()
}
