//! One surface held by a group of processes: the first of a group leads, and is what a rank is elsewhere; the others hold
//! chunks of its surfaces and answer. Whatever the size of the group, the bits are those of one process.
//!
//! A leader's threads talk on a channel each, to a thread of its own in every other process. Orders are few and short beside the
//! work that they ask for; a thread that waits for one sleeps.
// What is indexed here was made here.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub(super) mod leader;
mod member;
mod message;

pub use leader::{ShardTraffic, Shards};
pub use member::serve_shard;
