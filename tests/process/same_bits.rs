//! A run is a function of its spec: threads, batch and instruction set change nothing. Four more specs stand in
//! tests/conformance/determinism.rs.

use hspin::hamiltonian::Isa;

use crate::harness::{Place, dump, refused, succeed, sweep};

const BATCHES: [u32; 5] = [1, 7, 16, 33, 64];

/// Every way to carry out a sweep gives the dump of the plainest one.
fn is_the_same_however_it_is_done(flags: &str) {
    let place = Place::quick();
    let reference = place.path("reference.run");
    succeed(sweep(&reference, flags).args(["--threads", "1"]).env("HSPIN_ISA", "scalar"));
    let expected = dump(&reference);
    let mut ways = 0;
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        for threads in ["1", "2", "3"] {
            for batch in BATCHES.map(|batch| batch.to_string()) {
                let run = place.path(&format!("{}-{threads}-{batch}.run", isa.name()));
                let mut way = sweep(&run, flags);
                way.args(["--threads", threads]).env("HSPIN_BATCH", &batch).env("HSPIN_ISA", isa.name());
                succeed(&mut way);
                let same = dump(&run) == expected;
                assert!(same, "{flags}: {} {threads} threads, batch {batch}", isa.name());
                ways += 1;
            }
        }
    }
    println!("{flags}: {ways} ways, one dump of {} bytes", expected.len());
}

#[test]
fn two_spins_without_points_have_the_same_bits_however_they_are_swept() {
    is_the_same_however_it_is_done("--spins 2 --dims 6,19 --starts 47 --samples 3 --seed 9 --no-points");
}

#[test]
fn an_instruction_set_that_the_machine_lacks_is_bad_input() {
    let place = Place::quick();
    let missing: Vec<Isa> = Isa::ALL.into_iter().filter(|isa| !isa.is_available()).collect();
    println!("not available here: {missing:?}");
    for isa in missing {
        let mut command = sweep(&place.path("a.run"), "--dims 5 --starts 1");
        let line = refused(command.env("HSPIN_ISA", isa.name()), 2);
        assert!(line.contains(&format!("HSPIN_ISA = {}: ", isa.name())), "{line}");
    }
}
