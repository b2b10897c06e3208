use futures::FutureExt as _;

use super::*;

fn admission(instances_max: u32, app_concurrency_max: u32, app_queue_max: u32) -> Admission {
    Admission::new(&Limits { instances_max, app_concurrency_max, app_queue_max, ..Limits::default() })
}

fn name(name: &str) -> AppName {
    AppName::parse(name).unwrap()
}

const SOON: Duration = Duration::from_millis(1);
const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_full_queue_turns_callers_away_at_once() {
    let admission = admission(10, 1, 0);
    let gate = admission.gate(&name("a"));
    admission.enter(&gate, LONG).await.unwrap();
    let refused = admission.enter(&gate, LONG).await.err().unwrap();
    assert!(matches!(refused, CallError::Overloaded { limit: "app_queue_max", value: 0, .. }), "{refused:?}");
    admission.leave(&gate);
    assert!(admission.enter(&gate, LONG).await.is_ok());
}

#[tokio::test]
async fn nobody_waits_for_long() {
    let limits = Limits { app_concurrency_max: 1, app_queue_wait_ms: 1, ..Limits::default() };
    let admission = Admission::new(&limits);
    let gate = admission.gate(&name("a"));
    admission.enter(&gate, LONG).await.unwrap();
    let mut told = Vec::new();
    for _ in 0..3 {
        match admission.enter(&gate, LONG).await {
            Err(CallError::Overloaded { retry_after, limit: "app_queue_wait_ms", value: 1 }) => {
                told.push(retry_after.as_secs());
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(told, [1, 2, 3], "they do not come back together");
    // Those who gave up are not in the queue any more.
    admission.leave(&gate);
    assert_eq!(admission.enter(&gate, LONG).await.unwrap(), Duration::ZERO);
}

#[tokio::test]
async fn a_loud_app_leaves_places_to_others() {
    let admission = admission(10, 1, 5);
    let (loud, quiet) = (admission.gate(&name("loud")), admission.gate(&name("quiet")));
    admission.enter(&loud, LONG).await.unwrap();
    assert!(admission.enter(&loud, SOON).await.is_err());
    assert!(admission.enter(&quiet, LONG).await.is_ok());
}

#[tokio::test]
async fn waiting_ends_with_the_place_of_another() {
    let admission = admission(1, 1, 1);
    let gate = admission.gate(&name("a"));
    admission.enter(&gate, LONG).await.unwrap();
    let second = admission.enter(&gate, LONG);
    let (second, ()) = tokio::join!(second, async { admission.leave(&gate) });
    assert!(second.is_ok());
}

#[tokio::test]
async fn apps_get_the_hosts_places_in_turn() {
    let admission = admission(1, 8, 100);
    let gates = ["loud", "second", "third"].map(|app| admission.gate(&name(app)));
    admission.enter(&gates[0], LONG).await.unwrap();
    let mut waiting: Vec<_> = [0, 0, 0, 0, 1, 1, 2]
        .into_iter()
        .map(|app| (app, Box::pin(admission.enter(&gates[app], LONG))))
        .collect();
    // Into the queue, in this order.
    assert!(waiting.iter_mut().all(|(_, enter)| enter.as_mut().now_or_never().is_none()));
    let (mut order, mut last) = (Vec::new(), 0);
    while !waiting.is_empty() {
        admission.leave(&gates[last]);
        let granted: Vec<usize> = (0..waiting.len())
            .filter(|at| waiting[*at].1.as_mut().now_or_never().is_some_and(|result| result.is_ok()))
            .collect();
        assert_eq!(granted.len(), 1, "one place, one call");
        last = waiting.remove(granted[0]).0;
        order.push(last);
    }
    assert_eq!(order, [0, 1, 2, 0, 1, 0, 0]);
}

#[tokio::test]
async fn an_app_at_its_own_limit_stands_in_nobodys_way() {
    let admission = admission(2, 1, 100);
    let (loud, quiet) = (admission.gate(&name("loud")), admission.gate(&name("quiet")));
    admission.enter(&loud, LONG).await.unwrap();
    admission.enter(&quiet, LONG).await.unwrap();
    let mut loud_waits = Box::pin(admission.enter(&loud, LONG));
    let mut quiet_waits = Box::pin(admission.enter(&quiet, LONG));
    assert!(loud_waits.as_mut().now_or_never().is_none());
    assert!(quiet_waits.as_mut().now_or_never().is_none());
    admission.leave(&quiet);
    assert!(quiet_waits.as_mut().now_or_never().is_some());
    assert!(loud_waits.as_mut().now_or_never().is_none());
}

#[tokio::test]
async fn whoever_goes_passes_its_place_on() {
    let admission = admission(1, 1, 100);
    let gate = admission.gate(&name("a"));
    admission.enter(&gate, LONG).await.unwrap();
    let [mut first, mut second, mut third] = [(); 3].map(|()| Box::pin(admission.enter(&gate, LONG)));
    for waiting in [&mut first, &mut second, &mut third] {
        assert!(waiting.as_mut().now_or_never().is_none());
    }
    // One goes while it waits; one after it was granted a place, which it has not seen yet.
    drop(first);
    admission.leave(&gate);
    drop(second);
    assert!(third.as_mut().now_or_never().is_some());
    admission.leave(&gate);
    assert_eq!(admission.places().taken_and_free(gate.id), (0, 1));
}

/// Eight places, of which two are kept for apps that hold fewer than two. Two apps have six of them, and the rest
/// of their calls wait.
struct Crowd {
    admission: Admission,
    first: Arc<Gate>,
    second: Arc<Gate>,
}

impl Crowd {
    async fn gather() -> Self {
        let admission = Admission::new(&Limits {
            instances_max: 8,
            instances_reserved_percent: 25,
            app_instances_reserved: 2,
            app_concurrency_max: 4,
            ..Limits::default()
        });
        let (first, second) = (admission.gate(&name("first")), admission.gate(&name("second")));
        for gate in [&first, &first, &first, &first, &second, &second] {
            assert_eq!(admission.enter(gate, LONG).await.unwrap(), Duration::ZERO);
        }
        Self { admission, first, second }
    }
}

#[tokio::test]
async fn apps_that_hold_many_places_leave_some_to_others() {
    let Crowd { admission, second, .. } = Crowd::gather().await;
    let refused = admission.enter(&second, SOON).await.err().unwrap();
    assert!(
        matches!(refused, CallError::Overloaded { limit: "instances_reserved_percent", value: 25, .. }),
        "{refused:?}"
    );
    let quiet = admission.gate(&name("quiet"));
    assert!(admission.enter(&quiet, SOON).await.is_ok());
    assert!(admission.enter(&quiet, SOON).await.is_ok());
    let refused = admission.enter(&quiet, SOON).await.err().unwrap();
    assert!(matches!(refused, CallError::Overloaded { limit: "instances_max", value: 8, .. }), "{refused:?}");
}

#[tokio::test]
async fn what_is_reserved_waits_for_those_it_is_for() {
    let Crowd { admission, first, second } = Crowd::gather().await;
    let mut many = Box::pin(admission.enter(&second, LONG));
    assert!(many.as_mut().now_or_never().is_none());
    let quiet = admission.gate(&name("quiet"));
    for _ in 0..2 {
        assert_eq!(admission.enter(&quiet, LONG).await.unwrap(), Duration::ZERO);
    }
    // None is free; then one is, and two, and they are kept.
    for _ in 0..2 {
        admission.leave(&first);
        assert!(many.as_mut().now_or_never().is_none());
    }
    admission.leave(&first);
    assert!(many.as_mut().now_or_never().unwrap().is_ok());
    assert_eq!(admission.places().taken_and_free(second.id), (3, 2));
}

#[tokio::test]
async fn an_app_that_has_come_down_to_few_is_served_from_the_reserve() {
    let Crowd { admission, first, second } = Crowd::gather().await;
    let mut next = Box::pin(admission.enter(&second, LONG));
    assert!(next.as_mut().now_or_never().is_none());
    let quiet = admission.gate(&name("quiet"));
    for _ in 0..2 {
        assert_eq!(admission.enter(&quiet, LONG).await.unwrap(), Duration::ZERO);
    }
    admission.leave(&second);
    assert!(next.as_mut().now_or_never().unwrap().is_ok());
    assert_eq!(admission.places().taken_and_free(first.id), (4, 0));
}

#[test]
fn two_revisions_share_one_gate() {
    let admission = admission(1, 1, 1);
    let gate = admission.gate(&name("a"));
    assert!(Arc::ptr_eq(&gate, &admission.gate(&name("a"))));
    assert!(!Arc::ptr_eq(&gate, &admission.gate(&name("b"))));
    assert!(admission.places().apps() <= 2);
}
