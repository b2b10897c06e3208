//! Where the page loads a file of the app from.

use atoll_model::{SourcePath, SourceTree};

/// Extensions of what becomes a module of the page.
const MODULE_EXTENSIONS: [&str; 5] = ["ts", "tsx", "js", "jsx", "json"];

/// Where the page loads a file from: `frontend/App.tsx` becomes `frontend/App.js`. Of two files with the same
/// stem, both keep their extension (`x.ts.js`), so that a key never depends on which of them is used; so does
/// one whose stem ends like a file's (`x.json.ts`), so that no two files have one key.
pub(crate) fn asset_key(source: &SourceTree, path: &SourcePath) -> String {
    let text = path.as_str();
    let stem = text.strip_suffix(path.extension()).and_then(|s| s.strip_suffix('.')).unwrap_or(text);
    if path.extension() == "json" {
        return format!("{text}.js");
    }
    let scripts = MODULE_EXTENSIONS.iter().filter(|extension| **extension != "json");
    let twins = scripts.filter(|extension| source.get(&format!("{stem}.{extension}")).is_some()).count();
    let like_a_file = stem.rsplit_once('.').is_some_and(|(_, end)| MODULE_EXTENSIONS.contains(&end));
    if twins > 1 || like_a_file { format!("{text}.js") } else { format!("{stem}.js") }
}

/// A path as part of a URL.
pub(crate) fn escaped(path: &str) -> String {
    let mut url = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' | b'+' => {
                url.push(char::from(byte));
            }
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use atoll_model::Limits;

    use super::*;

    #[test]
    fn no_two_files_have_one_key() {
        let names =
            ["a.ts", "a.tsx", "a.ts.ts", "b.json", "b.json.ts", "c.js", "c.js.js", "c.test.ts", "c.d.js"];
        let mut source = SourceTree::new();
        for name in names {
            source.insert(SourcePath::parse(name).unwrap(), "1", &Limits::default()).unwrap();
        }
        let keys: BTreeSet<String> = source.iter().map(|(path, _)| asset_key(&source, path)).collect();
        assert_eq!(keys.len(), names.len(), "{keys:?}");
        assert!(keys.contains("b.json.js") && keys.contains("c.test.js"), "{keys:?}");
    }
}
