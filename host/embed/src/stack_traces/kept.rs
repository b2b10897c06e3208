//! Source maps that are decoded: those used last, within a number of revisions and a number of bytes.

use std::{collections::VecDeque, sync::Arc};

use atoll_model::{AppName, Limits, Revision, SourceMaps};

/// An app's revision.
pub(super) type Key = (AppName, Revision);

/// Maps by revision; none for one that has no JavaScript.
pub(super) struct KeptMaps {
    revisions_max: usize,
    bytes_max: usize,
    bytes: usize,
    /// The one used last at the end.
    maps: VecDeque<(Key, Option<Arc<SourceMaps>>)>,
}

impl KeptMaps {
    pub(super) fn new(limits: &Limits) -> Self {
        let (revisions_max, bytes_max) = (limits.source_maps_kept_max, limits.source_maps_kept_bytes_max);
        Self { revisions_max, bytes_max, bytes: 0, maps: VecDeque::new() }
    }

    /// What is kept of a revision; `None` when nothing is.
    pub(super) fn find(&mut self, key: &Key) -> Option<Option<Arc<SourceMaps>>> {
        let place = self.maps.iter().position(|(known, _)| known == key)?;
        let found = self.maps.remove(place)?;
        let maps = found.1.clone();
        self.maps.push_back(found);
        Some(maps)
    }

    /// Keeps the maps of a revision of which nothing is kept, and lets those go that were used longest ago.
    pub(super) fn keep(&mut self, key: Key, maps: Option<Arc<SourceMaps>>) {
        let bytes = bytes_of(maps.as_ref());
        if bytes > self.bytes_max {
            return;
        }
        self.bytes += bytes;
        self.maps.push_back((key, maps));
        while self.maps.len() > self.revisions_max || self.bytes > self.bytes_max {
            let Some((_, oldest)) = self.maps.pop_front() else { return };
            self.bytes -= bytes_of(oldest.as_ref());
        }
    }
}

fn bytes_of(maps: Option<&Arc<SourceMaps>>) -> usize {
    maps.map_or(0, |maps| maps.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(revision: u64) -> Key {
        (AppName::parse("todo").unwrap(), Revision(revision))
    }

    fn maps(places: usize) -> Option<Arc<SourceMaps>> {
        let mappings = vec!["AAAA"; places].join(",");
        let document = format!(r#"{{"a": {{"sources": ["a"], "mappings": "{mappings}"}}}}"#);
        Some(Arc::new(SourceMaps::parse(document.as_bytes()).unwrap()))
    }

    fn kept(revisions_max: usize, bytes_max: usize) -> KeptMaps {
        KeptMaps::new(&Limits {
            source_maps_kept_max: revisions_max,
            source_maps_kept_bytes_max: bytes_max,
            ..Limits::default()
        })
    }

    fn found(kept: &mut KeptMaps, revisions: &[u64]) -> Vec<bool> {
        revisions.iter().map(|revision| kept.find(&key(*revision)).is_some()).collect()
    }

    #[test]
    fn the_ones_used_last_are_kept() {
        let mut kept = kept(2, usize::MAX);
        kept.keep(key(1), maps(1));
        kept.keep(key(2), None);
        assert!(kept.find(&key(1)).unwrap().is_some());
        kept.keep(key(3), maps(1));
        assert_eq!(found(&mut kept, &[1, 2, 3]), [true, false, true]);
    }

    #[test]
    fn their_bytes_have_a_limit_and_are_counted_back() {
        let each = bytes_of(maps(1_000).as_ref());
        assert!(each >= 16_000, "{each}");
        let mut kept = kept(100, 2 * each + each / 2);
        for revision in 1..=50 {
            kept.keep(key(revision), maps(1_000));
            assert!(kept.bytes <= kept.bytes_max);
        }
        assert_eq!(found(&mut kept, &[48, 49, 50]), [false, true, true]);
        // What can never fit pushes nobody out.
        kept.keep(key(51), maps(3_000));
        assert_eq!(found(&mut kept, &[49, 50, 51]), [true, true, false]);
        kept.keep(key(52), maps(1));
        kept.keep(key(53), maps(2_400));
        assert_eq!(found(&mut kept, &[49, 50, 52, 53]), [false, false, true, true]);
        assert_eq!(kept.bytes, bytes_of(maps(1).as_ref()) + bytes_of(maps(2_400).as_ref()));
    }
}
