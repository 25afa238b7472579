//! What holds for one study holds for all: the laws of runs, each over one [list](list) of studies, whose programs are driven
//! as processes. A study that is missing from the list fails a test.
#![cfg(unix)]

#[path = "../common/channels.rs"]
mod channels;
mod damage;
mod determinism;
mod growth;
// Shared with tests/process, which needs more of it.
#[allow(dead_code)]
#[path = "../process/harness.rs"]
mod harness;
mod interruption;
mod list;
mod merging;
mod outputs;
mod ranks;
mod toy;

// The study of `examples/toy_study`.
#[path = "../../examples/toy_study/energies.rs"]
mod energies;
// Its flags are the example's.
#[allow(dead_code)]
#[path = "../../examples/toy_study/spec.rs"]
mod spec;
