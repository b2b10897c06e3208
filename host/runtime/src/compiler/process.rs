//! The host's side: starts so many compilers at a time, and sees to the end of each. What is said meanwhile
//! is in [`conversation`](super::conversation).

use std::{
    path::PathBuf,
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use atoll_model::Limits;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    process::{Child, Command},
    sync::Semaphore,
};

use super::{
    CompilerProgram,
    conversation::{Answer, hear, last_words, tell, why},
    protocol::Order,
};
use crate::RuntimeError;

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

fn broken(what: &str, error: &dyn std::fmt::Display) -> RuntimeError {
    RuntimeError::Compiler(format!("{what}: {error}"))
}
