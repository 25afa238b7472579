//! Observed and expected side by side.

use crate::analysis::COUNTED;
use crate::analysis::bands::{
    Against, Band, BandShares, Bands, CensusCheck, Check, DimBands, Mean, MinimaCheck,
};
use crate::cli::shared::table::{TextTable, number};
use crate::report::words::number::short;

/// Rows of a table of all indices.
const MOST_INDICES: usize = 24;

/// Tables of one size.
pub fn numbers(bands: &Bands, dim: &DimBands) -> String {
    match &dim.check {
        Check::Census(check) if check.surfaces == 0 => String::new(),
        Check::Census(check) => {
            format!(
                "{}\n{}\n{}",
                by_index(&check.by_index),
                by_band(&check.bands),
                layers(check, bands.spins)
            )
        }
        Check::Minima(check) if check.starts == 0 => String::new(),
        Check::Minima(check) => format!("{}\n{}", laws(check), surplus(check)),
        Check::Saddles(_) => String::new(),
        // Its tables are in a file of their own.
        Check::Model(_) => String::new(),
    }
}

pub(super) fn by_index(means: &[Mean]) -> String {
    let mut table = TextTable::new(["index", "mean number", "± s.e.", "exact", "z"]);
    for (index, mean) in means.iter().enumerate().take(MOST_INDICES) {
        table.row([
            index.to_string(),
            number(Some(mean.observed), 3),
            number(mean.standard_error, 3),
            number(mean.expected, 3),
            deviation(mean),
        ]);
    }
    format!("{}Numbers count {COUNTED}.\n", table.text())
}

/// z, or the p-value of a rare number.
fn deviation(mean: &Mean) -> String {
    match (mean.z, mean.p) {
        (Some(z), _) => number(Some(z), 2),
        (None, Some(p)) if p < 1.0 => format!("p = {}", short(p)),
        _ => "–".to_owned(),
    }
}

/// Observed / exact numbers by band and index, up to index 3.
pub(super) fn by_band(bands: &[Band]) -> String {
    let mut table =
        TextTable::new(["energy per spin", "index 0", "index 1", "index 2", "index 3", "largest |z|"]);
    for band in bands {
        let cell = |index: usize| {
            let mean = band.by_index.get(index);
            mean.map_or("–".to_owned(), |mean| {
                format!("{} / {}", short(mean.observed), mean.expected.map_or("–".into(), short))
            })
        };
        let largest = band.by_index.iter().filter_map(|mean| mean.z).map(f64::abs).reduce(f64::max);
        table.row([ends(band), cell(0), cell(1), cell(2), cell(3), number(largest, 2)]);
    }
    format!("Mean numbers on a surface, observed / exact:\n{}", table.text())
}

fn ends(band: &Band) -> String {
    match (band.from, band.to) {
        (None, Some(to)) => format!("below {}", number(Some(to), 5)),
        (Some(from), None) => format!("above {}", number(Some(from), 5)),
        (from, to) => format!("{} to {}", number(from, 5), number(to, 5)),
    }
}

fn layers(check: &CensusCheck, spins: u32) -> String {
    if check.layers.is_empty() {
        return format!("H = {spins}: E_k = E_∞ for every k, there are no bands.\n");
    }
    let mut table = TextTable::new(["k", "−E_k", "observed", "exact", "p"]);
    for layer in &check.layers {
        table.row([
            layer.index.to_string(),
            number(Some(layer.energy), 5),
            short(layer.higher.observed),
            layer.higher.expected.map_or("–".into(), short),
            layer.higher.p.map_or("–".into(), short),
        ]);
    }
    format!("Points of index above k below −E_k, mean number on a surface (none as Λ → ∞):\n{}", table.text())
}

fn laws(check: &MinimaCheck) -> String {
    let mut table = TextTable::new(["energies of", "mean u", "± s.e.", "sd", "shift / sd", "distance"]);
    if let Some([mean, deviation]) = check.law {
        let [mean, deviation] = [mean, deviation].map(|x| number(Some(x), 4));
        table.row(["a random minimum, exact".into(), mean, "–".into(), deviation, "0".into(), "0".into()]);
    }
    let mut row = |name: &str, against: &Option<Against>| {
        let Some(a) = against else { return };
        table.row([
            name.to_owned(),
            number(Some(a.mean), 4),
            number(a.standard_error, 4),
            number(a.deviation, 4),
            number(Some(a.shift), 2),
            number(Some(a.distance), 3),
        ]);
    };
    row("distinct minima found", &check.distinct);
    row("all starts", &check.all);
    table.text()
}

fn surplus(check: &MinimaCheck) -> String {
    if check.surplus.is_empty() {
        return String::new();
    }
    let mut table = TextTable::new(["below u", "found", "± s.e.", "missing ≥", "there are", "p of so many"]);
    for surplus in &check.surplus {
        let mean = &surplus.found;
        table.row([
            number(surplus.below, 5),
            short(mean.observed),
            mean.standard_error.map_or("–".into(), short),
            surplus.missing.map_or("–".into(), short),
            mean.expected.map_or("–".into(), short),
            surplus.p.map_or("–".into(), short),
        ]);
    }
    format!(
        "Distinct minima on a surface ({COUNTED}): mean numbers found, a low estimate of those missing, and exact \
         numbers of all there are:\n{}",
        table.text()
    )
}

/// Where the energies lie, beside where all minima do.
pub fn shares(dim: &DimBands) -> String {
    let Some(BandShares { below_e_0, between, above_e_inf }) = dim.shares else { return String::new() };
    if between.observed.is_none() {
        return String::new();
    }
    let what = match &dim.check {
        Check::Census(_) => "minima found",
        Check::Minima(_) => "starts",
        Check::Saddles(_) => "saddles found",
        Check::Model(_) => "points",
    };
    let percent = |share: f64| format!("{} %", short(100.0 * share));
    let mut table = TextTable::new(["share of energies", what, "± s.e.", "all minima, exact", "as Λ → ∞"]);
    for (name, share, limit) in [
        ("below −E_0", below_e_0, "none"),
        ("−E_0 to −E_∞", between, "nearly all minima"),
        ("above −E_∞", above_e_inf, "few minima"),
    ] {
        let [found, error, minima] = [share.observed, share.standard_error, share.minima]
            .map(|share| share.map_or("–".to_owned(), percent));
        table.row([name.to_owned(), found, error, minima, limit.to_owned()]);
    }
    table.text()
}
