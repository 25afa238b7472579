//! One run by many processes: rank 0 plans, hands out units, keeps and stores; the others ask for units, make what those share
//! themselves and send back what comes of them. Rank 0 works, too.
// What is indexed here was made here.
#![allow(clippy::indexing_slicing)]

mod lead;
mod leases;
mod message;
mod mpi;
mod pace;
pub mod parcel;
mod serve;
mod transport;

pub use lead::{Traffic, dismiss, lead};
pub use leases::Leases;
pub use message::{RankReport, RankRequest, Results};
pub use mpi::World;
pub use serve::{RankInputs, serve};
pub use transport::{GroupTransport, Transport, check_groups};

pub(crate) use lead::failure;
pub(crate) use pace::Pause;
