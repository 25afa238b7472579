//! What a check says, in words.

use super::minima::{self, minima};
use super::model;
use super::number::{number, short};
use crate::analysis::bands::{
    AGREES, Bands, BandsVerdict, Caveat, CensusCheck, Check, DISAGREES, DimBands, FEW_SURFACES, JointTest,
    LimitLine, SaddleCheck, SoughtPoints,
};

/// What numbers of starts that are not random are of.
pub const CHOSEN_STARTS: &str = "Starts begin where the user chose: numbers say where descents from there end, not where those \
                                 from random points do.";
const OWN_COUPLINGS: &str = "Exact means are of random Gaussian couplings, not of an array of your own: differences are \
                             numbers, not a verdict. Energies are in units of the array's scale s.";

/// Which size, and what of it.
pub fn heading(bands: &Bands, dim: &DimBands) -> String {
    let what = match &dim.check {
        Check::Census(check) => format!("all critical points of {}", surfaces(check.surfaces)),
        Check::Minima(check) => {
            format!("{} descents to minima on {}", check.starts, surfaces(check.surfaces))
        }
        Check::Saddles(check) => {
            format!("{} critical points by saddle search on {}", check.points, surfaces(check.surfaces))
        }
        Check::Model(check) if check.numbers.is_some() => {
            format!("all critical points of {}", surfaces(check.surfaces))
        }
        Check::Model(check) => format!("starts on {}", surfaces(check.surfaces)),
    };
    let model = bands.model.clone().unwrap_or_else(|| format!("H = {}", bands.spins));
    let starts = bands.starts_from.as_ref().map(|from| format!(", starts {}", from.beginning_in_full()));
    format!("{model}, Λ = {}: {what}{}", dim.dim, starts.unwrap_or_default())
}

fn surfaces(n: u64) -> String {
    if n == 1 { "1 surface".to_owned() } else { format!("{n} surfaces") }
}

/// What the numbers come to.
pub fn findings(dim: &DimBands) -> Vec<String> {
    let mut found = match &dim.check {
        Check::Census(check) => census(check),
        Check::Minima(check) => minima(check),
        Check::Saddles(check) => saddles(check, dim.dim),
        Check::Model(check) => model::findings(check),
    };
    found.push(format!("Verdict at Λ = {}: {}", dim.dim, of_verdict(dim)));
    found
}

fn census(check: &CensusCheck) -> Vec<String> {
    if check.surfaces == 0 {
        return Vec::new();
    }
    let tests = &check.tests;
    let joint = |name: &str, test: Option<JointTest>| match test {
        Some(JointTest { numbers, t_squared, p, .. }) => {
            format!("{name}: T² = {} for {numbers} independent numbers, p = {}.", short(t_squared), short(p))
        }
        None => format!("{name}: nothing to test."),
    };
    let bands = tests.bands_p.map_or("nothing to test".to_owned(), |p| format!("p = {}", short(p)));
    vec![
        joint("Numbers by index", tests.numbers),
        joint("Mean energies by index", tests.energies),
        joint("Spreads of energies by index", tests.spreads),
        format!("Largest deviation of a number by index and band, corrected for multiple tests: {bands}."),
    ]
}

fn saddles(check: &SaddleCheck, dim: u32) -> Vec<String> {
    let (Some(mean), Some(rms), Some(fraction)) = (check.mean, check.rms, check.rms_fraction) else {
        // A caveat says why.
        return Vec::new();
    };
    let alpha = if check.variable == "radial_slope" { "α(r/√ξ″)" } else { "α(u)" };
    let mut found = vec![format!(
        "Index − {} {alpha}: mean {}, root mean square {} eigenvalues ({} of all), largest {}. \
         Random matrices of this size scatter by about √(ln Λ)/π = {}.",
        dim - 1,
        short(mean),
        short(rms),
        short(fraction),
        short(check.largest.unwrap_or(0.0)),
        short(check.scale)
    )];
    if check.elsewhere > 0 {
        found.push(format!(
            "{} searches ended at no certain critical point and are left out.",
            check.elsewhere
        ));
    }
    found
}

fn of_verdict(dim: &DimBands) -> String {
    let p = dim.p.map_or(String::new(), |p| format!(" (p = {})", short(p)));
    let what = match &dim.check {
        Check::Census(_) | Check::Model(_) => "the exact means at this Λ",
        Check::Minima(check) => return minima::verdict(check, dim.verdict),
        Check::Saddles(_) => {
            "the semicircle: mean within 1 eigenvalue, scatter within twice that of random matrices"
        }
    };
    match dim.verdict {
        BandsVerdict::Agrees | BandsVerdict::Consistent => format!("agrees with {what}{p}."),
        BandsVerdict::Borderline => format!("borderline{p} against {what}: take more surfaces."),
        BandsVerdict::Disagrees => format!("DISAGREES with {what}{p}."),
        BandsVerdict::Untested if dim.has_no_exact_law() => {
            "none: no exact law to hold the run against.".to_owned()
        }
        BandsVerdict::Untested => "untested: too little data.".to_owned(),
    }
}

/// What the lines of Λ → ∞ would make one believe.
pub fn lines(dim: &DimBands) -> Vec<String> {
    let [first, rest @ ..] = dim.lines.as_slice() else { return Vec::new() };
    let mut text = format!("The lines of Λ → ∞ do not apply at Λ = {}. Exactly, at this Λ:", dim.dim);
    if let (Some(share), Some(mean)) = (first.share_below_e_inf, first.mean_energy) {
        text.push_str(&format!(
            " {} % of minima lie below −E_∞ (mean u = {}), where the limit has nearly all;",
            short(100.0 * share),
            number(Some(mean), 4)
        ));
    }
    let shares = |line: &LimitLine| Some(format!("{} %", short(100.0 * line.share_below_e_inf?)));
    let shares: Vec<String> = rest.iter().take(3).filter_map(shares).collect();
    if !shares.is_empty() {
        text.push_str(&format!(" of index 1 … {} {};", shares.len(), shares.join(", ")));
    }
    if let (Some(own), Some(higher)) = (first.own, first.higher) {
        text.push_str(&format!(
            " below −E_0 there are {} minima and {} saddles on average, where the limit has none.",
            short(own),
            short(higher)
        ));
    }
    vec![text]
}

