//! Values on the command line: errors name what is accepted in the same words for flags and files.

use std::fmt::Display;
use std::str::FromStr;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::lists::{self, Part};
use crate::descent::MethodName;
pub use crate::descent::{SAMPLES, SWEEPS};
use crate::error::{Error, Result};
use crate::hamiltonian::{CHUNKS, Law};
use crate::numeric::text::real;
use crate::studies::networks::NetworksMethod;
pub use crate::studies::surfaces::bounds::{DIM, INSTANCES, SPINS, STARTS};
use crate::studies::surfaces::{
    Preset, SHARE_ALLOWED, SPIKE_ALLOWED, SpikeRequest, share_of_text, spike_of_text,
};
use crate::study::export::TableFormat;
use crate::theory::Mixture;

/// Most threads that may be asked for.
pub const THREADS: [u32; 2] = [1, 1024];
/// Least and most processes that hold a surface together: no more than it has chunks.
pub const SHARD: [u32; 2] = [1, CHUNKS as u32];
/// Least and most H where only theory is asked: no couplings are drawn, so it may be larger than in a run.
pub const THEORY_SPINS: [u32; 2] = [2, 1_000_000];
/// Least and most order r of a spike.
pub const SPIKE_ORDER: [u32; 2] = [1, THEORY_SPINS[1]];
/// Least and most Λ of exact counts.
pub const THEORY_DIM: [u32; 2] = [2, 10_000];
/// Least and most Λ of mean numbers by index.
pub const COUNTED_DIM: [u32; 2] = [2, 1000];
/// Least and most k: thresholds are tested up to here.
pub const INDEX: [u32; 2] = [0, 1000];

/// Least and most number of a surface.
pub const INSTANCE: [u32; 2] = [0, INSTANCES[1] - 1];

/// Lets values be chosen by their names; some say in the help what they are.
macro_rules! chosen_by_name {
    ($($enum:ty: $help:expr;)+) => {$(
        impl ValueEnum for $enum {
            fn value_variants<'a>() -> &'a [Self] {
                &Self::ALL
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                let help: Option<fn(Self) -> &'static str> = $help;
                let value = PossibleValue::new(self.name());
                Some(match help {
                    Some(help) => value.help(help(*self)),
                    None => value,
                })
            }
        }
    )+};
}

chosen_by_name! {
    Law: Some(|law| match law {
        Law::Gaussian => "normal",
        Law::Sign => "−1 or 1",
        Law::Uniform => "uniform between −√3 and √3",
        Law::Exponential => "exponential, less its mean",
    });
    Preset: None;
    NetworksMethod: None;
    MethodName: Some(Self::summary);
    TableFormat: Some(|format| match format {
        Self::Csv => "Comma-separated values",
        Self::Parquet => "Apache Parquet",
    });
}

/// A value, or what would be one.
pub type Allowed<T> = std::result::Result<T, String>;

fn whole<T: FromStr + PartialOrd + Display>(text: &str, [least, most]: [T; 2]) -> Allowed<T> {
    let value = lists::whole(text).filter(|value| least <= *value && *value <= most);
    value.ok_or_else(|| format!("a whole number from {least} to {most}"))
}

/// Reads whole numbers within bounds, both ends included.
pub fn within(bounds: [u32; 2]) -> impl Fn(&str) -> Allowed<u32> + Clone {
    move |text| whole(text, bounds)
}

/// Reads parts of a list of whole numbers within bounds: numbers, and ranges of them.
pub fn list_within(bounds: [u32; 2]) -> impl Fn(&str) -> Allowed<Part<u32>> + Clone {
    move |text| lists::part(text, |one| whole(one, bounds))
}

/// Orders and shares of variance of a mixture.
pub fn mixture(text: &str) -> Allowed<Mixture> {
    text.parse().map_err(|error| match error {
        Error::BadInput { allowed, .. } => allowed,
        error => error.to_string(),
    })
}

/// An order of a mixture with its variance, `P:V`.
pub fn share(text: &str) -> Allowed<(u32, f64)> {
    share_of_text(text).ok_or_else(|| SHARE_ALLOWED.to_owned())
}

