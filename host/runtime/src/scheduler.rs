//! Whose turn it is on the CPU.
//!
//! Most calls are over within a fraction of a millisecond, and run where their caller polls them: that costs
//! nothing. Two kinds of calls would keep others waiting there, and go on in the *back* instead, on threads of
//! their own, as many as there are cores, that yield to all other threads of the process:
//!
//! - a call that has used `call_inline_cpu_us` of CPU time ([`turn`] moves it);
//! - every call of an app that uses more than its share of the CPU while others are about ([`share`] says so).
//!
//! In the back a call runs until the next tick of the epoch; then the app that has used least has the next turn
//! ([`queue`]). So whoever computes for long, or sends floods of short requests, gets all that nobody else
//! wants, and shares it with others of the kind evenly, however many calls each of them has.
//!
//! Deliberately absent: a limit. How many calls an app may have at once is [`crate::admission`]'s to say, and how
//! much CPU time each may use the meter's.

mod back;
mod queue;
mod share;
mod turn;

pub(crate) use back::Back;
pub(crate) use share::{Share, Shares};
pub(crate) use turn::InTurn;
