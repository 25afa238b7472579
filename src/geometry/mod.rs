//! Geometry of a landscape: passes between minima, the graph that they make, barriers.
//!
//! Everything here is for one thread, and takes any [`Landscape`](crate::hamiltonian::Landscape). What comes out at a point,
//! for a band or for a pair depends on no other, whatever is worked on beside it.
//!
//! A *pass* is a saddle of index 1 with the minima that descents from both sides of its unstable direction end at. A *chain* is
//! a sequence of minima, each two neighbours joined by a pass: along it one goes from the first to the last without ever being
//! higher than its highest pass. So the energy of that is an upper bound of the exact minimax energy of the two, which a
//! [`Graph`] of all minima and all passes gives.
//!
//! On an even landscape, L(−w) = L(w), w and −w are one minimum here: bands lead to whichever of the two is nearer.
//!
//! # Reference
//! Jónsson, Mills, Jacobsen (1998), *Nudged elastic band method*; Henkelman, Uberuaga, Jónsson (2000), *A climbing image nudged
//! elastic band method*, J. Chem. Phys. 113; E, Ren, Vanden-Eijnden (2007), *Simplified and improved string method*, J. Chem.
//! Phys. 126; Becker, Karplus (1997), *The topology of multidimensional potential energy surfaces* (disconnectivity graphs),
//! J. Chem. Phys. 106; Wales (2003), *Energy Landscapes*.

mod arc;
mod band;
mod chain;
mod circle;
mod connect;
mod exact;
mod graph;
mod pass;
mod relax;
mod same;
mod slide;
mod slopes;

pub use band::{Band, BandEnd, BandOutcome, BandSettings, IMAGES, MOST_BAND_STEPS};
pub use chain::{Chain, Gap, Link, Node, Saddle};
pub use circle::great_circle_top;
pub use connect::{ConnectOutcome, Connected, Connecting, MOST_BANDS, Pair};
pub use exact::{ExactGraph, exact_graph};
pub use graph::{Edge, Graph, Merge};
pub use pass::{Pass, Side, passes};
pub use relax::relax;
pub use same::{is_same, nearer_sign};
pub use slopes::{Field, Slope};
