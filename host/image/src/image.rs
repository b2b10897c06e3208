//! Images: core modules that hold a memory and no code.

use wasm_encoder::{ConstExpr, DataSection, ExportKind, ExportSection, MemorySection, Module};

use crate::split::memory;

/// The name by which an image exports its memory.
pub(crate) const MEMORY_EXPORT: &str = "memory";

/// A WebAssembly page.
pub(crate) const PAGE_BYTES: u64 = 64 << 10;

/// Runs of zeros shorter than this are kept as data: below a page of the machine nothing is won, since
/// memory is mapped by the page.
const RUN_BYTES: usize = 4 << 10;

/// Encodes a memory. `maximum_pages` is what it may grow to; none leaves it to the store.
pub(crate) fn encode(contents: &[u8], maximum_pages: Option<u64>) -> Vec<u8> {
    let mut data = DataSection::new();
    for (offset, bytes) in runs(contents) {
        data.active(0, &ConstExpr::i32_const(offset), bytes.iter().copied());
    }
    module(contents.len() as u64 / PAGE_BYTES, maximum_pages, &data)
}

/// A module with a memory, its data, and nothing else.
pub(crate) fn module(minimum_pages: u64, maximum_pages: Option<u64>, data: &DataSection) -> Vec<u8> {
    let mut memories = MemorySection::new();
    memories.memory(memory(minimum_pages, maximum_pages));
    let mut exports = ExportSection::new();
    exports.export(MEMORY_EXPORT, ExportKind::Memory, 0);
    let mut module = Module::new();
    module.section(&memories).section(&exports).section(data);
    module.finish()
}

/// The stretches of pages that are not all zero, with the offset of each as WebAssembly's constants have it.
fn runs(contents: &[u8]) -> impl Iterator<Item = (i32, &[u8])> {
    let mut rest = contents.chunks(RUN_BYTES).enumerate().peekable();
    std::iter::from_fn(move || {
        let (first, _) = rest.by_ref().find(|(_, page)| !is_zero(page))?;
        let start = first * RUN_BYTES;
        let mut end = (start + RUN_BYTES).min(contents.len());
        while let Some((_, page)) = rest.next_if(|(_, page)| !is_zero(page)) {
            end += page.len();
        }
        // An offset is unsigned 32 bits that `i32.const` writes as signed.
        Some((start as u32 as i32, &contents[start..end]))
    })
}

fn is_zero(page: &[u8]) -> bool {
    page.iter().all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_with_content_are_encoded() {
        let mut contents = vec![0; 2 * PAGE_BYTES as usize];
        contents[5] = 1;
        contents[RUN_BYTES] = 2;
        *contents.last_mut().unwrap() = 3;
        let found: Vec<_> = runs(&contents).map(|(offset, bytes)| (offset, bytes.len())).collect();
        assert_eq!(found, [(0, 2 * RUN_BYTES), (contents.len() as i32 - RUN_BYTES as i32, RUN_BYTES)]);
        let wasm = encode(&contents, Some(4));
        wasmparser::Validator::new().validate_all(&wasm).unwrap();
        assert!(wasm.len() < 4 * RUN_BYTES);
    }

    #[test]
    fn an_empty_memory_has_no_data() {
        assert_eq!(runs(&[0; PAGE_BYTES as usize]).count(), 0);
    }
}
