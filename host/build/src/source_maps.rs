//! The source maps of a backend as one document: module names to maps (version 3), without the sources, which are
//! kept with the revision anyway. What reads it is `atoll_model::SourceMaps`.

use serde_json::{Map, Value};

use crate::link::BackendModule;

/// The document; `None` when no module was transformed.
pub(crate) fn document(modules: &[BackendModule]) -> Option<Vec<u8>> {
    let mut maps = Map::new();
    for module in modules {
        let Some(Ok(Value::Object(mut map))) = module.map.as_deref().map(serde_json::from_str) else {
            continue;
        };
        map.remove("sourcesContent");
        maps.insert(module.name.clone(), map.into());
    }
    if maps.is_empty() { None } else { serde_json::to_vec(&maps).ok() }
}
