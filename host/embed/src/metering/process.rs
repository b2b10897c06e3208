//! The host's own process, as the kernel tells it. What cannot be read is left out.

use std::fs;

use rustix::time::{ClockId, clock_gettime};

use super::MetricFamily;

/// Under the names that Prometheus' own libraries use.
pub(crate) fn families(started: jiff::Timestamp) -> Vec<MetricFamily> {
    let cpu = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = cpu.tv_sec as f64 + cpu.tv_nsec as f64 / 1e9;
    let mut families = vec![
        MetricFamily::new("process_cpu_seconds", "CPU time of the host's process, user and system", "s")
            .counter(&[], seconds),
        MetricFamily::new("process_start_time_seconds", "When the host was started, in Unix time", "s")
            .gauge(&[], started.as_microsecond() as f64 / 1e6),
    ];
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let figures = [
        ("process_resident_memory_bytes", "Resident memory of the host's process", "By", "VmRSS:", 1024.0),
        ("process_anonymous_memory_bytes", "Resident memory that no file backs", "By", "RssAnon:", 1024.0),
        ("process_virtual_memory_bytes", "Address space of the host's process", "By", "VmSize:", 1024.0),
        ("process_threads", "Threads of the host's process", "", "Threads:", 1.0),
    ];
    for (name, help, unit, key, factor) in figures {
        if let Some(value) = field(&status, key) {
            families.push(MetricFamily::new(name, help, unit).gauge(&[], value * factor));
        }
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        let family = MetricFamily::new("process_open_fds", "Open file descriptors", "");
        families.push(family.gauge(&[], open.count() as f64));
    }
    families
}

/// A figure of `/proc/self/status`; memory is in KiB there.
fn field(status: &str, key: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_figures_are_read() {
        let status = "Name:\tatoll\nVmSize:\t  20000 kB\nVmRSS:\t    1234 kB\nThreads:\t7\n";
        assert_eq!(field(status, "VmRSS:"), Some(1234.0));
        assert_eq!(field(status, "Threads:"), Some(7.0));
        assert_eq!(field(status, "RssAnon:"), None);
    }
}
