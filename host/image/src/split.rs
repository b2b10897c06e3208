//! The split pass: takes the memory out of the engine, so that what is left is code, the same for every app.
//!
//! Two steps. [`rename`] gives QuickJS's own clock import the name that the WIT has for it. [`split`] makes
//! the memory an import (`env.memory`) and drops the data. The memory stays exported under its own name: what
//! refers to it, such as the canonical options of the shell, need not know that it comes from elsewhere.

use wasm_encoder::{
    DataSection, EntityType, ImportSection, MemorySection, MemoryType, Module,
    reencode::{Error, Reencode, RoundtripReencoder, utils},
};

use crate::{
    ImageError,
    audit::{Layout, audit},
    image,
};

/// The module name and name of the memory that the code-only engine imports.
pub(crate) const MEMORY_IMPORT: (&str, &str) = ("env", "memory");

/// The import that `rquickjs-sys` has on this target, and the WIT function with the same core signature.
const CLOCK_FROM: (&str, &str) = ("env", "__rquickjs_host_now_us");
const CLOCK_TO: (&str, &str) = ("atoll:app/clock@0.1.0", "now-us");

/// The engine without its memory.
pub(crate) struct Split {
    /// The code-only module.
    pub(crate) code: Vec<u8>,
    /// An image of the memory as it is before anything has run: the data segments.
    pub(crate) initial: Vec<u8>,
    /// Where things are in the memory.
    pub(crate) layout: Layout,
}

/// Renames the clock import; everything else stays as it is.
pub(crate) fn rename(wasm: &[u8]) -> Result<Vec<u8>, ImageError> {
    reencode(&mut Renamer, wasm)
}

/// Splits a module that [`rename`] has been through.
pub(crate) fn split(wasm: &[u8]) -> Result<Split, ImageError> {
    let layout = audit(wasm).map_err(ImageError::Engine)?;
    let code = reencode(&mut Splitter { pages: layout.memory_pages }, wasm)?;
    let mut data = DataSection::new();
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        if let wasmparser::Payload::DataSection(section) = payload.map_err(ImageError::engine)? {
            utils::parse_data_section(&mut RoundtripReencoder, &mut data, section)
                .map_err(ImageError::engine)?;
        }
    }
    Ok(Split { code, initial: image::module(layout.memory_pages, None, &data), layout })
}

fn reencode(
    pass: &mut impl Reencode<Error = std::convert::Infallible>,
    wasm: &[u8],
) -> Result<Vec<u8>, ImageError> {
    let mut module = Module::new();
    pass.parse_core_module(&mut module, wasmparser::Parser::new(0), wasm).map_err(ImageError::engine)?;
    Ok(module.finish())
}

struct Renamer;

impl Reencode for Renamer {
    type Error = std::convert::Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        for import in section.into_imports() {
            let import = import?;
            let name = (import.module, import.name);
            let (module, name) = if name == CLOCK_FROM { CLOCK_TO } else { name };
            imports.import(module, name, self.entity_type(import.ty)?);
        }
        Ok(())
    }
}

struct Splitter {
    pages: u64,
}

impl Reencode for Splitter {
    type Error = std::convert::Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        utils::parse_import_section(self, imports, section)?;
        // No maximum: an image has the maximum of its app.
        imports.import(MEMORY_IMPORT.0, MEMORY_IMPORT.1, EntityType::Memory(memory(self.pages, None)));
        Ok(())
    }

    fn parse_memory_section(
        &mut self,
        _memories: &mut MemorySection,
        _section: wasmparser::MemorySectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        Ok(())
    }

    fn parse_data_section(
        &mut self,
        _data: &mut DataSection,
        _section: wasmparser::DataSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        Ok(())
    }

    fn data_count(&mut self, _count: u32) -> Result<u32, Error<Self::Error>> {
        Ok(0)
    }

    fn parse_custom_section(
        &mut self,
        _module: &mut Module,
        _section: wasmparser::CustomSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        Ok(())
    }
}

/// A plain memory, in pages of 64 KiB.
pub(crate) fn memory(minimum: u64, maximum: Option<u64>) -> MemoryType {
    MemoryType { minimum, maximum, memory64: false, shared: false, page_size_log2: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine_bytes::ENGINE_WASM;

    #[test]
    fn the_committed_engine_splits_into_code_alone() {
        let whole = rename(ENGINE_WASM).unwrap();
        let split = split(&whole).unwrap();
        assert!(split.code.len() < whole.len());
        let mut imports_memory = false;
        for payload in wasmparser::Parser::new(0).parse_all(&split.code) {
            match payload.unwrap() {
                wasmparser::Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import.unwrap();
                        assert_ne!(import.name, CLOCK_FROM.1);
                        imports_memory |= (import.module, import.name) == MEMORY_IMPORT;
                    }
                }
                wasmparser::Payload::MemorySection(section) => assert_eq!(section.count(), 0),
                wasmparser::Payload::DataSection(section) => assert_eq!(section.count(), 0),
                _ => {}
            }
        }
        assert!(imports_memory);
        wasmparser::Validator::new().validate_all(&split.code).unwrap();
    }
}
