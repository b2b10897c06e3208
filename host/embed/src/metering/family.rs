//! Metrics as every scraper and collector knows them: families of points with labels. Whoever writes a format
//! (Prometheus' text, OTLP) walks over these.

use super::{
    Outcome,
    calls::KindTotals,
    histogram::{Bounds, HistogramTotals},
};

/// Metrics of one name.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricFamily {
    /// The name after Prometheus' conventions, its unit last, without the `_total` of counters.
    pub name: &'static str,
    /// One sentence, without a full stop.
    pub help: &'static str,
    /// The unit as UCUM writes it (`s`, `By`); empty for what is only counted.
    pub unit: &'static str,
    /// One for each set of labels.
    pub points: Vec<MetricPoint>,
}

/// One metric of a family.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricPoint {
    /// Its labels, in the same order in all points of a family.
    pub labels: Vec<(&'static str, String)>,
    /// Its value. All points of a family are of one kind.
    pub value: MetricValue,
}

/// The value of a metric.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricValue {
    /// Only grows while the host runs.
    Counter(f64),
    /// As it is now.
    Gauge(f64),
    /// How observations are spread.
    Histogram(HistogramPoint),
}

/// A histogram.
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramPoint {
    /// Upper bounds of the buckets, rising, each belonging to its bucket.
    pub bounds: Vec<f64>,
    /// Observations in each bucket alone; one more than there are bounds.
    pub counts: Vec<u64>,
    /// The sum of all observations.
    pub sum: f64,
    /// The largest observation; 0 when there was none.
    pub max: f64,
}

impl HistogramPoint {
    /// How many observations there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}

impl MetricFamily {
    /// A family without points.
    #[must_use]
    pub fn new(name: &'static str, help: &'static str, unit: &'static str) -> Self {
        Self { name, help, unit, points: Vec::new() }
    }

    /// With a counter.
    #[must_use]
    pub fn counter(self, labels: &[(&'static str, &str)], value: f64) -> Self {
        self.with(labels, MetricValue::Counter(value))
    }

    /// With a gauge.
    #[must_use]
    pub fn gauge(self, labels: &[(&'static str, &str)], value: f64) -> Self {
        self.with(labels, MetricValue::Gauge(value))
    }

    fn with(mut self, labels: &[(&'static str, &str)], value: MetricValue) -> Self {
        let labels = labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.points.push(MetricPoint { labels, value });
        self
    }
}

const NS_PER_S: f64 = 1e9;

/// An app's name, a revision, and its totals by kind.
type Row = (String, String, Vec<Option<KindTotals>>);

type ReadSum = fn(&KindTotals) -> f64;
type ReadHistogram = fn(&KindTotals) -> &HistogramTotals;

/// What is told of calls.
pub(super) fn call_families<K>(
    rows: &[Row],
    kinds: &[(K, &'static str)],
    metered: usize,
) -> Vec<MetricFamily> {
    let counters: [(MetricFamily, ReadSum); 6] = [
        (MetricFamily::new("atoll_call_fuel", "wasmtime fuel that calls used", ""), |totals| {
            totals.fuel as f64
        }),
        (MetricFamily::new("atoll_call_host_calls", "Calls from guests into the host", ""), |totals| {
            totals.host_calls as f64
        }),
        (
            MetricFamily::new("atoll_call_in_bytes", "Bytes of request bodies that guests got", "By"),
            |totals| totals.bytes_in as f64,
        ),
        (
            MetricFamily::new("atoll_call_out_bytes", "Bytes of response bodies that guests gave", "By"),
            |totals| totals.bytes_out as f64,
        ),
        (
            MetricFamily::new(
                "atoll_call_outbound_requests",
                "HTTP requests that guests sent to the world",
                "",
            ),
            |totals| totals.outbound_requests as f64,
        ),
        (
            MetricFamily::new("atoll_calls_failed", "Calls that failed or reached a limit of their app", ""),
            |totals| totals.failures() as f64,
        ),
    ];
    let histograms: [(MetricFamily, f64, ReadHistogram); 4] = [
        (MetricFamily::new("atoll_call_cpu_seconds", "CPU time of calls that ran", "s"), NS_PER_S, |t| {
            &t.cpu
        }),
        (
            MetricFamily::new("atoll_call_wall_seconds", "Time of calls that ran, from place to end", "s"),
            NS_PER_S,
            |t| &t.wall,
        ),
        (
            MetricFamily::new("atoll_call_queue_seconds", "Time that calls waited for a place", "s"),
            NS_PER_S,
            |t| &t.queued,
        ),
        (MetricFamily::new("atoll_call_memory_bytes", "Peak linear memory of calls", "By"), 1.0, |t| {
            &t.memory
        }),
    ];
    let points = |value: &dyn Fn(&KindTotals) -> MetricValue| -> Vec<MetricPoint> {
        each(rows, kinds).map(|(labels, totals)| MetricPoint { labels, value: value(totals) }).collect()
    };
    let mut families = vec![
        outcomes(rows, kinds),
        MetricFamily::new("atoll_metered_apps", "Apps that have series of their own", "")
            .gauge(&[], metered as f64),
    ];
    for (mut family, read) in counters {
        family.points = points(&|totals| MetricValue::Counter(read(totals)));
        families.push(family);
    }
    for (mut family, unit, read) in histograms {
        family.points = points(&|totals| MetricValue::Histogram(point(read(totals), unit)));
        families.push(family);
    }
    families
}

fn outcomes<K>(rows: &[Row], kinds: &[(K, &'static str)]) -> MetricFamily {
    let mut family =
        MetricFamily::new("atoll_calls", "Calls of apps by how they ended, refused ones counted", "");
    for (labels, totals) in each(rows, kinds) {
        // The healthy case is always there, so that a ratio has its divisor from the first call on.
        let ok =
            Some((Outcome::Ok, 0)).filter(|_| totals.outcomes().all(|(outcome, _)| outcome != Outcome::Ok));
        for (outcome, count) in ok.into_iter().chain(totals.outcomes()) {
            let mut labels = labels.clone();
            labels.push(("outcome", outcome.as_str().to_owned()));
            family.points.push(MetricPoint { labels, value: MetricValue::Counter(count as f64) });
        }
    }
    family
}

type Labels = Vec<(&'static str, String)>;

fn each<'a, K>(
    rows: &'a [Row],
    kinds: &'a [(K, &'static str)],
) -> impl Iterator<Item = (Labels, &'a KindTotals)> {
    rows.iter().flat_map(move |(app, revision, totals)| {
        kinds.iter().zip(totals).filter_map(move |((_, kind), totals)| {
            let labels =
                vec![("app", app.clone()), ("revision", revision.clone()), ("kind", (*kind).to_owned())];
            totals.as_ref().map(|totals| (labels, totals))
        })
    })
}

fn point(totals: &HistogramTotals, unit: f64) -> HistogramPoint {
    let scaled = |bounds: Bounds| bounds.iter().map(|bound| *bound as f64 / unit).collect();
    HistogramPoint {
        bounds: scaled(totals.bounds),
        counts: totals.counts.clone(),
        sum: totals.sum as f64 / unit,
        max: totals.max as f64 / unit,
    }
}
