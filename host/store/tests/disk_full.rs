//! A full disk: writes are refused by name, reads go on, and everything works again when there is room.
//! The small disk is a tmpfs, which takes the right to mount one; without it the test says so and ends.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::{fs, path::Path, process::Command};

use atoll_model::{CapabilityError, Limits, Revision};
use atoll_store::{Store, StoreError};
use common::{app, bundle, integer, put, query};

/// A tmpfs of a few megabytes, unmounted when it goes.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"]).arg(dir.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then_some(Self(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all the room there is.
    fn fill(&self) {
        let mut filler = fs::File::create(self.path().join("filler")).unwrap();
        while std::io::Write::write_all(&mut filler, &[0; 4096]).is_ok() {}
    }

    fn empty(&self) {
        fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path()).status();
    }
}

#[tokio::test]
async fn writes_are_refused_by_name_reads_go_on_and_room_heals() {
    let Some(disk) = SmallDisk::mount() else {
        std::io::Write::write_all(&mut std::io::stderr(), b"skipped: no right to mount a tmpfs\n").unwrap();
        return;
    };
    let todo = app("todo");
    let store = Store::open(disk.path().join("data"), &Limits::default()).await.unwrap();
    store.deploy(&bundle("todo", "one", &[("1.sql", "CREATE TABLE t (x)")])).await.unwrap();
    store.kv_put(&todo, "before", put("here")).await.unwrap();
    query(&store, &todo, "INSERT INTO t VALUES (1)").await.unwrap();

    disk.fill();
    let big = "x".repeat(200_000);
    let mut errors = vec![store.kv_put(&todo, "big", put(&big)).await.unwrap_err()];
    errors.push(
        query(&store, &todo, &format!("INSERT INTO t VALUES (zeroblob({}))", big.len())).await.unwrap_err(),
    );
    errors.push(store.deploy(&bundle("todo", &big, &[("1.sql", "CREATE TABLE t (x)")])).await.unwrap_err());
    for error in errors {
        assert!(matches!(error, StoreError::DiskFull { .. }) && error.is_out_of_storage(), "{error:?}");
        assert!(matches!(CapabilityError::from(error), CapabilityError::OutOfStorage { limit: None, .. }));
    }
    assert_eq!(store.kv_get(&todo, "before").await.unwrap().unwrap().value, "here");
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, 1);
    assert_eq!(store.active(&todo).await.unwrap().unwrap().revision, Revision(1));
    assert!(store.backend(&todo, Revision(1)).await.unwrap().is_some());

    disk.empty();
    store.kv_put(&todo, "big", put(&big)).await.unwrap();
    query(&store, &todo, "INSERT INTO t VALUES (2)").await.unwrap();
    store.deploy(&bundle("todo", "two", &[("1.sql", "CREATE TABLE t (x)")])).await.unwrap();
    store.shutdown().await;
    drop(store);
    let store = Store::open(disk.path().join("data"), &Limits::default()).await.unwrap();
    assert_eq!(integer(&store, &todo, "SELECT count(*) FROM t").await, 2);
    assert_eq!(store.kv_get(&todo, "big").await.unwrap().unwrap().value, big);
    store.shutdown().await;
}
