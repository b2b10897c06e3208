//! Where one room needs another: the traits of the runtime and the bus, answered by the store, the bus and
//! the runtime. No rules live here.

mod capabilities;
mod deliveries;
mod outbound;
mod secrets;
mod source;

pub(crate) use capabilities::{EphemeralState, PublishToBus, StoreKv, StoreSql};
pub(crate) use deliveries::Deliveries;
pub(crate) use outbound::{Outbound, placeholders};
pub(crate) use secrets::Secrets;
pub(crate) use source::StoreSource;
