//! What this crate promises, as statements about prompts and the folders that come of them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking, as tests do"
)]

mod any_text;
mod awkward;
mod examples;
mod folders;
mod prompts;
mod safety;
mod support;
mod understanding;
