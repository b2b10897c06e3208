//! What is told about one app: the document of `GET /api/v1/apps/{app}/metrics`.

use std::collections::BTreeMap;

use atoll_model::Revision;
use jiff::Timestamp;
use serde::Serialize;

use super::{
    SAMPLE,
    app_series::AppSeries,
    calls::{KINDS, KindTotals},
    histogram::HistogramTotals,
    recent::Sample,
};

/// What an app's calls have cost since the host was started.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AppMetrics {
    /// When this was told.
    pub time: Timestamp,
    /// Since when it is counted.
    pub since: Timestamp,
    /// All revisions together.
    pub total: CallTotals,
    /// Each revision that was called, oldest first.
    pub revisions: Vec<RevisionMetrics>,
    /// How long each of `samples` is, in seconds.
    pub sample_seconds: u64,
    /// The last hour, oldest first; a minute without calls is left out, and the last one may still grow.
    pub samples: Vec<MinuteSample>,
}

/// One revision of an app.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RevisionMetrics {
    /// Which; `None` for all the older ones that are not told apart any more.
    pub revision: Option<Revision>,
    /// All kinds of calls together.
    pub total: CallTotals,
    /// By kind: `http`, `event`, `schedule`.
    pub kinds: BTreeMap<&'static str, CallTotals>,
}

/// What some calls have cost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallTotals {
    /// How many there were, refused ones counted.
    pub calls: u64,
    /// Those that the app is to blame for: it failed, or reached a limit of its own.
    pub failures: u64,
    /// How they ended; classes that never came are left out.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// CPU time, in milliseconds.
    pub cpu_ms: Distribution,
    /// Wall-clock time, waiting for a place not counted, in milliseconds.
    pub wall_ms: Distribution,
    /// Waiting for a place, in milliseconds.
    pub queued_ms: Distribution,
    /// Peak memory, in bytes.
    pub memory_bytes: Distribution,
    /// wasmtime fuel.
    pub fuel: u64,
    /// Calls into the host.
    pub host_calls: u64,
    /// Bytes of requests' bodies.
    pub bytes_in: u64,
    /// Bytes of responses' bodies.
    pub bytes_out: u64,
    /// Outbound HTTP requests.
    pub outbound_requests: u64,
}

/// How a figure is spread. Percentiles are estimated from a histogram; all is zero when there were no calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Distribution {
    /// All of it.
    pub sum: f64,
    /// Of one call, on average.
    pub mean: f64,
    /// Half of the calls had no more.
    pub p50: f64,
    /// 95 of 100 calls had no more.
    pub p95: f64,
    /// 99 of 100 calls had no more.
    pub p99: f64,
    /// The most that a call had.
    pub max: f64,
}

/// One minute of an app.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MinuteSample {
    /// When it began.
    pub start: Timestamp,
    /// Calls that ended in it.
    pub calls: u64,
    /// Those that the app is to blame for.
    pub failures: u64,
    /// Those that were turned away, or whose caller went away, before they ran.
    pub not_run: u64,
    /// Their CPU time, in milliseconds.
    pub cpu_ms: f64,
    /// Half of them took no longer, in milliseconds.
    pub wall_ms_p50: f64,
    /// 95 of 100 took no longer, in milliseconds.
    pub wall_ms_p95: f64,
    /// wasmtime fuel.
    pub fuel: u64,
    /// The most memory that one of them had.
    pub memory_bytes_max: u64,
    /// Bytes of requests' bodies.
    pub bytes_in: u64,
    /// Bytes of responses' bodies.
    pub bytes_out: u64,
}

const NS_PER_MS: f64 = 1e6;

impl AppMetrics {
    pub(crate) fn new(
        series: Option<&AppSeries>,
        since: Timestamp,
        start_of: impl Fn(u64) -> Timestamp,
        minute: u64,
    ) -> Self {
        let revisions = series.into_iter().flat_map(AppSeries::revisions);
        let samples = series.map(|series| series.samples(minute)).unwrap_or_default();
        Self {
            time: Timestamp::now(),
            since,
            total: CallTotals::new(&series.map(AppSeries::totals).unwrap_or_default()),
            revisions: revisions
                .map(|(revision, series)| RevisionMetrics::new(revision, &series.totals()))
                .collect(),
            sample_seconds: SAMPLE.as_secs(),
            samples: samples
                .iter()
                .map(|sample| MinuteSample::new(start_of(sample.minute), sample))
                .collect(),
        }
    }
}

impl RevisionMetrics {
    fn new(revision: Option<Revision>, kinds: &[Option<KindTotals>]) -> Self {
        let mut total = KindTotals::default();
        for kind in kinds.iter().flatten() {
            total.add(kind);
        }
        let kinds = KINDS.iter().zip(kinds);
        Self {
            revision,
            total: CallTotals::new(&total),
            kinds: kinds
                .filter_map(|((_, label), totals)| Some((*label, CallTotals::new(totals.as_ref()?))))
                .collect(),
        }
    }
}

impl CallTotals {
    fn new(totals: &KindTotals) -> Self {
        Self {
            calls: totals.calls(),
            failures: totals.failures(),
            outcomes: totals.outcomes().map(|(outcome, count)| (outcome.as_str(), count)).collect(),
            cpu_ms: Distribution::new(&totals.cpu, NS_PER_MS),
            wall_ms: Distribution::new(&totals.wall, NS_PER_MS),
            queued_ms: Distribution::new(&totals.queued, NS_PER_MS),
            memory_bytes: Distribution::new(&totals.memory, 1.0),
            fuel: totals.fuel,
            host_calls: totals.host_calls,
            bytes_in: totals.bytes_in,
            bytes_out: totals.bytes_out,
            outbound_requests: totals.outbound_requests,
        }
    }
}

impl Distribution {
    fn new(histogram: &HistogramTotals, unit: f64) -> Self {
        let quantile = |q| histogram.quantile(q).unwrap_or(0.0) / unit;
        let sum = histogram.sum as f64 / unit;
        Self {
            sum,
            mean: sum / histogram.count().max(1) as f64,
            p50: quantile(0.5),
            p95: quantile(0.95),
            p99: quantile(0.99),
            max: histogram.max as f64 / unit,
        }
    }
}

impl MinuteSample {
    fn new(start: Timestamp, sample: &Sample) -> Self {
        Self {
            start,
            calls: sample.calls,
            failures: sample.failures,
            not_run: sample.not_run,
            cpu_ms: sample.cpu_ns as f64 / NS_PER_MS,
            wall_ms_p50: sample.wall_p50_ns / NS_PER_MS,
            wall_ms_p95: sample.wall_p95_ns / NS_PER_MS,
            fuel: sample.fuel,
            memory_bytes_max: sample.memory_bytes_max,
            bytes_in: sample.bytes_in,
            bytes_out: sample.bytes_out,
        }
    }
}
