//! How much memory, and how many parts, one instance may have. Asked by wasmtime before each growth.

use atoll_model::{AppLimits, Limits};
use wasmtime::ResourceLimiter;

/// The limits of one instance and what it has of them.
pub(crate) struct InstanceLimiter {
    memory_bytes_max: usize,
    memory_bytes: usize,
    memory_denied: bool,
    table_elements_max: usize,
    core_instances_max: usize,
    memories_max: usize,
    tables_max: usize,
}

impl InstanceLimiter {
    pub(crate) fn new(limits: &Limits, app: AppLimits) -> Self {
        Self {
            memory_bytes_max: app.memory_bytes(),
            memory_bytes: 0,
            memory_denied: false,
            table_elements_max: limits.table_elements_max as usize,
            core_instances_max: limits.component_core_instances_max as usize,
            memories_max: limits.component_memories_max as usize,
            tables_max: limits.component_tables_max as usize,
        }
    }

    /// The memory it has, and had at most: linear memories do not shrink.
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.memory_bytes as u64
    }

    /// Whether the instance wanted more memory than it may have, at least once.
    pub(crate) fn memory_denied(&self) -> bool {
        self.memory_denied
    }
}

impl ResourceLimiter for InstanceLimiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // Summed over all memories: `current` is this memory's part of the sum.
        let total = self.memory_bytes.saturating_sub(current).saturating_add(desired);
        if total > self.memory_bytes_max || maximum.is_some_and(|maximum| desired > maximum) {
            self.memory_denied = true;
            return Ok(false);
        }
        self.memory_bytes = total;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= self.table_elements_max && maximum.is_none_or(|maximum| desired <= maximum))
    }

    fn instances(&self) -> usize {
        self.core_instances_max
    }

    fn tables(&self) -> usize {
        self.tables_max
    }

    fn memories(&self) -> usize {
        self.memories_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_are_summed() {
        const MIB: usize = 1 << 20;
        let app = AppLimits { memory_mib: 3, ..AppLimits::default() };
        let mut limiter = InstanceLimiter::new(&Limits::default(), app);
        assert!(limiter.memory_growing(0, 2 * MIB, None).unwrap());
        assert!(limiter.memory_growing(0, MIB, None).unwrap());
        assert!(!limiter.memory_denied());
        assert!(!limiter.memory_growing(MIB, MIB + (64 << 10), None).unwrap());
        assert!(limiter.memory_denied());
    }

    #[test]
    fn a_growth_that_the_memory_itself_forbids_is_not_counted() {
        let mut limiter = InstanceLimiter::new(&Limits::default(), AppLimits::default());
        assert!(!limiter.memory_growing(0, 2 << 20, Some(1 << 20)).unwrap());
        assert_eq!(limiter.memory_bytes, 0);
    }
}
