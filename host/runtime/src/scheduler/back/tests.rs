use std::sync::{Weak, mpsc};

use tokio::sync::Notify;

use super::*;
use crate::scheduler::Shares;

fn back(threads: usize) -> Back {
    let back = Back::new(threads, Duration::from_millis(5));
    assert!(back.is_open());
    back
}

/// Occupies a thread until it is told to go on.
fn block(back: &Back, share: &Share) -> (Handoff<()>, mpsc::Sender<()>) {
    let (go_on, told) = mpsc::channel();
    let (started, has_started) = mpsc::channel();
    let blocked = back.run(share, async move {
        started.send(()).unwrap();
        told.recv().unwrap();
    });
    has_started.recv().unwrap();
    (blocked, go_on)
}

#[tokio::test]
async fn what_runs_there_is_answered_here() {
    let (back, shares) = (back(2), Shares::new());
    let share = shares.add();
    let here = thread::current().id();
    let there = back.run(&share, async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        thread::current().id()
    });
    assert_ne!(there.await, here);
}

#[tokio::test]
async fn apps_take_turns() {
    let (back, shares) = (back(1), Shares::new());
    let (blocker, loud, quiet) = (shares.add(), shares.add(), shares.add());
    let (blocked, go_on) = block(&back, &blocker);
    let order = Arc::new(Mutex::new(Vec::new()));
    let note = |share: &Arc<Share>, what: &'static str| {
        let order = Arc::clone(&order);
        back.run(share, async move {
            // Long enough that the clock of its app moves.
            let until_ns = thread_cpu_ns() + 1_000_000;
            while thread_cpu_ns() < until_ns {}
            order.lock().unwrap().push(what);
        })
    };
    let mut all: Vec<_> = (0..4).map(|_| note(&loud, "loud")).collect();
    all.push(note(&quiet, "quiet"));
    go_on.send(()).unwrap();
    blocked.await;
    futures::future::join_all(all).await;
    let order = order.lock().unwrap();
    assert_eq!(order.len(), 5);
    // It came last, and one of the loud app's may have started before it.
    assert!(order.iter().position(|what| *what == "quiet").unwrap() <= 1, "{order:?}");
}

#[tokio::test]
async fn nobody_waiting_ends_it_before_its_turn() {
    let (back, shares) = (back(1), Shares::new());
    let share = shares.add();
    let (_blocked, go_on) = block(&back, &share);
    let held = Arc::new(());
    let (weak, in_task): (Weak<()>, _) = (Arc::downgrade(&held), held);
    let waiting = back.run(&share, async move { drop(in_task) });
    drop(waiting);
    assert!(weak.upgrade().is_none(), "what the call held is given back at once");
    go_on.send(()).unwrap();
    back.run(&share, async {}).await;
}

#[tokio::test]
async fn nobody_waiting_ends_it_in_its_turn() {
    let (back, shares) = (back(1), Shares::new());
    let share = shares.add();
    let (go_on, told) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel();
    let (ended, mut has_ended) = oneshot::channel::<()>();
    let running = back.run(&share, async move {
        let _ended = ended;
        started.send(()).unwrap();
        told.recv().unwrap();
        std::future::pending::<()>().await;
    });
    has_started.recv().unwrap();
    drop(running);
    assert!(has_ended.try_recv().is_err());
    go_on.send(()).unwrap();
    assert!(has_ended.await.is_err(), "dropped, and not completed");
    back.run(&share, async {}).await;
}

#[tokio::test]
async fn what_is_woken_while_it_runs_runs_again() {
    let (back, shares) = (back(2), Shares::new());
    let share = shares.add();
    let notify = Arc::new(Notify::new());
    for _ in 0..1_000 {
        let of_task = Arc::clone(&notify);
        let waiting = back.run(&share, async move {
            of_task.notified().await;
            tokio::task::yield_now().await;
        });
        notify.notify_one();
        waiting.await;
    }
}

#[tokio::test]
async fn a_panic_is_its_callers_and_the_thread_goes_on() {
    let (back, shares) = (back(1), Shares::new());
    let share = shares.add();
    let failed = back.run(&share, async { panic!("in the back") });
    let caught = AssertUnwindSafe(failed).catch_unwind().await.unwrap_err();
    assert_eq!(caught.downcast_ref::<&str>(), Some(&"in the back"));
    assert_eq!(back.run(&share, async { 7 }).await, 7);
}
