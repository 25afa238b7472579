//! What a spec may ask for, with the reason for each bound.

use itertools::Itertools;

use super::bounds::{DIM, INSTANCES, SPINS, STARTS};
use super::couplings::{Couplings, OwnArray};
use super::model::mixture_text;
use super::spec::Spec;
use super::starts_from::StartsFrom;
use super::unit::UNIT_STARTS;
use crate::descent::{DeviceClass, Protocol, Rules, device};
use crate::error::{Error, Result, check_range};
use crate::study;
use crate::study::spec::UNITS;

impl study::RunSpec for Spec {
    const GROWABLE: &'static [&'static str] = &["dims", "starts", "instances"];

    fn check(&self) -> Result<()> {
        check_range("rules", self.rules.number(), [Rules::FIRST.number(), Rules::CURRENT.number()])?;
        check_model(self)?;
        check_sizes(self.spins, &self.dims)?;
        check_range("starts", self.starts, STARTS)?;
        check_range("instances", self.instances, INSTANCES)?;
        check_units(self)?;
        match &self.descent {
            Some(descent) => {
                descent.method().check()?;
                check_device(self, descent)?;
            }
            None => check_census(self)?,
        }
        check_starts_from(self)?;
        check_own_couplings(self)
    }

    fn united(&self, other: &Self) -> Self {
        Self {
            dims: self.dims.iter().chain(&other.dims).copied().sorted().dedup().collect(),
            starts: self.starts.max(other.starts),
            instances: self.instances.max(other.instances),
            ..self.clone()
        }
    }
}

/// One order without a model, or a model of that highest order that the pure one is not.
fn check_model(spec: &Spec) -> Result<()> {
    let Some(model) = &spec.model else {
        let least = if matches!(spec.couplings, Couplings::Orders { .. }) { 1 } else { SPINS[0] };
        return check_range("spins", spec.spins, [least, SPINS[1]]);
    };
    model.check()?;
    if spec.spins as usize != model.orders.highest() {
        let allowed = format!("{}, the highest order of the mixture", model.orders.highest());
        return Err(Error::bad_input("spins", spec.spins, allowed));
    }
    if spec.couplings != Couplings::Random {
        let value = mixture_text(&model.orders);
        return Err(Error::bad_input("mixture, law or spike", value, "nothing with couplings of your own"));
    }
    Ok(())
}

/// Whether sizes are ascending, within bounds, and have couplings that can be counted.
///
/// # Errors
/// [`Error::BadInput`] naming the first that is not.
pub fn check_sizes(spins: u32, dims: &[u32]) -> Result<()> {
    if dims.is_empty() {
        return Err(Error::bad_input("dims", "(empty)", "at least one size"));
    }
    if !dims.is_sorted_by(|a, b| a < b) {
        return Err(Error::bad_input("dims", format!("{dims:?}"), "ascending, each size once"));
    }
    for &dim in dims {
        check_range("dims", dim, DIM)?;
        if coupling_count(spins, dim).is_none() {
            let allowed = format!("fewer than 2^53 couplings, which spins = {spins} exceeds at this size");
            return Err(Error::bad_input("dims", dim, allowed));
        }
    }
    Ok(())
}

/// Number C(Λ+H−1, H) of independent couplings, if below 2⁵³.
pub fn coupling_count(spins: u32, dim: u32) -> Option<u64> {
    let mut count: u128 = 1;
    for k in 1..=u128::from(spins) {
        // Each partial product is a binomial coefficient, so the division is exact; they only grow, so stop early.
        count = count * (u128::from(dim) + k - 1) / k;
        if count >= 1 << 53 {
            return None;
        }
    }
    u64::try_from(count).ok()
}

fn check_units(spec: &Spec) -> Result<()> {
    let units =
        [u64::from(spec.starts.div_ceil(UNIT_STARTS)), u64::from(spec.instances), spec.dims.len() as u64]
            .into_iter()
            .try_fold(1_u64, u64::checked_mul);
    if units.is_some_and(|units| units <= UNITS) {
        return Ok(());
    }
    let value = format!("{} x {} x {}", spec.starts, spec.instances, spec.dims.len());
    let allowed = format!("at most {} in one run", UNITS * u64::from(UNIT_STARTS));
    Err(Error::bad_input("starts x instances x sizes", value, allowed))
}

/// One size, few enough paths, everything kept.
fn check_census(spec: &Spec) -> Result<()> {
    let [_] = spec.dims.as_slice() else {
        return Err(Error::bad_input("dims", format!("{:?}", spec.dims), "one size in a census"));
    };
    spec.census_paths()?;
    if spec.starts == 1 && spec.points && !spec.trace {
        return Ok(());
    }
    Err(Error::bad_input("census", "starts, points or trace", "one unit per surface, with points, untraced"))
}

/// What the kernels of a device know.
fn check_device(spec: &Spec, descent: &Protocol) -> Result<()> {
    if descent.method().device() == DeviceClass::Cpu {
        return Ok(());
    }
    if spec.has_slopes() {
        return Err(Error::bad_input("device", "cuda", "cpu for mixtures, other laws and spikes"));
    }
    let [least, most] = device::SPINS;
    if !(least..=most).contains(&spec.spins) {
        return Err(Error::bad_input("spins", spec.spins, format!("{least} to {most} with device cuda")));
    }
    if spec.trace {
        return Err(Error::bad_input("trace", true, "false with device cuda: paths stay on the device"));
    }
    Ok(())
}

