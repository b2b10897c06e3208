//! The doors of apps, by their names.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use atoll_model::AppName;

use crate::scheduler::Share;

/// The door of one app.
pub(crate) struct Gate {
    pub(super) id: u64,
    /// What it has of the CPU.
    pub(crate) share: Arc<Share>,
}

/// All of them, as long as somebody holds them.
#[derive(Default)]
pub(super) struct Gates {
    by_name: HashMap<AppName, (u64, Weak<Gate>)>,
    next_id: u64,
}

impl Gates {
    pub(super) fn find(&self, app: &AppName) -> Option<Arc<Gate>> {
        self.by_name.get(app)?.1.upgrade()
    }

    pub(super) fn add(&mut self, app: &AppName, share: Arc<Share>) -> Arc<Gate> {
        let gate = Arc::new(Gate { id: self.next_id, share });
        self.next_id += 1;
        self.by_name.insert(app.clone(), (gate.id, Arc::downgrade(&gate)));
        gate
    }

    /// Forgets the gates that nobody holds, and says which they were.
    pub(super) fn forget_unloaded(&mut self, mut forgotten: impl FnMut(u64)) {
        self.by_name.retain(|_, (id, gate)| {
            let lives = gate.strong_count() > 0;
            if !lives {
                forgotten(*id);
            }
            lives
        });
    }
}
