//! The same bits, whoever computes them.

use hspin::hamiltonian::Isa;

use crate::harness::{Place, succeed};
use crate::list::LIST;

#[test]
fn threads_and_instruction_sets_change_no_bit() {
    for entry in &LIST {
        let place = Place::quick();
        for threads in ["1", "2", "3"] {
            let run = place.path(threads);
            succeed(entry.sweep(&run, entry.whole).args(["--threads", threads]));
            assert_eq!(entry.hash(&run), entry.whole().hash, "{}: {threads} threads", entry.command);
        }
        for isa in Isa::ALL.iter().filter(|isa| isa.is_available()) {
            let run = place.path(isa.name());
            succeed(entry.sweep(&run, entry.whole).env("HSPIN_ISA", isa.name()));
            assert_eq!(entry.hash(&run), entry.whole().hash, "{}: {}", entry.command, isa.name());
        }
        let run = place.path("other.run");
        succeed(&mut entry.sweep(&run, &format!("{} {}", entry.whole, entry.other)));
        assert_ne!(entry.hash(&run), entry.whole().hash, "{}: the hash tells nothing", entry.command);
    }
}
