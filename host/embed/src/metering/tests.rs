use std::sync::atomic::AtomicU64;

use atoll_model::{Revision, Usage};
use atoll_runtime::{CallError, CallOutcome};
use rustix::time::{ClockId, clock_gettime};

use super::*;

fn name(text: &str) -> AppName {
    AppName::parse(text).unwrap()
}

fn metering(apps: usize, revisions: usize) -> Metering {
    let limits = Limits {
        metrics_apps_max: apps,
        metrics_revisions_per_app_max: revisions,
        metrics_samples_per_app_max: 3,
        ..Limits::default()
    };
    Metering::new(&limits, None)
}

fn usage(cpu_us: u64) -> Usage {
    Usage {
        cpu: Duration::from_micros(cpu_us),
        wall: Duration::from_micros(2 * cpu_us),
        queued: Duration::ZERO,
        fuel: 1_000,
        host_calls: 2,
        memory_bytes: 3 << 20,
        bytes_in: 5,
        bytes_out: 7,
        outbound_requests: 1,
    }
}

struct Call<'a> {
    app: &'a AppName,
    revision: u64,
    outcome: CallOutcome<'a>,
    kind: CallKind,
    usage: Usage,
}

fn ok(app: &AppName, revision: u64) -> Call<'_> {
    Call { app, revision, outcome: CallOutcome::Done, kind: CallKind::Http, usage: usage(100) }
}

impl Metering {
    fn told(&self, call: Call<'_>, minute: u64) {
        let Call { app, revision, outcome, kind, usage } = call;
        let record = CallRecord::new(app, Revision(revision), kind, outcome, Some(200), usage);
        self.count(&record, minute);
    }

    /// The values of a family, by its labels joined.
    fn values(&self, family: &str) -> HashMap<String, f64> {
        let families = self.families();
        let family = families.iter().find(|f| f.name == family).unwrap();
        let joined = |p: &MetricPoint| p.labels.iter().map(|(_, v)| v.as_str()).collect::<Vec<_>>().join("/");
        let value = |p: &MetricPoint| match &p.value {
            MetricValue::Counter(value) | MetricValue::Gauge(value) => *value,
            MetricValue::Histogram(histogram) => histogram.count() as f64,
        };
        family.points.iter().map(|point| (joined(point), value(point))).collect()
    }
}

#[test]
fn calls_are_summed_by_app_revision_kind_and_outcome() {
    let (metering, todo, error) = (metering(10, 4), name("todo"), CallError::OutOfCpu { limit_ms: 50 });
    metering.told(ok(&todo, 1), 0);
    metering.told(ok(&todo, 2), 0);
    metering.told(Call { kind: CallKind::Event, ..ok(&todo, 2) }, 0);
    metering.told(Call { outcome: CallOutcome::Failed(&error), ..ok(&todo, 2) }, 0);
    let calls = metering.values("atoll_calls");
    assert_eq!(calls["todo/1/http/ok"], 1.0);
    assert_eq!(calls["todo/2/http/ok"], 1.0);
    assert_eq!(calls["todo/2/http/out_of_cpu"], 1.0);
    assert_eq!(calls["todo/2/event/ok"], 1.0);
    assert_eq!(metering.values("atoll_call_fuel")["todo/2/http"], 2_000.0);
    assert_eq!(metering.values("atoll_call_in_bytes")["todo/2/http"], 10.0);
    assert_eq!(metering.values("atoll_calls_failed")["todo/2/http"], 1.0);
    let told = metering.app(&todo);
    assert_eq!((told.total.calls, told.total.failures, told.total.host_calls), (4, 1, 8));
    assert_eq!(
        told.revisions.iter().map(|r| r.revision).collect::<Vec<_>>(),
        [1, 2].map(|n| Some(Revision(n)))
    );
    assert_eq!(told.revisions[1].kinds.keys().copied().collect::<Vec<_>>(), ["event", "http"]);
    assert!((told.total.cpu_ms.sum - 0.4).abs() < 1e-9 && told.total.cpu_ms.max == 0.1);
    assert!(told.total.cpu_ms.p50 > 0.05 && told.total.cpu_ms.p99 <= 0.1, "{:?}", told.total.cpu_ms);
}

#[test]
fn a_refused_call_is_counted_and_costs_nothing() {
    let (metering, todo) = (metering(10, 4), name("todo"));
    let error = CallError::BodyTooLarge { limit_mib: 1 };
    let refused = Call { outcome: CallOutcome::Refused(&error), usage: Usage::default(), ..ok(&todo, 1) };
    metering.told(refused, 0);
    let gone = Call { outcome: CallOutcome::Cancelled, usage: Usage::default(), ..ok(&todo, 1) };
    metering.told(gone, 0);
    let told = metering.app(&todo).total;
    assert_eq!((told.calls, told.failures, told.fuel, told.cpu_ms.p99), (2, 0, 0, 0.0));
    assert_eq!(told.outcomes, [("body_too_large", 1), ("cancelled", 1)].into());
    assert_eq!(metering.values("atoll_call_cpu_seconds")["todo/1/http"], 0.0);
    assert_eq!(metering.values("atoll_call_queue_seconds")["todo/1/http"], 2.0);
    assert_eq!(metering.app(&todo).samples[0].not_run, 2);
}

