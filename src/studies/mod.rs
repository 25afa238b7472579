//! Kinds of runs, one folder each, on the engine of [`study`](crate::study).

pub mod networks;
mod page;
pub mod surfaces;

pub use page::columns_page;
