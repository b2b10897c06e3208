use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::DeadLetterReason;

fn event(sequence: u64, event_type: &str) -> Event {
    Event {
        id: sequence.to_string(),
        source: "/apps/a".into(),
        event_type: EventType::parse(event_type).unwrap(),
        time: Timestamp::UNIX_EPOCH,
        subject: None,
        data: serde_json::Value::Null,
        hops: 0,
        trace: None,
        sequence,
    }
}

/// A lane with these events, in which everything was looked through.
fn lane(types: &[&str]) -> Lane {
    let mut lane = Lane::new(0, Vec::new());
    for (index, event_type) in types.iter().enumerate() {
        let sequence = index as u64 + 1;
        lane.admit(event(sequence, event_type));
        lane.looked_through(sequence);
    }
    lane
}

fn due(lane: &mut Lane) -> Vec<(u64, u32)> {
    std::iter::from_fn(|| lane.start()).map(|due| (due.sequence, due.attempt)).collect()
}

#[test]
fn one_stream_is_delivered_in_order_and_streams_beside_one_another() {
    let mut lane = lane(&["a", "a", "b"]);
    assert_eq!(due(&mut lane), [(1, 1), (3, 1)]);
    lane.done(3);
    assert_eq!(due(&mut lane), []);
    lane.done(1);
    assert_eq!(due(&mut lane), [(2, 1)]);
    lane.done(2);
    assert!(!lane.is_settled(), "it is not written down");
    lane.take_progress();
    assert!(lane.is_settled());
}

#[test]
fn the_cursor_stands_before_the_first_that_is_neither_settled_nor_parked() {
    let mut lane = lane(&["a", "b", "c"]);
    due(&mut lane);
    lane.done(2);
    assert_eq!(lane.take_progress(), None, "the first is still on its way");
    lane.done(1);
    assert_eq!(lane.take_progress().unwrap().cursor, 2);
    lane.done(3);
    assert_eq!(lane.take_progress().unwrap().cursor, 3);
    assert_eq!(lane.take_progress(), None);
}

#[test]
fn a_failed_event_is_parked_with_what_is_behind_it_and_others_pass() {
    let mut lane = lane(&["a", "a", "b"]);
    due(&mut lane);
    let until = Instant::now();
    lane.delay(1, until);
    lane.admit(event(4, "a"));
    lane.looked_through(4);
    lane.done(3);
    let progress = lane.take_progress().unwrap();
    assert_eq!((progress.cursor, progress.waiting), (4, vec![(1, 1), (2, 0), (4, 0)]));
    assert_eq!((due(&mut lane), lane.next_wake()), (vec![], Some(until)));

    lane.wake(until);
    let again = lane.start().unwrap();
    assert_eq!((again.sequence, again.attempt), (1, 2));
    assert!(again.event.is_none(), "what waits takes no memory");
    lane.delay(1, until + Duration::from_secs(1));
    assert_eq!(lane.take_progress().unwrap().waiting, [(1, 2)]);

    lane.wake(until + Duration::from_secs(1));
    due(&mut lane);
    lane.done(1);
    assert_eq!(due(&mut lane), [(2, 1)]);
    lane.done(2);
    due(&mut lane);
    lane.done(4);
    let progress = lane.take_progress().unwrap();
    assert_eq!(progress.settled, [1, 2, 4]);
    assert!(lane.is_settled());
}

#[test]
fn what_is_given_up_lets_the_next_one_go() {
    let mut lane = lane(&["a", "a"]);
    due(&mut lane);
    let (time, error) = (Timestamp::UNIX_EPOCH, "no".to_owned());
    lane.give_up(NewDeadLetter {
        sequence: 1,
        attempts: 5,
        reason: DeadLetterReason::Exhausted,
        error,
        time,
    });
    assert_eq!(due(&mut lane), [(2, 1)]);
    let progress = lane.take_progress().unwrap();
    assert_eq!((progress.cursor, progress.dead.len(), progress.waiting.len()), (1, 1, 0));
}

#[test]
fn what_was_parked_before_a_restart_is_due_with_its_attempts_and_in_order() {
    let waiting = |sequence, attempts| Waiting {
        sequence,
        source: "/apps/a".into(),
        event_type: EventType::parse("a").unwrap(),
        attempts,
    };
    let mut lane = Lane::new(7, vec![waiting(3, 2), waiting(5, 0)]);
    lane.admit(event(8, "a"));
    lane.looked_through(8);
    assert_eq!(due(&mut lane), [(3, 3)]);
    lane.done(3);
    assert_eq!(due(&mut lane), [(5, 1)]);
    lane.done(5);
    assert_eq!(due(&mut lane), [(8, 1)]);
    lane.done(8);
    let progress = lane.take_progress().unwrap();
    assert_eq!((progress.cursor, progress.settled), (8, vec![3, 5]), "the last was never written down");
}

#[test]
fn a_delivery_that_was_not_made_is_no_attempt() {
    let mut lane = lane(&["a"]);
    assert_eq!(due(&mut lane), [(1, 1)]);
    lane.unstart(1);
    assert_eq!(due(&mut lane), [(1, 1)]);
}

#[test]
fn reading_stops_while_too_much_waits() {
    let mut lane = Lane::new(0, Vec::new());
    for sequence in 1..=HELD_MAX as u64 {
        assert!(lane.has_room(1_000));
        lane.admit(event(sequence, "a"));
    }
    assert!(!lane.has_room(1_000));
    due(&mut lane);
    lane.delay(1, Instant::now());
    assert!(lane.has_room(1_000), "what waits is not held");
    assert!(!lane.has_room(HELD_MAX));
}
