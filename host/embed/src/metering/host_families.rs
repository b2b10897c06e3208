//! What is told about the host itself: its places, its cache, its bus, its process.

use std::path::Path;

use super::{MetricFamily, process};
use crate::{Host, host::Inner};

impl Host {
    /// When this host was started: since when its metrics count.
    #[must_use]
    pub fn started(&self) -> jiff::Timestamp {
        self.inner.metering.started()
    }

    /// All metrics of this host: of calls by app, revision and kind, of the host's own parts, and of its process.
    /// Reads some small files, and lists the folder of compiled code.
    pub async fn metrics(&self) -> Vec<MetricFamily> {
        let mut families = self.inner.metering.families();
        families.extend(self.inner.sandbox_families());
        families.extend(self.inner.bus_families());
        let (started, cache) = (self.inner.metering.started(), self.inner.cache_dir.clone());
        let from_disk = tokio::task::spawn_blocking(move || {
            let mut families = process::families(started);
            families.push(
                MetricFamily::new("atoll_compiled_files", "Files of compiled code on disk", "")
                    .gauge(&[], compiled_files(&cache) as f64),
            );
            families
        });
        // A panic in there is a bug of ours, and no reason to tell nothing.
        families.extend(from_disk.await.unwrap_or_default());
        families
    }
}

impl Inner {
    fn sandbox_families(&self) -> Vec<MetricFamily> {
        let (activity, cache, limits) = (self.runtime.activity(), self.apps.counts(), &self.limits);
        vec![
            MetricFamily::new("atoll_build_info", "The release of this host; always 1", "")
                .gauge(&[("version", env!("CARGO_PKG_VERSION"))], 1.0),
            MetricFamily::new("atoll_instances_running", "Calls that have an instance now", "")
                .gauge(&[], activity.running.into()),
            MetricFamily::new("atoll_instances_max", "Instances that may run at the same time", "")
                .gauge(&[], limits.instances_max.into()),
            MetricFamily::new("atoll_calls_waiting", "Calls that wait for a place now", "")
                .gauge(&[], activity.waiting.into()),
            MetricFamily::new("atoll_apps_loaded", "Apps that are ready to be called", "")
                .gauge(&[], self.apps.len() as f64),
            MetricFamily::new("atoll_apps_loaded_max", "Apps that are kept ready at the same time", "")
                .gauge(&[], limits.loaded_apps_max as f64),
            MetricFamily::new("atoll_app_cache_lookups", "Look-ups of an app by whether it was loaded", "")
                .counter(&[("result", "hit")], cache.hits as f64)
                .counter(&[("result", "miss")], cache.misses as f64),
        ]
    }

    fn bus_families(&self) -> Vec<MetricFamily> {
        let counts = self.bus.counts();
        vec![
            MetricFamily::new("atoll_events_published", "Events that the bus took", "")
                .counter(&[], counts.published as f64),
            MetricFamily::new("atoll_event_deliveries", "Deliveries of events by how they ended", "")
                .counter(&[("result", "done")], counts.delivered as f64)
                .counter(&[("result", "failed")], counts.failed as f64),
            MetricFamily::new("atoll_event_retries", "Deliveries that are made again later", "")
                .counter(&[], counts.retried as f64),
            MetricFamily::new("atoll_event_dead_letters", "Events that were given up, by reason", "")
                .counter(&[("reason", "rejected")], counts.dead_rejected as f64)
                .counter(&[("reason", "exhausted")], counts.dead_exhausted as f64)
                .counter(&[("reason", "too_many_hops")], counts.dead_too_many_hops as f64),
            MetricFamily::new("atoll_event_deliveries_running", "Deliveries that run now", "")
                .gauge(&[], counts.delivering as f64),
            MetricFamily::new("atoll_event_subscribers", "Apps that are subscribed to events", "")
                .gauge(&[], counts.subscribers as f64),
            MetricFamily::new("atoll_event_log_sequence", "The place of the newest event in the log", "")
                .gauge(&[], self.bus.last_sequence() as f64),
        ]
    }
}

fn compiled_files(cache: &Path) -> usize {
    let files = std::fs::read_dir(cache).into_iter().flatten().flatten();
    files.filter(|file| Path::new(&file.file_name()).extension().is_some_and(|e| e == "cwasm")).count()
}