/// A spike, `λ` or `λ:r`.
pub fn spike(text: &str) -> Allowed<SpikeRequest> {
    spike_of_text(text).ok_or_else(|| SPIKE_ALLOWED.to_owned())
}

/// Strength λ of a spike.
pub fn strength(text: &str) -> Allowed<f64> {
    let strength = number(text).ok().filter(|strength| *strength >= 0.0);
    strength.ok_or_else(|| "a finite number of at least 0".to_owned())
}

/// Root of all random streams.
pub fn seed(text: &str) -> Allowed<u64> {
    whole(text, [0, u64::MAX])
}

/// A finite number; what else it must be, the spec says.
pub fn number(text: &str) -> Allowed<f64> {
    let value = real(text).filter(|value| value.is_finite());
    value.ok_or_else(|| "a finite number".to_owned())
}

/// Reads parts of a list of finite numbers: numbers, and ranges of them.
pub fn list_of_numbers(text: &str) -> Allowed<Part<f64>> {
    lists::part(text, number)
}

/// Energies per spin: one, or a range of them.
///
/// # Errors
/// [`Error::BadInput`].
pub fn energies(text: &str) -> Result<Vec<f64>> {
    numbers("--energy", text)
}

/// Finite numbers: one, or a range of them.
///
/// # Errors
/// [`Error::BadInput`].
pub fn numbers(flag: &str, text: &str) -> Result<Vec<f64>> {
    let allowed = "a comma-separated list of finite numbers";
    part(flag, text, |one| number(one).map_err(|_| allowed.to_owned()))
}

/// Times: one, or a range of them.
///
/// # Errors
/// [`Error::BadInput`].
pub fn times(flag: &str, text: &str) -> Result<Vec<f64>> {
    let allowed = "a comma-separated list of finite numbers, at least 0";
    part(flag, text, |one| strength(one).map_err(|_| allowed.to_owned()))
}

/// Energies per spin that others stay below, one or a range of them; ∞ is no bound.
///
/// # Errors
/// [`Error::BadInput`].
pub fn bounds(text: &str) -> Result<Vec<f64>> {
    let allowed = "a comma-separated list of numbers; inf means no bound";
    let bound = |energy: &f64| !energy.is_nan() && *energy > f64::NEG_INFINITY;
    part("--below", text, |one| real(one).filter(bound).ok_or_else(|| allowed.to_owned()))
}

/// Units of layers: one layer's, or a range of them.
///
/// # Errors
/// [`Error::BadInput`].
pub fn layers(text: &str) -> Result<Vec<u64>> {
    let allowed = "a comma-separated list of whole numbers";
    part("--layers", text, |one| lists::whole(one).ok_or_else(|| allowed.to_owned()))
}

/// The values of all parts of a list.
///
/// # Errors
/// Those of the parts.
pub fn all<T>(parts: &[String], part: impl Fn(&str) -> Result<Vec<T>>) -> Result<Vec<T>> {
    let parts = parts.iter().map(|text| part(text)).collect::<Result<Vec<_>>>()?;
    Ok(parts.into_iter().flatten().collect())
}

fn part<T>(flag: &str, text: &str, one: impl Fn(&str) -> Allowed<T>) -> Result<Vec<T>> {
    let values = lists::part(text, one).map(|part| part.0);
    values.map_err(|allowed| Error::bad_input(flag, text, allowed))
}

/// Indices k < Λ: one, all, or none for `total`.
///
/// # Errors
/// [`Error::BadInput`].
pub fn indices(text: &str, dim: u32) -> Result<Vec<u32>> {
    match text {
        "total" => Ok(Vec::new()),
        "all" => Ok((0..dim).collect()),
        _ => match text.parse() {
            Ok(index) if index < dim => Ok(vec![index]),
            _ => {
                let allowed = format!("a whole number from 0 to {}, all or total", dim - 1);
                Err(Error::bad_input("--index", text, allowed))
            }
        },
    }
}
