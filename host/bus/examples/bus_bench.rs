//! What the bus does on this machine: `cargo run -p atoll-bus --example bus_bench`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use atoll_bus::{Bus, Delivery, EmbeddedLog, EventHandler};
use atoll_model::{AppName, Event, EventDraft, EventPattern, EventType, Limits};
use tokio::sync::mpsc;

type Failure = Box<dyn std::error::Error>;

/// Tells when an event came.
struct Arrivals(mpsc::UnboundedSender<(u64, Instant)>);

#[async_trait]
impl EventHandler for Arrivals {
    async fn deliver(&self, _: &AppName, event: &Event, _: u32) -> Delivery {
        let _ = self.0.send((event.sequence, Instant::now()));
        Delivery::Done
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let dir = tempfile::tempdir_in(".")?;
    let limits = Limits::default();
    let log = EmbeddedLog::open_with_limits(dir.path().join("events.db"), &limits).await?;
    let (sender, mut arrivals) = mpsc::unbounded_channel();
    let bus = Arc::new(Bus::start(Arc::new(log), Arc::new(Arrivals(sender)), &limits).await?);

    let (publishes, seconds) = publish(&bus, 1, 1_000).await?;
    report("publish, one publisher", &publishes, 1_000, seconds);
    let (publishes, seconds) = publish(&bus, 64, 1_000).await?;
    report("publish, 64 publishers", &publishes, 64_000, seconds);

    bus.subscribe_app(&AppName::parse("hears")?, &[EventPattern::parse("bench.*")?]).await?;
    let mut ways = Vec::new();
    for _ in 0..1_000 {
        let start = Instant::now();
        let event = bus.publish("/external/bench", draft()?).await?;
        while let Some((sequence, arrived)) = arrivals.recv().await {
            if sequence == event.sequence {
                ways.push(arrived - start);
                break;
            }
        }
    }
    report("publish to handler", &ways, 1_000, ways.iter().sum::<Duration>().as_secs_f64());
    let start = Instant::now();
    publish(&bus, 64, 500).await?;
    for _ in 0..32_000 {
        arrivals.recv().await;
    }
    print(&format!(
        "published and delivered, 64 publishers: {:.0} a second",
        32_000.0 / start.elapsed().as_secs_f64()
    ));
    bus.shutdown().await;
    Ok(())
}

async fn publish(bus: &Arc<Bus>, publishers: usize, count: usize) -> Result<(Vec<Duration>, f64), Failure> {
    let start = Instant::now();
    let tasks = (0..publishers).map(|publisher| {
        let bus = Arc::clone(bus);
        tokio::spawn(async move {
            let mut times = Vec::with_capacity(count);
            for _ in 0..count {
                let draft = draft().map_err(|error| error.to_string())?;
                let start = Instant::now();
                let event = bus.publish(&format!("/external/{publisher}"), draft).await;
                event.map_err(|error| error.to_string())?;
                times.push(start.elapsed());
            }
            Ok::<_, String>(times)
        })
    });
    let mut times = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        times.extend(task.await??);
    }
    Ok((times, start.elapsed().as_secs_f64()))
}

fn draft() -> Result<EventDraft, Failure> {
    let data =
        serde_json::json!({"title": "Buy milk", "done": false, "tags": ["a", "b"], "due": "2026-01-01"});
    Ok(EventDraft {
        event_type: EventType::parse("bench.said")?,
        id: None,
        subject: None,
        data,
        hops: 0,
        trace: None,
    })
}

fn report(what: &str, times: &[Duration], count: usize, seconds: f64) {
    let mut times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
    let rate = count as f64 / seconds;
    print(&format!("{what}: {rate:.0} a second, p50 {:.2} ms, p99 {:.2} ms", at(0.5), at(0.99)));
}

#[expect(clippy::print_stdout, reason = "a benchmark's answer")]
fn print(line: &str) {
    println!("{line}");
}
