//! The study of networks: 100 → n₁ → 10, trained from independent starts in units of sixteen.

mod cost;
mod digits;
mod forecast;
mod job;
mod kind;
pub mod limits;
mod record;
mod request;
mod retrain;
mod spec;
mod unit;

pub use digits::read_digits;
pub use job::{BlockJob, Samples};
pub use kind::{Networks, NetworksStore};
pub use record::{NetworkRecord, Training};
pub use request::{NetworksMethod, NetworksRequest};
pub use retrain::retrain_sample;
pub use spec::{DigitsIdentity, DigitsUsed, NetworksProtocol, NetworksSpec};
pub use unit::{BLOCK, Block, BlockKey, BlockResult, NetworkTimes};