#[test]
fn old_revisions_are_folded_and_sums_stay_true() {
    let (metering, todo) = (metering(10, 2), name("todo"));
    for revision in 1..=5 {
        metering.told(ok(&todo, revision), 0);
    }
    // One that ran long.
    metering.told(ok(&todo, 2), 0);
    let calls = metering.values("atoll_calls");
    assert_eq!(calls["todo/older/http/ok"], 4.0);
    assert_eq!((calls["todo/4/http/ok"], calls["todo/5/http/ok"]), (1.0, 1.0));
    assert!(!calls.contains_key("todo/2/http/ok"), "{calls:?}");
    assert_eq!(metering.app(&todo).total.calls, 6);
}

#[test]
fn the_number_of_apps_is_bounded_and_the_one_called_longest_ago_gives_way() {
    let metering = metering(2, 2);
    let apps = ["a", "b", "c"].map(name);
    metering.told(ok(&apps[0], 1), 5);
    metering.told(ok(&apps[1], 1), 4);
    metering.told(ok(&apps[2], 1), 6);
    let calls = metering.values("atoll_calls");
    assert_eq!(calls["_others//http/ok"], 1.0);
    assert!(calls.contains_key("a/1/http/ok") && !calls.contains_key("b/1/http/ok"), "{calls:?}");
    assert_eq!(metering.values("atoll_metered_apps")[""], 2.0);
    assert_eq!(calls.values().sum::<f64>(), 3.0);
}

#[test]
fn a_deleted_app_has_no_series_even_if_a_call_ends_late() {
    let (metering, todo) = (metering(10, 2), name("todo"));
    metering.told(ok(&todo, 1), 0);
    metering.forget(&todo);
    metering.told(ok(&todo, 1), 0);
    assert!(metering.values("atoll_calls").keys().all(|key| key.starts_with('_')));
    assert_eq!(metering.values("atoll_calls")["_others//http/ok"], 2.0);
    metering.deployed(&todo);
    metering.told(ok(&todo, 1), 0);
    assert_eq!(metering.app(&todo).total.calls, 1);
}

#[test]
fn tests_of_an_app_are_no_series_of_its_own() {
    let (metering, todo) = (metering(10, 2), name("todo"));
    metering.told(Call { kind: CallKind::Test, ..ok(&todo, 0) }, 0);
    assert_eq!(metering.app(&todo).total.calls, 0);
    assert_eq!(metering.values("atoll_calls")["_tests//test/ok"], 1.0);
}

#[test]
fn samples_are_by_the_minute_and_as_many_as_the_limit() {
    let (metering, todo) = (metering(10, 2), name("todo"));
    for minute in [0, 0, 1, 3, 4, 4, 4] {
        metering.told(ok(&todo, 1), minute);
    }
    let apps = metering.read();
    let series = &apps.series[&todo];
    let told = |now| series.samples(now).iter().map(|s| (s.minute, s.calls, s.fuel)).collect::<Vec<_>>();
    assert_eq!(told(4), [(3, 1, 1_000), (4, 3, 3_000)]);
    assert_eq!(told(6), [(4, 3, 3_000)], "what is too old is left out");
    assert_eq!(series.samples(4)[1].memory_bytes_max, 3 << 20);
    let wall = series.samples(4)[1].wall_p95_ns;
    assert!((100_000.0..=200_000.0).contains(&wall), "{wall}");
}

#[test]
fn nothing_is_lost_when_many_count_at_once() {
    const THREADS: u64 = 8;
    const CALLS: u64 = 2_000;
    let metering = metering(4, 2);
    let apps: Vec<AppName> = (0..6).map(|n| name(&format!("app{n}"))).collect();
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..CALLS {
                    let n = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let app = &apps[usize::try_from(n % 6).unwrap()];
                    metering.told(ok(app, 1 + n / 4_000), n / 3_000);
                }
            });
        }
    });
    let calls: f64 = metering.values("atoll_calls").values().sum();
    assert_eq!(calls, (THREADS * CALLS) as f64);
    assert_eq!(metering.values("atoll_metered_apps")[""], 4.0);
}

/// `cargo nextest run -p atoll --release --run-ignored all --no-capture a_call_costs`
#[test]
#[ignore = "a measurement"]
fn a_call_costs_little() {
    const CALLS: u32 = 2_000_000;
    let (metering, todo) = (metering(1_000, 4), name("todo"));
    // The thread's own clock: a busy machine is not to blame.
    let cpu_ns = || {
        let now = clock_gettime(ClockId::ThreadCPUTime);
        now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
    };
    let record = CallRecord::new(&todo, Revision(1), CallKind::Http, CallOutcome::Done, Some(200), usage(60));
    let started = cpu_ns();
    for _ in 0..CALLS {
        metering.ended(std::hint::black_box(&record));
    }
    eprintln!("{:.0} ns a call", (cpu_ns() - started) / f64::from(CALLS));
}
