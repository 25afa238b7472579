//! Networks as units of a run.

mod cost;
mod executor;
mod forecast;
mod job;
pub mod limits;
mod queue;
mod ranks;
mod record;
mod request;
mod rows;
mod spec;
mod store;
mod unit;
mod verify;

pub use cost::{admit, disk_bytes, memory_bytes};
pub use executor::{Watch, execute};
pub use forecast::expected;
pub use job::{Advance, BlockJob, Samples};
pub use ranks::{Hand, lead, serve};
pub use record::{NetworkRecord, Training};
pub use request::{NetworksMethod, NetworksRequest};
pub use rows::NetworkTimes;
pub use spec::{DigitsIdentity, DigitsUsed, NetworksProtocol, NetworksSpec};
pub use store::{NetworksStore, is_networks};
pub use unit::{BLOCK, BlockKey, BlockResult, Extent, plan, todo};
pub use verify::{Retrained, repair, retrain_sample, verify};
