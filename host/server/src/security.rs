//! Who may ask what.
//!
//! - [`target`]: request targets and paths of one meaning only.
//! - [`hosts`]: which `Host` header is ours, and which app a `{app}.localhost` names.
//! - [`sender`]: where a browser says that a request comes from.
//! - [`tokens`]: how an app's page, whose origin is opaque, shows which app it is.
//!
//! What is deliberately absent: people. There are no accounts in this version; whoever reaches the listen
//! address directly may do everything, which is why it is a loopback address by default.

mod hosts;
mod sender;
mod target;
mod tokens;

pub(crate) use hosts::{HostRules, Site, authority};
pub(crate) use sender::{Area, Sender, check_sender, refuse_as_subresource};
pub(crate) use target::{check_form, check_target};
pub(crate) use tokens::{FRAME_HEADER, FrameTokens};
