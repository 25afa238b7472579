//! How the couplings of a run's surfaces are stored, and what they take.

use crate::descent::DeviceClass;
use crate::hamiltonian::{Layout, few_points_bytes};
use crate::studies::surfaces::couplings::Couplings;
use crate::studies::surfaces::spec::Spec;

/// Most starts of a surface for which passes with few points cost less than those with many (measured, f32, AVX-512:
/// from 9 to 13 starts on a surface cost the same, Λ = 25 … 200).
const FEW_STARTS: u32 = 8;

/// Whether each surface of a run has so few starts that its couplings are stored for passes with few points.
pub(super) fn has_few_starts(spec: &Spec, shard: usize) -> bool {
    let on_processor = spec.descent.is_some_and(|descent| descent.method().device() == DeviceClass::Cpu);
    spec.starts <= FEW_STARTS && spec.couplings == Couplings::Random && on_processor && shard == 1
}

/// So many tensors of one order, the most that any of so many processes holds, or stored for few starts.
pub(super) fn order_bytes(layout: &Layout, tensors: u64, (ranks, few): (usize, bool)) -> Option<u64> {
    match few_points_bytes(layout, tensors) {
        Some(bytes) if few => Some(bytes),
        _ => layout.most_values(ranks)?.checked_mul(4 * tensors),
    }
}
