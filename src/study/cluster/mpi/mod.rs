//! The one place that knows MPI: other processes of the same job, if this process was started as one of several.

#[cfg(not(feature = "mpi"))]
mod disabled;
#[cfg(feature = "mpi")]
mod enabled;

#[cfg(not(feature = "mpi"))]
pub use disabled::World;
#[cfg(feature = "mpi")]
pub use enabled::World;
