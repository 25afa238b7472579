//! What a spec may ask for, with the reason for each bound.

use itertools::Itertools;

use super::bounds::{DIM, INSTANCES, SPINS, STARTS};
use super::couplings::Couplings;
use super::spec::Spec;
use super::unit::UNIT_STARTS;
use crate::critical::census::admitted_class_count;
use crate::descent::{DeviceClass, Protocol, Rules, device};
use crate::error::{Error, Result, check_range};
use crate::study;
use crate::study::spec::UNITS;

impl study::RunSpec for Spec {
    const GROWABLE: &'static [&'static str] = &["dims", "starts", "instances"];

    fn check(&self) -> Result<()> {
        check_range("rules", self.rules.number(), [Rules::FIRST.number(), Rules::CURRENT.number()])?;
        check_range("spins", self.spins, SPINS)?;
        check_dims(self)?;
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

fn check_dims(spec: &Spec) -> Result<()> {
    if spec.dims.is_empty() {
        return Err(Error::bad_input("dims", "(empty)", "at least one size"));
    }
    if !spec.dims.is_sorted_by(|a, b| a < b) {
        return Err(Error::bad_input("dims", format!("{:?}", spec.dims), "ascending, each size once"));
    }
    for &dim in &spec.dims {
        check_range("dims", dim, DIM)?;
        if coupling_count(spec.spins, dim).is_none() {
            let allowed =
                format!("fewer than 2^53 couplings, which spins = {} exceeds at this size", spec.spins);
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
    let &[dim] = spec.dims.as_slice() else {
        return Err(Error::bad_input("dims", format!("{:?}", spec.dims), "one size in a census"));
    };
    admitted_class_count(spec.spins as usize, dim as usize)?;
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
    let [least, most] = device::SPINS;
    if !(least..=most).contains(&spec.spins) {
        return Err(Error::bad_input("spins", spec.spins, format!("{least} to {most} with device cuda")));
    }
    if spec.trace {
        return Err(Error::bad_input("trace", true, "false with device cuda: paths stay on the device"));
    }
    Ok(())
}

fn check_own_couplings(spec: &Spec) -> Result<()> {
    let Couplings::File { sha256, shape, scale } = &spec.couplings else { return Ok(()) };
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
    if spec.spins as usize != shape.len() {
        return Err(Error::bad_input("spins", spec.spins, format!("{}, as the couplings have", shape.len())));
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
    check_scale(spec, *scale)
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
