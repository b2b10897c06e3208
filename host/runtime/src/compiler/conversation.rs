//! What the host says to a compiler and hears from it, and what it makes of one that went without a word.

use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

use atoll_model::Limits;
use rustix::process::Signal;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::ChildStdin,
};

use super::protocol::{COMPILED, HELLO_BYTES, INVALID, MAGIC, MESSAGE_BYTES_MAX, TOO_LARGE, VERDICT_BYTES};
use crate::RuntimeError;

/// What is read of the compiler's standard error; the end of a panic says most in its first line.
const STDERR_BYTES_MAX: u64 = 4 << 10;

/// What the compiler said before it ended.
pub(super) enum Answer {
    Compiled(Vec<u8>),
    Refused(RuntimeError),
    /// It went away in the middle of a sentence.
    Nothing,
}

/// A compiler that ends before it has read everything says itself why.
pub(super) async fn tell(mut stdin: ChildStdin, order: &[u8], component: &[u8]) {
    let length = (component.len() as u64).to_le_bytes();
    for part in [order, &length, component] {
        if stdin.write_all(part).await.is_err() {
            return;
        }
    }
}

pub(super) async fn hear(stdout: &mut (impl AsyncRead + Unpin), engine: u64, limits: &Limits) -> Answer {
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
pub(super) async fn last_words(mut stderr: impl AsyncRead + Unpin) -> String {
    let mut said = Vec::new();
    // What was read until an error is still worth reading.
    let _ = (&mut stderr).take(STDERR_BYTES_MAX).read_to_end(&mut said).await;
    let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
    String::from_utf8_lossy(&said).into_owned()
}

/// Why it ended without an answer.
pub(super) fn why(status: ExitStatus, said: &str, limits: &Limits) -> RuntimeError {
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
