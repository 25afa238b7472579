//! Statistics of networks on made-up records whose truth is known, the verdicts both ways, and the figures.

mod figures;
mod invented;
mod list;
mod outputs;
mod runs;
mod verdicts;
