//! Refusing a run that cannot be carried out, before anything is written.

use super::cost::memory_bytes;
use crate::descent::{DeviceClass, cuda};
use crate::error::{Error, Result};
use crate::hamiltonian::CHUNKS;
use crate::studies::surfaces::spec::Spec;
use crate::study::Resources;

/// Refuses a run that cannot fit in memory, or needs a device that is not there.
///
/// # Errors
/// [`Error::Refused`] with the bytes needed and available, or with what the device lacks.
pub fn admit(spec: &Spec, resources: &Resources) -> Result<()> {
    if spec.descent.is_some_and(|descent| descent.method().device() == DeviceClass::Cuda) {
        if resources.shard > 1 {
            return Err(Error::bad_input("shard", resources.shard, "1 with device cuda"));
        }
        cuda::open()?;
    }
    if resources.shard > 1 && spec.has_slopes() {
        return Err(Error::bad_input("shard", resources.shard, "1 for mixtures, other laws and spikes"));
    }
    let (needed, available) = (memory_bytes(spec, resources), resources.memory);
    if needed <= available {
        return Ok(());
    }
    let dim = spec.dims.iter().max().copied().unwrap_or(0);
    let less = if spec.is_census() { "a smaller dim or fewer" } else { "fewer dims, samples or" };
    let each = if resources.shard > 1 { " for each process" } else { "" };
    Err(Error::Refused(format!(
        "spins {} dim {dim} needs {needed} bytes of memory{each}, {available} are available; {less} threads need less{}",
        spec.spins,
        by_shards(spec, resources)
    )))
}

/// What to add where more processes that hold surfaces together would have room: the fewest.
fn by_shards(spec: &Spec, resources: &Resources) -> String {
    if spec.descent.is_none_or(|descent| descent.method().device() == DeviceClass::Cuda) {
        return String::new();
    }
    let needed = |&shard: &usize| memory_bytes(spec, &Resources { shard, ..*resources });
    match (resources.shard + 1..=CHUNKS).find(|shard| needed(shard) <= resources.memory) {
        Some(shard) => format!("; so does --shard {shard}: {} for each of its processes", needed(&shard)),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::isa::Isa;
    use crate::studies::surfaces::Request;
    use crate::study::Commits;

    #[test]
    fn where_one_process_has_no_room_the_smallest_group_that_has_is_named() {
        let spec = |dim| Spec::new(&Request { dims: Some(vec![dim]), ..Request::default() }).unwrap();
        let with = |memory, shard| Resources {
            threads: 1,
            isa: Isa::Scalar,
            batch: 192,
            memory,
            shard,
            commits: Commits::Grouped,
        };
        let told = |dim, resources: &Resources| admit(&spec(dim), resources).unwrap_err().to_string();
        let needed = |shard| memory_bytes(&spec(1000), &with(u64::MAX, shard));
        for shard in [2, 3, 4, 5, 6, 9, 16] {
            let smaller = (1..shard).rev().find(|&smaller| needed(smaller) > needed(shard)).unwrap();
            let room = (needed(shard) + needed(smaller)) / 2;
            let told = told(1000, &with(room, 1));
            assert!(told.contains(&format!("so does --shard {shard}: {} for each", needed(shard))), "{told}");
            assert!(admit(&spec(1000), &with(room, shard)).is_ok());
        }
        assert!(!told(1000, &with(needed(16) / 2, 1)).contains("--shard"));
        assert!(told(1000, &with(needed(3), 2)).contains("for each process, "));
    }
}
