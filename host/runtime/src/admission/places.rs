//! The places of the host: how many are free, who has them, and who is next.
//!
//! No app has more than `app_concurrency_max`. When no more are free than are reserved, only apps that hold fewer than
//! `app_instances_reserved` get another one. Among those that may have one, the apps take turns.

use std::collections::{BTreeMap, VecDeque};

use atoll_model::Limits;
use tokio::sync::oneshot;

/// What an app may have.
pub(super) struct Rules {
    places: u32,
    /// Of them, for apps that hold few.
    reserved: u32,
    /// An app that holds fewer holds few.
    few: u32,
    app_max: u32,
}

impl Rules {
    pub(super) fn of(limits: &Limits) -> Self {
        let places = limits.instances_max;
        let reserved = u64::from(places) * u64::from(limits.instances_reserved_percent.min(100)) / 100;
        Self {
            places,
            reserved: u32::try_from(reserved).unwrap_or(places),
            // An app without a place could never get one.
            few: limits.app_instances_reserved.max(1),
            app_max: limits.app_concurrency_max,
        }
    }
}

pub(super) struct Places {
    rules: Rules,
    free: u32,
    /// As many as there are gates.
    apps: BTreeMap<u64, OfApp>,
    round: Round,
    next_waiter: u64,
}

#[derive(Default)]
struct OfApp {
    taken: u32,
    waiting: VecDeque<Waiter>,
    /// Its turn in the round, while it takes part in it.
    turn: Option<u64>,
}

struct Waiter {
    id: u64,
    granted: oneshot::Sender<()>,
}

/// Apps that have a call waiting and a place of their own left for it, by their turns.
#[derive(Default)]
struct Round {
    next_turn: u64,
    holding_few: BTreeMap<u64, u64>,
    holding_more: BTreeMap<u64, u64>,
}

impl Round {
    fn take_out(&mut self, turn: u64) {
        self.holding_few.remove(&turn);
        self.holding_more.remove(&turn);
    }

    /// Takes out whose turn it is.
    fn next(&mut self, is_reserved: bool) -> Option<u64> {
        let few = self.holding_few.first_key_value();
        let more = self.holding_more.first_key_value().filter(|_| !is_reserved);
        let (turn, gate) = few.into_iter().chain(more).min().map(|(turn, gate)| (*turn, *gate))?;
        self.take_out(turn);
        Some(gate)
    }
}

impl Places {
    pub(super) fn new(rules: Rules) -> Self {
        let free = rules.places;
        Self { rules, free, apps: BTreeMap::new(), round: Round::default(), next_waiter: 0 }
    }

    pub(super) fn add(&mut self, gate: u64) {
        self.apps.insert(gate, OfApp::default());
    }

    pub(super) fn forget(&mut self, gate: u64) {
        if let Some(turn) = self.apps.remove(&gate).and_then(|app| app.turn) {
            self.round.take_out(turn);
        }
    }

    /// Takes a place, if the app may have one now. Its calls that wait are not overtaken: they wait because it
    /// may not.
    pub(super) fn take(&mut self, gate: u64) -> bool {
        let taken = self.apps.entry(gate).or_default().taken;
        let is_free = if taken < self.rules.few { self.free > 0 } else { !self.is_reserved() };
        if !is_free || taken >= self.rules.app_max {
            return false;
        }
        self.hand_out(gate);
        true
    }

    /// How many calls of the app wait.
    pub(super) fn waiting(&self, gate: u64) -> usize {
        self.apps.get(&gate).map_or(0, |app| app.waiting.len())
    }

    /// Lets a call wait. It is told when it has a place.
    pub(super) fn queue(&mut self, gate: u64) -> (u64, oneshot::Receiver<()>) {
        let (granted, receiver) = oneshot::channel();
        let id = self.next_waiter;
        self.next_waiter += 1;
        self.apps.entry(gate).or_default().waiting.push_back(Waiter { id, granted });
        self.settle(gate);
        (id, receiver)
    }

    /// Takes a call out of the queue; `false` when it is not in it any more.
    pub(super) fn unqueue(&mut self, gate: u64, waiter: u64) -> bool {
        let Some(app) = self.apps.get_mut(&gate) else { return false };
        let Some(at) = app.waiting.iter().position(|waiting| waiting.id == waiter) else { return false };
        app.waiting.remove(at);
        self.settle(gate);
        true
    }

    /// A call has left its place: it goes to whoever is next.
    pub(super) fn give_back(&mut self, gate: u64) {
        self.free += 1;
        if let Some(app) = self.apps.get_mut(&gate) {
            app.taken = app.taken.saturating_sub(1);
        }
        self.settle(gate);
        while self.free > 0
            && let Some(gate) = self.round.next(self.is_reserved())
        {
            self.grant(gate);
        }
    }

    /// How many places the app has, and how many nobody has.
    pub(super) fn taken_and_free(&self, gate: u64) -> (u32, u32) {
        (self.apps.get(&gate).map_or(0, |app| app.taken), self.free)
    }

    /// Whether all that is free is for apps that hold few.
    fn is_reserved(&self) -> bool {
        self.free <= self.rules.reserved
    }

    /// Gives a place to the call of an app that waited longest.
    fn grant(&mut self, gate: u64) {
        let Some(app) = self.apps.get_mut(&gate) else { return };
        // Its next turn comes after everybody else's.
        app.turn = None;
        if let Some(waiter) = app.waiting.pop_front() {
            self.hand_out(gate);
            // Whoever is gone gives it back when it is dropped.
            let _ = waiter.granted.send(());
        }
        self.settle(gate);
    }

    fn hand_out(&mut self, gate: u64) {
        self.free -= 1;
        if let Some(app) = self.apps.get_mut(&gate) {
            app.taken += 1;
        }
    }

    /// Puts the app where it belongs in the round, with the turn that it has, or the last one.
    fn settle(&mut self, gate: u64) {
        let Some(app) = self.apps.get_mut(&gate) else { return };
        if let Some(turn) = app.turn {
            self.round.take_out(turn);
        }
        if app.waiting.is_empty() || app.taken >= self.rules.app_max {
            app.turn = None;
            return;
        }
        let turn = *app.turn.get_or_insert_with(|| {
            self.round.next_turn += 1;
            self.round.next_turn
        });
        let holds_few = app.taken < self.rules.few;
        let part = if holds_few { &mut self.round.holding_few } else { &mut self.round.holding_more };
        part.insert(turn, gate);
    }
}

#[cfg(test)]
impl Places {
    pub(super) fn apps(&self) -> usize {
        self.apps.len()
    }
}
