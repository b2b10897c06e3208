//! The shell: the component around the engine, without the engine.
//!
//! `wit-component` knows how to wrap a core module for a WIT world: it makes the canonical adapters, and the
//! shim and fixup modules that break the cycle between imports that return lists and the memory they are
//! put into. So it wraps the unsplit engine, and then the result is rewritten: where it contained the main
//! module it imports `engine`, and before that it imports and instantiates `image`, whose memory it hands to
//! the engine. One shell serves all apps.
//!
//! Indices: the imported modules are core modules 0 (`engine`, where the main module was) and 1 (`image`), so
//! that every other core module moves up by one; the image's instance is core instance 0, so that every core
//! instance moves up by one.

use std::convert::Infallible;

use wasm_encoder::{
    Component, ComponentImportSection, ComponentTypeRef, CoreTypeSection, EntityType, InstanceSection,
    ModuleArg, ModuleType,
    reencode::{Error, Reencode, ReencodeComponent, component_utils},
};
use wasmparser::{Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata, metadata};

use crate::{
    ENGINE_IMPORT, IMAGE_IMPORT, ImageError,
    image::MEMORY_EXPORT,
    split::{MEMORY_IMPORT, memory},
};

/// The interface that is for the snapshot alone, and that requests must not reach.
const SNAPSHOT_INTERFACE: &str = "snapshot";

/// Makes the shell from the unsplit engine (renamed) and its code-only twin.
pub(crate) fn encode(whole: &[u8], code: &[u8], memory_pages: u64) -> Result<Vec<u8>, ImageError> {
    let component = wrap(whole).map_err(|error| ImageError::engine(format!("{error:#}")))?;
    let types = ModuleTypes { engine: engine_type(code, memory_pages)?, image: image_type(memory_pages) };
    let mut rewriter = Rewriter { types, depth: 0, replaced: false };
    let mut shell = Component::new();
    rewriter.parse_component(&mut shell, Parser::new(0), &component).map_err(ImageError::engine)?;
    Ok(shell.finish())
}

/// The component that holds the whole engine, with its world minus the snapshot.
fn wrap(whole: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let (stripped, mut bindgen) = metadata::decode(whole)?;
    let mut module = stripped.ok_or("it does not say which WIT world it is for")?;
    let names: Vec<_> = bindgen.resolve.worlds[bindgen.world]
        .exports
        .keys()
        .filter(|key| bindgen.resolve.name_world_key(key).contains(SNAPSHOT_INTERFACE))
        .cloned()
        .collect();
    for name in names {
        bindgen.resolve.worlds[bindgen.world].exports.shift_remove(&name);
    }
    embed_component_metadata(&mut module, &bindgen.resolve, bindgen.world, StringEncoding::UTF8)?;
    Ok(ComponentEncoder::default().module(&module)?.validate(false).encode()?)
}

/// The type of the code-only engine, as the shell's import states it.
fn engine_type(code: &[u8], memory_pages: u64) -> Result<ModuleType, ImageError> {
    let mut pass = wasm_encoder::reencode::RoundtripReencoder;
    let mut signatures = Vec::new();
    let mut functions = Vec::new();
    let mut module = ModuleType::new();
    let mut exports = Vec::new();
    let engine = |error: Error<Infallible>| ImageError::engine(error);
    for payload in Parser::new(0).parse_all(code) {
        match payload.map_err(ImageError::engine)? {
            Payload::TypeSection(section) => {
                for signature in section.into_iter_err_on_gc_types() {
                    let signature = signature.map_err(ImageError::engine)?;
                    module.ty().func_type(&pass.func_type(signature.clone()).map_err(engine)?);
                    signatures.push(signature);
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.map_err(ImageError::engine)?;
                    if let wasmparser::TypeRef::Func(index) = import.ty {
                        functions.push(index);
                    }
                    module.import(import.module, import.name, pass.entity_type(import.ty).map_err(engine)?);
                }
            }
            Payload::FunctionSection(section) => {
                for index in section {
                    functions.push(index.map_err(ImageError::engine)?);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    exports.push(export.map_err(ImageError::engine)?);
                }
            }
            _ => {}
        }
    }
    for export in exports {
        match export.kind {
            wasmparser::ExternalKind::Func => {
                let index =
                    functions.get(export.index as usize).ok_or_else(|| ImageError::engine("a bad export"))?;
                module.export(export.name, EntityType::Function(*index));
            }
            wasmparser::ExternalKind::Memory => {
                module.export(export.name, EntityType::Memory(memory(memory_pages, None)));
            }
            _ => {}
        }
    }
    Ok(module)
}

