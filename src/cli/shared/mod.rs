//! What verbs share. A verb imports files from here, and no file of another verb.

pub mod caller;
pub mod census_table;
pub mod engine;
pub mod env;
pub mod estimate;
pub mod failure;
pub mod figures;
pub mod kinds;
pub mod lists;
pub mod model;
pub mod networks;
pub mod output;
pub mod own;
pub mod parcels;
pub mod paths_text;
pub mod progress;
pub mod ranks;
pub mod sampling;
pub mod signals;
pub mod summary;
pub mod sweep;
pub mod table;
pub mod values;
