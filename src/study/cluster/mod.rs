//! One run by many processes: rank 0 plans, hands out units, keeps and stores; the others ask for units, make what those share
//! themselves and send back what comes of them. Rank 0 works, too.
// What is indexed here was made here.
#![allow(clippy::indexing_slicing)]

mod lead;
mod leases;
mod message;
mod mpi;
mod pace;
mod post;
mod serve;

pub use lead::{Traffic, dismiss, lead};
pub use leases::Leases;
pub use message::{RankReport, RankRequest, Results};
pub use mpi::World;
pub use post::{GroupPost, Post, check_groups};
pub use serve::{RankInputs, serve};

pub(crate) use lead::failure;
pub(crate) use pace::Pause;