/// The type of an image: any memory that is at least the engine's.
fn image_type(memory_pages: u64) -> ModuleType {
    let mut module = ModuleType::new();
    module.export(MEMORY_EXPORT, EntityType::Memory(memory(memory_pages, None)));
    module
}

struct ModuleTypes {
    engine: ModuleType,
    image: ModuleType,
}

struct Rewriter {
    types: ModuleTypes,
    /// 0 is the component itself; the indices of what is nested are its own.
    depth: u32,
    replaced: bool,
}

/// Core module indices in the shell.
const ENGINE_MODULE: u32 = 0;
const IMAGE_MODULE: u32 = 1;
/// Core instance indices in the shell.
const IMAGE_INSTANCE: u32 = 0;

impl Rewriter {
    fn import_modules(&mut self, component: &mut Component) {
        let mut types = CoreTypeSection::new();
        types.ty().module(&self.types.engine);
        types.ty().module(&self.types.image);
        let mut imports = ComponentImportSection::new();
        imports.import(ENGINE_IMPORT, ComponentTypeRef::Module(0));
        imports.import(IMAGE_IMPORT, ComponentTypeRef::Module(1));
        let mut instances = InstanceSection::new();
        instances.instantiate(IMAGE_MODULE, std::iter::empty::<(&str, ModuleArg)>());
        component.section(&types).section(&imports).section(&instances);
        self.replaced = true;
    }
}

impl Reencode for Rewriter {
    type Error = Infallible;
}

impl ReencodeComponent for Rewriter {
    fn push_depth(&mut self) {
        self.depth += 1;
    }

    fn pop_depth(&mut self) {
        self.depth -= 1;
    }

    fn module_index(&mut self, index: u32) -> u32 {
        match index {
            _ if self.depth > 0 => index,
            0 => ENGINE_MODULE,
            _ => index + 1,
        }
    }

    fn instance_index(&mut self, index: u32) -> u32 {
        if self.depth > 0 { index } else { index + 1 }
    }

    /// The first module is the main one.
    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        parser: Parser,
        module: &[u8],
    ) -> Result<(), Error<Infallible>> {
        if self.depth == 0 && !self.replaced {
            self.import_modules(component);
            return Ok(());
        }
        component_utils::parse_component_submodule(self, component, parser, module)
    }

    /// The main module gets the image's memory.
    fn parse_instance(
        &mut self,
        instances: &mut InstanceSection,
        instance: wasmparser::Instance<'_>,
    ) -> Result<(), Error<Infallible>> {
        if let wasmparser::Instance::Instantiate { module_index: 0, args } = &instance
            && self.depth == 0
        {
            let mut all: Vec<_> =
                args.iter().map(|arg| (arg.name, ModuleArg::Instance(arg.index + 1))).collect();
            all.push((MEMORY_IMPORT.0, ModuleArg::Instance(IMAGE_INSTANCE)));
            instances.instantiate(ENGINE_MODULE, all);
            return Ok(());
        }
        component_utils::parse_instance(self, instances, instance)
    }

    /// Names of things by the old indices, and notes on who made it.
    fn parse_component_custom_section(
        &mut self,
        _component: &mut Component,
        _section: wasmparser::CustomSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        engine_bytes::ENGINE_WASM,
        split::{rename, split},
    };

    #[test]
    fn the_shell_is_a_valid_component_that_holds_no_engine() {
        let whole = rename(ENGINE_WASM).unwrap();
        let halves = split(&whole).unwrap();
        let shell = super::encode(&whole, &halves.code, halves.layout.memory_pages).unwrap();
        assert!(shell.len() < 64 << 10, "{} bytes", shell.len());
        wasmparser::Validator::new().validate_all(&shell).unwrap();
        let text = String::from_utf8_lossy(&shell);
        assert!(
            text.contains("atoll:app/http-handler@0.1.0") && !text.contains("atoll:app/snapshot@0.1.0\0")
        );
    }
}
