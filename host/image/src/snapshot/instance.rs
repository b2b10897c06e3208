//! An engine that runs, called by hand through the canonical ABI of `atoll:app/snapshot@0.1.0`: there is no
//! component around it yet.

use std::task::{Context, Poll, Waker};

use wasmtime::{
    Instance, Memory, Module, Store, StoreLimitsBuilder, Trap, TypedFunc, WasmParams, WasmResults,
};

use super::{
    budget::{Budget, CpuTimeUp},
    imports::{self, Refused, State},
};
use crate::{ImageError, image::MEMORY_EXPORT};

const INTERFACE: &str = "atoll:app/snapshot@0.1.0";

/// Longer texts of a failure are cut: they come from the app.
const FAILURE_BYTES_MAX: usize = 16 << 10;

/// A string or list in the guest's memory: pointer and length.
type Slice = (u32, u32);

pub(super) struct Running {
    store: Store<State>,
    engine: Instance,
    memory: Memory,
    realloc: TypedFunc<(u32, u32, u32, u32), u32>,
    cpu_ms: u64,
}

impl Running {
    /// Instantiates the code-only engine over a memory to start with.
    pub(super) fn start(
        code: &Module,
        image: &Module,
        memory_max_bytes: usize,
        budget: &Budget,
    ) -> Result<Self, ImageError> {
        Self::instantiate(code, image, memory_max_bytes, budget)
            .map_err(|error| stopped(&error, budget.cpu_ms))
    }

    fn instantiate(
        code: &Module,
        image: &Module,
        memory_max_bytes: usize,
        budget: &Budget,
    ) -> wasmtime::Result<Self> {
        let limits = StoreLimitsBuilder::new().memory_size(memory_max_bytes).build();
        let mut store = Store::new(code.engine(), State::new(limits));
        budget.give(&mut store)?;
        store.limiter(|state| &mut state.limits);
        let base = at_once(Instance::new_async(&mut store, image, &[]))?;
        let memory = base
            .get_memory(&mut store, MEMORY_EXPORT)
            .ok_or_else(|| wasmtime::Error::msg("the base image has no memory"))?;
        store.data_mut().memory = Some(memory);
        let linker = imports::link(&mut store, code)?;
        let engine = at_once(linker.instantiate_async(&mut store, code))?;
        let realloc = engine.get_typed_func(&mut store, "cabi_realloc")?;
        Ok(Self { store, engine, memory, realloc, cpu_ms: budget.cpu_ms })
    }

    /// Ends it: what it has used is gone from the budget.
    pub(super) fn end(self, budget: &mut Budget) -> Result<(), ImageError> {
        budget.take_back(&self.store).map_err(ImageError::engine)
    }

    /// What was printed so far.
    pub(super) fn log(&self) -> &[String] {
        &self.store.data().log
    }

    /// The whole memory. Below `stack_top` is the stack: no call is under way, so that nothing there lives,
    /// and it is zeroed to keep it out of the image.
    pub(super) fn memory(&mut self, stack_top: u32) -> &[u8] {
        let contents = self.memory.data_mut(&mut self.store);
        if let Some(stack) = contents.get_mut(..stack_top as usize) {
            stack.fill(0);
        }
        contents
    }

    pub(super) fn start_compiler(&mut self) -> Result<(), ImageError> {
        self.call::<(), ()>("start-compiler", ())
    }

    /// Answers a module's bytecode.
    pub(super) fn compile(&mut self, name: &str, source: &str) -> Result<Vec<u8>, ImageError> {
        let (name, source) = (self.write(name)?, self.write(source)?);
        let result: u32 = self.call("compile", (name.0, name.1, source.0, source.1))?;
        let bytecode = self.read_result(result)?;
        let (start, length) = (self.word(bytecode)?, self.word(bytecode.saturating_add(4))?);
        let bytecode = self.bytes(start, length)?.to_vec();
        Ok(bytecode)
    }

    pub(super) fn bootstrap(&mut self) -> Result<(), ImageError> {
        self.call::<(), ()>("bootstrap", ())
    }

    pub(super) fn add_module(&mut self, name: &str, bytecode: &[u8]) -> Result<(), ImageError> {
        let (name, bytecode) = (self.write(name)?, self.write_bytes(bytecode, 1)?);
        self.call("add-module", (name.0, name.1, bytecode.0, bytecode.1))
    }