fn check_starts_from(spec: &Spec) -> Result<()> {
    let wrong = |value: String, allowed: String| Err(Error::bad_input("starts-from", value, allowed));
    match &spec.starts_from {
        None => Ok(()),
        Some(from) if spec.is_census() => wrong(from.words(), "nothing: a census has no starts".into()),
        Some(StartsFrom::Overlap(reached)) => {
            if spec.model().spike.is_none() {
                return Err(Error::bad_input("start-overlap", reached, "nothing without a spike"));
            }
            if (-1.0..=1.0).contains(reached) {
                return Ok(());
            }
            Err(Error::bad_input("start-overlap", reached, "an overlap from -1 to 1"))
        }
        Some(StartsFrom::Points { count, dim, .. }) => {
            if spec.dims != [*dim] {
                return Err(Error::bad_input(
                    "dims",
                    format!("{:?}", spec.dims),
                    format!("{dim}, as the points have"),
                ));
            }
            if spec.starts > *count {
                return Err(Error::bad_input(
                    "starts",
                    spec.starts,
                    format!("at most {count}, as there are points"),
                ));
            }
            Ok(())
        }
    }
}

fn check_own_couplings(spec: &Spec) -> Result<()> {
    match &spec.couplings {
        Couplings::Random => Ok(()),
        Couplings::File { sha256, shape, scale } => check_own_array(spec, sha256, shape, spec.spins, *scale),
        Couplings::Orders { arrays, scale } => {
            let highest = arrays.last().map_or(0, |array| array.shape.len());
            if arrays.is_empty() || highest != spec.spins as usize {
                return Err(Error::bad_input(
                    "couplings",
                    format!("{} arrays", arrays.len()),
                    "the orders of the run",
                ));
            }
            arrays.iter().try_for_each(|OwnArray { sha256, shape }| {
                check_own_array(spec, sha256, shape, shape.len() as u32, Some(*scale))
            })
        }
    }
}

fn check_own_array(spec: &Spec, sha256: &str, shape: &[u32], spins: u32, scale: Option<f64>) -> Result<()> {
    let Some(&dim) = shape.first().filter(|&&first| shape.iter().all(|&n| n == first)) else {
        return Err(Error::bad_input(
            "couplings",
            format!("shape {shape:?}"),
            "the same length on every axis",
        ));
    };
    if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::bad_input("couplings.sha256", sha256, "64 hexadecimal digits"));
    }
    if spins as usize != shape.len() {
        return Err(Error::bad_input("spins", spins, format!("{}, as the couplings have", shape.len())));
    }
    if spec.dims != [dim] {
        return Err(Error::bad_input(
            "dims",
            format!("{:?}", spec.dims),
            format!("{dim}, as the couplings have"),
        ));
    }
    if spec.instances != 1 {
        return Err(Error::bad_input("instances", spec.instances, "1 with couplings of your own"));
    }
    check_scale(spec, scale)
}

/// Energies, gradients and Hessians are at most `H² √(Λ n)` times the scale, with n independent couplings: by Cauchy and
/// Schwarz |A w^H| ≤ ‖A‖ Λ^{H/2} with the Frobenius norm ‖A‖ = s √n.
fn check_scale(spec: &Spec, scale: Option<f64>) -> Result<()> {
    const MENDED: &str = "multiply the array by a power of 2, which changes no critical point";
    let wrong = |value: String, allowed: String| Err(Error::bad_input("couplings.scale", value, allowed));
    let Some(scale) = scale else {
        return match spec.rules.is_first() {
            true => Ok(()),
            false => wrong("(missing)".into(), "the scale of the user's tensor".into()),
        };
    };
    if spec.rules.is_first() {
        return wrong(format!("{scale:e}"), "nothing: runs of release 0.1 have none".into());
    }
    let dim = f64::from(spec.dim());
    let couplings = coupling_count(spec.spins, spec.dim());
    let factor = f64::from(spec.spins).powi(2) * (dim * couplings.unwrap_or(u64::MAX) as f64).sqrt();
    match scale {
        0.0 => wrong(
            "0".into(),
            "above 0; every entry of the array is 0, so that every point is critical".into(),
        ),
        s if s < f64::MIN_POSITIVE => wrong(
            format!("{s:e}"),
            format!("at least {:e}, below which numbers lose their digits; {MENDED}", f64::MIN_POSITIVE),
        ),
        s if !(s * factor).is_finite() => {
            let most = f64::MAX / factor;
            wrong(format!("{s:e}"), format!("at most {most:.1e}, above which energies overflow; {MENDED}"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn couplings_are_counted_up_to_2_to_the_53() {
        assert_eq!(coupling_count(3, 100), Some(100 * 101 * 102 / 6));
        assert_eq!(coupling_count(2, 65_535), Some(65_535 * 65_536 / 2));
        assert_eq!(coupling_count(16, 65_535), None);
    }
}
