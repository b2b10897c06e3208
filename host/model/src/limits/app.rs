//! What one app may use, as its manifest asks for it and the host caps it.

use serde::{Deserialize, Deserializer, Serialize};

use super::Limits;

/// What one app may use for each request, event and test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AppLimits {
    /// Linear memory, summed over an instance's memories.
    pub memory_mib: u32,
    /// CPU time. Waiting, for a turn or for the host, is not charged.
    pub cpu_ms: u32,
    /// Wall-clock time.
    pub wall_ms: u32,
    /// wasmtime fuel: about one for each WebAssembly instruction, the same on every machine.
    pub fuel: u64,
    /// The body of a request. It need not fit the memory: a large one is a stream.
    pub body_mib: u32,
}

/// The maxima of which a configuration names some.
pub(super) fn over_default_max<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AppLimits, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Named {
        memory_mib: Option<u32>,
        cpu_ms: Option<u32>,
        wall_ms: Option<u32>,
        fuel: Option<u64>,
        body_mib: Option<u32>,
    }
    let (named, max) = (Named::deserialize(deserializer)?, Limits::default().app_max);
    Ok(AppLimits {
        memory_mib: named.memory_mib.unwrap_or(max.memory_mib),
        cpu_ms: named.cpu_ms.unwrap_or(max.cpu_ms),
        wall_ms: named.wall_ms.unwrap_or(max.wall_ms),
        fuel: named.fuel.unwrap_or(max.fuel),
        body_mib: named.body_mib.unwrap_or(max.body_mib),
    })
}

impl AppLimits {
    /// Each limit, cut to a maximum.
    #[must_use]
    pub fn capped(self, max: Self) -> Self {
        Self {
            memory_mib: self.memory_mib.min(max.memory_mib),
            cpu_ms: self.cpu_ms.min(max.cpu_ms),
            wall_ms: self.wall_ms.min(max.wall_ms),
            fuel: self.fuel.min(max.fuel),
            body_mib: self.body_mib.min(max.body_mib),
        }
    }

    /// The limit of a request body in bytes.
    #[must_use]
    pub fn body_bytes(self) -> u64 {
        u64::from(self.body_mib) << 20
    }

    /// The memory limit in bytes.
    #[must_use]
    pub fn memory_bytes(self) -> usize {
        (self.memory_mib as usize) << 20
    }
}

impl Default for AppLimits {
    fn default() -> Self {
        Self { memory_mib: 64, cpu_ms: 50, wall_ms: 10_000, fuel: 1_000_000_000, body_mib: 10 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_maximum_wins() {
        let asked =
            AppLimits { memory_mib: 4_096, cpu_ms: 1, wall_ms: 10, fuel: u64::MAX, body_mib: u32::MAX };
        let max = Limits::default().app_max;
        assert_eq!(asked.capped(max), AppLimits { cpu_ms: 1, wall_ms: 10, ..max });
    }

    #[test]
    fn one_maximum_of_an_app_is_changed_alone() {
        let limits: Limits = toml::from_str("[app_max]\nwall_ms = 600000\n").unwrap();
        assert_eq!(limits.app_max, AppLimits { wall_ms: 600_000, ..Limits::default().app_max });
        assert!(toml::from_str::<Limits>("[app_max]\nwall_s = 1\n").is_err());
    }
}
