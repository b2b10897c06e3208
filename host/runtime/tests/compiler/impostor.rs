//! Programs that say they are the compiler, and are not.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::Duration,
};

use atoll_runtime::CompilerProgram;

pub(crate) fn program(how: &str) -> CompilerProgram {
    CompilerProgram::this_program(["impostor", how]).unwrap()
}

/// One that starts another, and never answers. Both write their process ids into the folder.
pub(crate) fn parent(folder: &Path) -> CompilerProgram {
    CompilerProgram::this_program(["impostor", "parent", folder.to_str().unwrap()]).unwrap()
}

/// The process ids of a [`parent`] and its child, once both run.
pub(crate) async fn started(folder: &Path) -> Vec<u32> {
    loop {
        let files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        let ids: Vec<u32> =
            files.iter().filter_map(|file| file.file_stem()?.to_str()?.parse().ok()).collect();
        if ids.len() >= 2 {
            return ids;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Takes the names of processes out of the folder.
pub(crate) fn forget(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
}

/// Until a process is gone. A grandchild belongs to the machine's first process by then, which may take its time
/// to reap it: dead is enough for that one, while our own child may not stay behind as a zombie.
pub(crate) async fn gone(id: u32) {
    loop {
        let Ok(stat) = fs::read_to_string(format!("/proc/{id}/stat")) else { return };
        // `id (name) state parent …`
        let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let (state, parent) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        if state == "Z" && parent != std::process::id().to_string() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut output = std::io::stdout();
    match *arguments.as_slice() {
        ["garbage"] => output.write_all(&[b'x'; 1_000]).unwrap(),
        // Until the pipe is closed, or it is killed.
        ["garbage-without-end"] => while output.write_all(&[b'x'; 1_000]).is_ok() {},
        ["another-build"] => output.write_all(b"atollcc1\x01\x02\x03\x04\x05\x06\x07\x08").unwrap(),
        ["silence"] => {}
        ["abort"] => std::process::abort(),
        ["panic"] => panic!("as a compiler with a bug does"),
        ["parent", folder] => {
            let child = Command::new("/proc/self/exe").args(["impostor", "child", folder]).spawn();
            note(folder);
            child.unwrap().wait().unwrap();
        }
        ["child", folder] => {
            note(folder);
            thread::sleep(Duration::from_secs(3_600));
        }
        ref other => panic!("no such impostor: {other:?}"),
    }
    ExitCode::SUCCESS
}

fn note(folder: &str) {
    fs::write(Path::new(folder).join(format!("{}.pid", std::process::id())), b"").unwrap();
}
