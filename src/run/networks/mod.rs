//! Networks as units of a run.

pub mod limits;
mod record;
mod request;
mod rows;
mod spec;
mod store;
mod unit;

pub use record::{NetworkRecord, Training};
pub use request::{NetworksMethod, NetworksRequest};
pub use rows::NetworkTimes;
pub use spec::{DigitsIdentity, DigitsUsed, NetworksProtocol, NetworksSpec};
pub use store::{NetworksStore, is_networks};
pub use unit::{BLOCK, BlockKey, BlockResult, Extent, plan, todo};