    /// Answers the flags of the handlers.
    pub(super) fn evaluate(&mut self, entry: &str, tests: &[String]) -> Result<u8, ImageError> {
        let entry = self.write(entry)?;
        let mut list = Vec::new();
        for test in tests {
            let (pointer, length) = self.write(test)?;
            list.extend(pointer.to_le_bytes());
            list.extend(length.to_le_bytes());
        }
        let (list, _) = self.write_bytes(&list, 4)?;
        let result: u32 = self.call("evaluate", (entry.0, entry.1, list, tests.len() as u32))?;
        let flags = self.read_result(result)?;
        self.byte(flags)
    }

    /// `result<_, failure>`: a discriminant, and from offset 4 on either what is answered or two strings. Answers
    /// where the former is.
    fn read_result(&mut self, pointer: u32) -> Result<u32, ImageError> {
        if self.byte(pointer)? == 0 {
            return Ok(pointer.saturating_add(4));
        }
        let message = self.string(pointer.saturating_add(4))?;
        let stack = self.string(pointer.saturating_add(12))?;
        Err(ImageError::Evaluate { message, stack })
    }

    fn write(&mut self, text: &str) -> Result<Slice, ImageError> {
        self.write_bytes(text.as_bytes(), 1)
    }

    fn write_bytes(&mut self, bytes: &[u8], align: u32) -> Result<Slice, ImageError> {
        let length = u32::try_from(bytes.len()).map_err(ImageError::engine)?;
        if length == 0 {
            return Ok((align, 0));
        }
        let realloc = self.realloc.clone();
        let pointer = at_once(realloc.call_async(&mut self.store, (0, 0, align, length)))
            .map_err(|error| stopped(&error, self.cpu_ms))?;
        self.memory.write(&mut self.store, pointer as usize, bytes).map_err(ImageError::engine)?;
        Ok((pointer, length))
    }

    fn word(&self, pointer: u32) -> Result<u32, ImageError> {
        let bytes = self.bytes(pointer, 4)?;
        Ok(bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte)))
    }

    fn byte(&self, pointer: u32) -> Result<u8, ImageError> {
        Ok(self.bytes(pointer, 1)?.first().copied().unwrap_or_default())
    }

    /// The string whose pointer and length are at `pointer`.
    fn string(&self, pointer: u32) -> Result<String, ImageError> {
        let (start, length) = (self.word(pointer)?, self.word(pointer.saturating_add(4))?);
        let bytes = self.bytes(start, length)?;
        Ok(String::from_utf8_lossy(bytes.get(..FAILURE_BYTES_MAX).unwrap_or(bytes)).into_owned())
    }

    fn bytes(&self, pointer: u32, length: u32) -> Result<&[u8], ImageError> {
        let start = pointer as usize;
        let contents = self.memory.data(&self.store);
        start
            .checked_add(length as usize)
            .and_then(|end| contents.get(start..end))
            .ok_or_else(|| ImageError::engine("the engine answered with a pointer outside of its memory"))
    }

    fn call<P: WasmParams + Sync, R: WasmResults + Sync>(
        &mut self,
        name: &str,
        params: P,
    ) -> Result<R, ImageError> {
        let function = self
            .engine
            .get_typed_func::<P, R>(&mut self.store, &format!("{INTERFACE}#{name}"))
            .map_err(ImageError::engine)?;
        at_once(function.call_async(&mut self.store, params)).map_err(|error| stopped(&error, self.cpu_ms))
    }
}

/// Runs a call to its end. It is made as an asynchronous one because those run on a stack of their own, whose
/// size goes with the engine's settings: the stack of the thread that calls might be smaller than what the
/// guest may use of it, and overrunning that would take the process down. Nothing here ever yields.
fn at_once<T>(future: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(wasmtime::Error::msg("the engine waited for something")),
    }
}

/// Sorts the ways in which wasmtime stops a guest.
fn stopped(error: &wasmtime::Error, cpu_ms: u64) -> ImageError {
    if let Some(Refused(capability)) = error.downcast_ref() {
        return ImageError::Refused { capability: capability.clone() };
    }
    let out_of_fuel = matches!(error.downcast_ref::<Trap>(), Some(Trap::OutOfFuel | Trap::Interrupt));
    if out_of_fuel || error.downcast_ref::<CpuTimeUp>().is_some() {
        return ImageError::Timeout { limit_ms: cpu_ms };
    }
    let message = match error.downcast_ref::<Trap>() {
        Some(trap) => trap.to_string(),
        None => format!("{error:#}"),
    };
    ImageError::Trap { message }
}
