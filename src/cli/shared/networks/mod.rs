//! What verbs share of networks.

pub mod beside;
pub mod outputs;
pub mod summary;
pub mod sweep;
pub mod text;