/// A caveat, in words.
pub fn caveat(caveat: Caveat, dim: &DimBands) -> String {
    match caveat {
        Caveat::Nothing => "Nothing to test is stored of this size yet.".to_owned(),
        Caveat::NoneCertain => match &dim.check {
            Check::Census(_) => "No surface is certified to be complete: there is nothing to test.",
            Check::Minima(_) => "No start ended at a certain minimum: there is nothing to test.",
            Check::Saddles(_) => "No search ended at a certain critical point: there is nothing to test.",
            Check::Model(_) => "No surface is certified, or no start converged: there is nothing to test.",
        }
        .to_owned(),
        Caveat::OneSurface => {
            "One surface: its numbers are given this surface, and say nothing of means over \
                               surfaces, which is what theory speaks of."
                .to_owned()
        }
        Caveat::FewSurfaces => format!(
            "Fewer than {FEW_SURFACES} surfaces: errors are uncertain themselves, and little can be excluded."
        ),
        Caveat::LeftOut => left_out(dim),
        Caveat::BasinWeighted => {
            "Descents weight minima by the volume of their basins; a census weights all \
                                  alike."
                .to_owned()
        }
        Caveat::SpreadByDesign => {
            "The searches' energies are spread evenly by design: the density of points \
                                   does not show how many there are."
                .to_owned()
        }
        Caveat::Undecided => format!(
            "Of undecided index, because an eigenvalue is too near 0, and in no count by index: {}.",
            dim.uncertain.undecided
        ),
        Caveat::Unconverged => match dim.uncertain.unconverged.unconverged_mean_shift {
            Some(shift) => format!(
                "Starts that did not converge could move the mean energy by up to {}, more than its error.",
                short(shift)
            ),
            None => "No start converged.".to_owned(),
        },
        Caveat::OtherLaw => {
            "Exact means hold for Gaussian couplings; those shown are theirs, and differences are numbers, \
                             not a verdict: they shrink as Λ grows."
                .to_owned()
        }
        Caveat::OwnCouplings => OWN_COUPLINGS.to_owned(),
        Caveat::Spiked => {
            "Exact means are of surfaces without a spike, and the overlap's theory is of Λ → ∞: no verdict."
                .to_owned()
        }
        Caveat::NoExactLaw => {
            "No theory says exactly where descents end on a mixture: the energies of Λ → ∞ are shown, and \
                               decide nothing."
                .to_owned()
        }
        Caveat::ChosenStarts => CHOSEN_STARTS.to_owned(),
        Caveat::NoPoints => "Points were not kept: which minima are the same is not known.".to_owned(),
    }
}

/// How many surfaces are left out of a census.
pub fn left_out(dim: &DimBands) -> String {
    let left_out = match &dim.check {
        Check::Census(check) => check.left_out,
        Check::Model(check) => check.left_out,
        Check::Minima(_) | Check::Saddles(_) => 0,
    };
    format!(
        "Λ = {}: {left_out} surfaces are not certified to be complete and are left out; if they are special, \
         means are biased",
        dim.dim
    )
}

/// The whole run in one line.
pub fn verdict(bands: &Bands) -> String {
    let what = match bands.kind {
        SoughtPoints::Census => "census",
        SoughtPoints::Descent => "descents",
        SoughtPoints::Saddle => "saddle searches",
    };
    let verdict = match bands.verdict {
        BandsVerdict::Agrees => "theory agrees",
        BandsVerdict::Consistent => "consistent with bounds of theory; these are weaker tests than its laws",
        BandsVerdict::Borderline => "borderline",
        BandsVerdict::Disagrees => "theory disagrees",
        BandsVerdict::Untested => "untested",
    };
    let confidence = match (bands.verdict, bands.kind) {
        (BandsVerdict::Untested, _) if bands.dims.iter().any(DimBands::has_no_exact_law) => {
            "There is no exact law to hold it against.".to_owned()
        }
        (BandsVerdict::Untested, _) => "There is too little data for a verdict.".to_owned(),
        (_, SoughtPoints::Saddle) => "This is a bound on deviations, not a test of probability.".to_owned(),
        (BandsVerdict::Consistent, _) => format!("Disagreement is p < {DISAGREES}."),
        _ => format!(
            "Agreement is p ≥ {AGREES}, disagreement p < {DISAGREES}: of a thousand runs on which theory holds, about one is \
             called a disagreement."
        ),
    };
    let untested: Vec<String> = bands
        .dims
        .iter()
        .filter(|dim| dim.verdict == BandsVerdict::Untested && bands.verdict != BandsVerdict::Untested)
        .map(|dim| dim.dim.to_string())
        .collect();
    let untested = match untested.is_empty() {
        true => String::new(),
        false => format!(" Untested at Λ = {}.", untested.join(", ")),
    };
    format!("{what}{}: {verdict}. {confidence}{untested}\n", if bands.complete { "" } else { ", unfinished" })
}

/// That a run is not done, if it is not.
pub fn unfinished(bands: &Bands) -> Option<String> {
    let (done, planned) = (bands.units.done, bands.units.planned);
    (!bands.complete).then(|| {
        format!("This run is unfinished: {done} of {planned} units are done. All that follows is of what is stored.\n")
    })
}
