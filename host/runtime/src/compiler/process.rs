//! The host's side: starts the compiler, talks to it, and sees to its end.

use std::{
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use atoll_model::Limits;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, ChildStdin, Command},
    sync::Semaphore,
};

use super::{
    CompilerProgram,
    protocol::{COMPILED, HELLO_BYTES, INVALID, MAGIC, MESSAGE_BYTES_MAX, Order, TOO_LARGE, VERDICT_BYTES},
};
use crate::RuntimeError;

/// What is read of the compiler's standard error; the end of a panic says most in its first line.
const STDERR_BYTES_MAX: u64 = 4 << 10;

/// Threads of one compilation. Each has a stack within the compiler's memory.
const THREADS_MAX: usize = 4;

/// Starts compilers, so many at a time.
pub(crate) struct Compiler {
    program: CompilerProgram,
    limits: Limits,
    /// Where it runs: an empty folder, where there is one.
    dir: PathBuf,
    places: Semaphore,
    waiting: AtomicUsize,
}

/// What the compiler said before it ended.
enum Answer {
    Compiled(Vec<u8>),
    Refused(RuntimeError),
    /// It went away in the middle of a sentence.
    Nothing,
}

impl Compiler {
    /// `dir` is an empty folder for compilers to run in.
    pub(crate) fn new(program: CompilerProgram, limits: &Limits, dir: Option<PathBuf>) -> Self {
        Self {
            program,
            limits: limits.clone(),
            dir: dir.unwrap_or_else(|| "/".into()),
            places: Semaphore::new(limits.compiles_concurrent_max.max(1)),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Compiles a component for the engine of this fingerprint. Whoever drops the future stops the compiler.
    pub(crate) async fn compile(&self, engine: u64, component: &[u8]) -> Result<Vec<u8>, RuntimeError> {
        let _place = self.place().await?;
        let order = Order { engine, limits: self.limits.clone() };
        let order = order.to_bytes().map_err(|error| broken("it cannot be told what to do", &error))?;
        let mut process = Process::start(&self.program, &self.dir)?;
        let limit_ms = self.limits.compile_wall_ms;
        let talk = process.talk(&order, component, engine, &self.limits);
        match tokio::time::timeout(Duration::from_millis(limit_ms), talk).await {
            Ok(result) => result,
            // Killed when it is dropped, which is now; but nobody is told before it is gone.
            Err(_elapsed) => {
                process.kill().await;
                Err(RuntimeError::CompileTooLong { limit: "compile_wall_ms", limit_ms })
            }
        }
    }

    async fn place(&self) -> Result<impl Drop, RuntimeError> {
        let busy = |limit, value: usize| RuntimeError::CompilerBusy { limit, value: value as u64 };
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let queue_max = self.limits.compiles_queue_max;
        let _waiting =
            Waiting::start(&self.waiting, queue_max).ok_or(busy("compiles_queue_max", queue_max))?;
        let wait = Duration::from_millis(self.limits.compile_wall_ms);
        match tokio::time::timeout(wait, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            // The semaphore is never closed: the time ran out.
            _ => Err(busy("compiles_concurrent_max", self.limits.compiles_concurrent_max)),
        }
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn start(count: &'a AtomicUsize, max: usize) -> Option<Self> {
        let waiting = Self(count);
        (count.fetch_add(1, Ordering::Relaxed) < max).then_some(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A running compiler, with whatever it may have started. Killed when dropped; tokio reaps it.
struct Process {
    // The group goes before the child: once that is reaped, its id may be another's.
    group: Group,
    child: Child,
}

/// The processes of a compiler's group; `None` once it has ended by itself.
struct Group(Option<Pid>);

impl Group {
    fn kill(&mut self) {
        if let Some(group) = self.0.take() {
            // It can only be gone already.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Process {
    fn start(program: &CompilerProgram, dir: &std::path::Path) -> Result<Self, RuntimeError> {
        let threads = std::thread::available_parallelism().map_or(1, |n| n.get().min(THREADS_MAX));
        let child = Command::new(&program.program)
            .args(&program.arguments)
            .env_clear()
            .env("RAYON_NUM_THREADS", threads.to_string())
            // A heap for each thread would reserve 64 MiB of the address space that is limited.
            .env("MALLOC_ARENA_MAX", "2")
            .current_dir(dir)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| broken(&format!("{} cannot be started", program.program.display()), &error))?;
        let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Ok(Self { group: Group(id), child })
    }

    /// Gives it its work, hears its answer, and waits for its end.
    async fn talk(
        &mut self,
        order: &[u8],
        component: &[u8],
        engine: u64,
        limits: &Limits,
    ) -> Result<Vec<u8>, RuntimeError> {
        let pipes = (self.child.stdin.take(), self.child.stdout.take(), self.child.stderr.take());
        let (Some(stdin), Some(mut stdout), Some(stderr)) = pipes else {
            return Err(RuntimeError::Compiler("it has no standard input or output".into()));
        };
        let hear = async {
            let answer = hear(&mut stdout, engine, limits).await;
            if matches!(answer, Answer::Refused(RuntimeError::Compiler(_))) {
                // It speaks another language, and may have no end.
                self.group.kill();
            }
            answer
        };
        let ((), answer, said) = tokio::join!(tell(stdin, order, component), hear, last_words(stderr));
        let status = self.child.wait().await.map_err(|error| broken("its end was not seen", &error))?;
        self.group.0 = None;
        match answer {
            Answer::Compiled(code) if status.success() => Ok(code),
            Answer::Refused(error) => Err(error),
            Answer::Compiled(_) | Answer::Nothing => Err(why(status, &said, limits)),
        }
    }

    async fn kill(&mut self) {
        self.group.kill();
        if let Err(error) = self.child.kill().await {
            tracing::error!(%error, "a compiler that took too long could not be stopped");
        }
    }
}

/// A compiler that ends before it has read everything says itself why.
async fn tell(mut stdin: ChildStdin, order: &[u8], component: &[u8]) {
    let length = (component.len() as u64).to_le_bytes();
    for part in [order, &length, component] {
        if stdin.write_all(part).await.is_err() {
            return;
        }
    }
}

async fn hear(stdout: &mut (impl AsyncRead + Unpin), engine: u64, limits: &Limits) -> Answer {
    let mut hello = [0; HELLO_BYTES];
    if stdout.read_exact(&mut hello).await.is_err() {
        return Answer::Nothing;
    }
    let Some(theirs) = hello.strip_prefix(&MAGIC) else {
        let what = "what it says is not what a compiler says; is the program the right one?";
        return Answer::Refused(RuntimeError::Compiler(what.into()));
    };
    if theirs != engine.to_le_bytes() {
        let what =
            "it is of another build than this host, whose machine code would not fit; start the host anew";
        return Answer::Refused(RuntimeError::Compiler(what.into()));
    }
    let mut verdict = [0; VERDICT_BYTES];
    if stdout.read_exact(&mut verdict).await.is_err() {
        return Answer::Nothing;
    }
    let [verdict, length @ ..] = verdict;
    let length = u64::from_le_bytes(length);
    let too_large = RuntimeError::CompiledTooLarge { limit: limits.compiled_bytes_max };
    let bytes_max = match verdict {
        COMPILED => limits.compiled_bytes_max,
        INVALID => MESSAGE_BYTES_MAX,
        TOO_LARGE => return Answer::Refused(too_large),
        other => return Answer::Refused(RuntimeError::Compiler(format!("its verdict is {other}"))),
    };
    if length > bytes_max as u64 {
        return Answer::Refused(RuntimeError::Compiler(format!("it announces {length} bytes")));
    }
    let mut what = Vec::new();
    match stdout.take(length).read_to_end(&mut what).await {
        Ok(read) if read as u64 == length => {}
        _ => return Answer::Nothing,
    }
    match verdict {
        COMPILED => Answer::Compiled(what),
        _ => Answer::Refused(RuntimeError::Invalid(String::from_utf8_lossy(&what).into_owned())),
    }
}

/// The beginning of what it writes to its standard error; the rest is let go, so that it never waits for us.
async fn last_words(mut stderr: impl AsyncRead + Unpin) -> String {
    let mut said = Vec::new();
    // What was read until an error is still worth reading.
    let _ = (&mut stderr).take(STDERR_BYTES_MAX).read_to_end(&mut said).await;
    let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&said).into_owned()
}

/// Why it ended without an answer.
fn why(status: ExitStatus, said: &str, limits: &Limits) -> RuntimeError {
    let signal = status.signal();
    if signal == Some(Signal::XCPU.as_raw()) {
        let limit_ms = limits.compile_cpu_ms;
        return RuntimeError::CompileTooLong { limit: "compile_cpu_ms", limit_ms };
    }
    // Rust's own words for a failed allocation, and the system's for a failed mapping or thread.
    let is_memory =
        ["memory allocation of", "annot allocate memory", "os error 12", "esource temporarily unav"];
    if is_memory.iter().any(|words| said.contains(words)) {
        return RuntimeError::CompileOutOfMemory { limit_mib: limits.compile_memory_mib };
    }
    tracing::warn!(%status, said, "the compiler ended without an answer");
    match signal {
        Some(_) => RuntimeError::CompilerCrashed(status.to_string()),
        // A panic of Rust's.
        None if status.code() == Some(101) => RuntimeError::CompilerCrashed("it panicked".into()),
        None => RuntimeError::Compiler(format!("it ended without an answer ({status})")),
    }
}

fn broken(what: &str, error: &dyn std::fmt::Display) -> RuntimeError {
    RuntimeError::Compiler(format!("{what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(raw: i32, said: &str) -> RuntimeError {
        why(ExitStatus::from_raw(raw), said, &Limits::default())
    }

    #[test]
    fn each_end_has_its_reason() {
        let limits = Limits::default();
        let too_long =
            RuntimeError::CompileTooLong { limit: "compile_cpu_ms", limit_ms: limits.compile_cpu_ms };
        assert_eq!(ended(24, ""), too_long);
        let out_of_memory = RuntimeError::CompileOutOfMemory { limit_mib: limits.compile_memory_mib };
        assert_eq!(ended(6, "memory allocation of 4096 bytes failed"), out_of_memory);
        assert!(matches!(ended(11, ""), RuntimeError::CompilerCrashed(_)));
        assert!(matches!(ended(101 << 8, "thread panicked"), RuntimeError::CompilerCrashed(_)));
        assert!(matches!(ended(1 << 8, "no such option"), RuntimeError::Compiler(_)));
        assert!(matches!(ended(0, ""), RuntimeError::Compiler(_)));
    }

    async fn heard(bytes: &[u8]) -> Answer {
        let limits = Limits { compiled_bytes_max: 8, ..Limits::default() };
        hear(&mut &*bytes, 7, &limits).await
    }

    fn said(engine: u64, verdict: u8, length: u64, what: &[u8]) -> Vec<u8> {
        [&MAGIC, engine.to_le_bytes().as_slice(), &[verdict], &length.to_le_bytes(), what].concat()
    }

    #[tokio::test]
    async fn only_a_whole_answer_of_the_right_engine_is_taken() {
        assert!(
            matches!(heard(&said(7, COMPILED, 4, b"code")).await, Answer::Compiled(code) if code == b"code")
        );
        let whole = said(7, COMPILED, 4, b"code");
        for cut in 0..whole.len() {
            assert!(matches!(heard(&whole[..cut]).await, Answer::Nothing), "{cut}");
        }
        for strange in [said(8, COMPILED, 4, b"code"), said(7, 9, 0, b""), said(7, COMPILED, 9, &[0; 9])] {
            assert!(matches!(heard(&strange).await, Answer::Refused(RuntimeError::Compiler(_))));
        }
        assert!(matches!(heard(&[b'x'; 64]).await, Answer::Refused(RuntimeError::Compiler(_))));
        let invalid = heard(&said(7, INVALID, 3, b"bad")).await;
        assert!(matches!(invalid, Answer::Refused(RuntimeError::Invalid(message)) if message == "bad"));
        let too_large = heard(&said(7, TOO_LARGE, 0, b"")).await;
        assert!(matches!(too_large, Answer::Refused(RuntimeError::CompiledTooLarge { limit: 8 })));
    }
}
