//! Refuses an engine whose state is not all in its linear memory: the image would not hold the rest, and the
//! first request would find it half built.

use wasmparser::{BinaryReaderError, DataKind, ElementKind, GlobalType, Operator, Parser, Payload, ValType};

/// What the split pass must know of the engine's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Where the linear stack begins; it grows down to zero. Nothing below it lives between two calls.
    pub(crate) stack_top: u32,
    /// The initial memory, in pages of 64 KiB.
    pub(crate) memory_pages: u64,
}

/// Looks through a core module.
///
/// # Errors
/// A sentence that names what the image could not hold.
pub(crate) fn audit(wasm: &[u8]) -> Result<Layout, String> {
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(text)? {
            Payload::StartSection { .. } => return Err("it has a start function".into()),
            Payload::DataSection(data) => {
                for segment in data {
                    if matches!(segment.map_err(text)?.kind, DataKind::Passive) {
                        return Err("it has a passive data segment".into());
                    }
                }
            }
            Payload::ElementSection(elements) => {
                for segment in elements {
                    if matches!(segment.map_err(text)?.kind, ElementKind::Passive) {
                        return Err("it has a passive element segment".into());
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                for operator in body.get_operators_reader().map_err(text)? {
                    if let Some(what) = forbidden(&operator.map_err(text)?) {
                        return Err(format!("it {what}"));
                    }
                }
            }
            _ => {}
        }
    }
    layout(wasm)
}

/// The layout alone, without a look at the code.
pub(crate) fn layout(wasm: &[u8]) -> Result<Layout, String> {
    let mut stack_top = None;
    let mut memory_pages = None;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(text)? {
            Payload::GlobalSection(globals) => stack_top = audit_globals(globals)?,
            Payload::MemorySection(memories) => memory_pages = Some(audit_memories(memories)?),
            // Both come before the code.
            Payload::CodeSectionStart { .. } => break,
            _ => {}
        }
    }
    match (stack_top, memory_pages) {
        (Some(stack_top), Some(memory_pages)) => Ok(Layout { stack_top, memory_pages }),
        (None, _) => Err("it has no stack pointer".into()),
        (_, None) => Err("it has no memory of its own".into()),
    }
}

fn text(error: BinaryReaderError) -> String {
    error.to_string()
}

/// The stack pointer's first value: of the mutable globals the only one that is allowed, since it is the
/// same again whenever no call is under way.
fn audit_globals(globals: wasmparser::GlobalSectionReader<'_>) -> Result<Option<u32>, String> {
    let mut stack_top = None;
    for global in globals {
        let global = global.map_err(text)?;
        let GlobalType { content_type, mutable, .. } = global.ty;
        if !mutable {
            continue;
        }
        let first = global.init_expr.get_operators_reader().read().map_err(text)?;
        match (content_type, first) {
            (ValType::I32, Operator::I32Const { value }) if stack_top.is_none() => {
                stack_top = Some(u32::try_from(value).map_err(|_| "its stack begins below zero".to_owned())?);
            }
            _ => return Err("it has a mutable global besides the stack pointer".into()),
        }
    }
    Ok(stack_top)
}

fn audit_memories(memories: wasmparser::MemorySectionReader<'_>) -> Result<u64, String> {
    let all = memories.into_iter().collect::<Result<Vec<_>, _>>().map_err(text)?;
    match all.as_slice() {
        [memory] if !memory.memory64 && !memory.shared && memory.page_size_log2.is_none() => {
            Ok(memory.initial)
        }
        _ => Err("its memory is not one plain 32-bit memory".into()),
    }
}

fn forbidden(operator: &Operator<'_>) -> Option<&'static str> {
    match operator {
        Operator::TableSet { .. }
        | Operator::TableGrow { .. }
        | Operator::TableFill { .. }
        | Operator::TableCopy { .. }
        | Operator::TableInit { .. }
        | Operator::ElemDrop { .. } => Some("changes its table"),
        Operator::MemoryInit { .. } | Operator::DataDrop { .. } => Some("initialises memory at run time"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit_text(body: &str) -> Result<Layout, String> {
        let stack = "(memory 17) (global (mut i32) (i32.const 1048576))";
        audit(&wat::parse_str(format!("(module {stack} {body})")).unwrap())
    }

    #[test]
    fn the_stack_pointer_alone_may_change() {
        assert_eq!(audit_text("").unwrap(), Layout { stack_top: 1 << 20, memory_pages: 17 });
        for (body, complaint) in [
            ("(global (mut i32) (i32.const 0))", "mutable global"),
            ("(global (mut i64) (i64.const 0))", "mutable global"),
            ("(table 1 funcref) (func (table.set 0 (i32.const 0) (ref.null func)))", "table"),
            ("(table 1 funcref) (func (drop (table.grow 0 (ref.null func) (i32.const 1))))", "table"),
            (
                "(data $d \"x\") (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)))",
                "passive|memory",
            ),
            ("(func) (start 0)", "start function"),
        ] {
            let error = audit_text(body).unwrap_err();
            assert!(complaint.split('|').any(|c| error.contains(c)), "{body}: {error}");
        }
    }

    #[test]
    fn a_module_without_stack_or_memory_is_no_engine() {
        assert!(audit(&wat::parse_str("(module (memory 1))").unwrap()).is_err());
        assert!(audit(&wat::parse_str("(module (global (mut i32) (i32.const 9)))").unwrap()).is_err());
    }
}
