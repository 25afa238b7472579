//! What the tests of descents say, in words: which bound or law was tested, and what it can see.

use super::number::short;
use crate::analysis::bands::{BandsVerdict, CurvatureCheck, MinimaCheck};

/// What the numbers come to.
pub fn minima(check: &MinimaCheck) -> Vec<String> {
    let mut found = Vec::new();
    if let (Some(all), Some([mean, _])) = (check.all, check.law) {
        let side = if all.mean < mean { "below" } else { "above" };
        let z = all.z.map_or(String::new(), |z| format!(", {} standard errors", short(z.abs())));
        found.push(format!(
            "Descent ends {} sd {side} the mean of all minima{z}: it samples minima by the volume of their basins, \
             the exact law counts each once. These are two different laws, so this is no disagreement.",
            short(all.shift.abs())
        ));
    }
    if let (Some(distinct), Some(unseen), Some(missing)) = (check.distinct, check.unseen_share, check.missing)
    {
        let missing = match missing {
            0.0 => "There is no sign of minima that no start found.".to_owned(),
            missing => {
                format!(
                    "At least about {} minima of a surface were found by no start, on average.",
                    short(missing)
                )
            }
        };
        found.push(format!(
            "Each distinct minimum counted once, the shift is {} sd. {} % of the starts ended where no other did: \
             about as large is the share of all basins' volume not yet found. {missing}",
            short(distinct.shift),
            short(100.0 * unseen)
        ));
    }
    if check.elsewhere > 0 {
        found.push(format!("{} starts ended at no certain minimum and are left out.", check.elsewhere));
    }
    if check.starts > 0 {
        found.extend(tests(check));
    }
    found
}

/// What was tested.
fn tests(check: &MinimaCheck) -> Vec<String> {
    let mut tests = Vec::new();
    if let Some(p) = check.surplus_p {
        tests.push(format!(
            "Numbers below an energy, one-sided: no more may be found than there are, p = {}. Smaller numbers, or \
             higher energies, are no evidence either way.",
            short(p)
        ));
    }
    tests.push(check.curvature.map_or_else(
        || "Energies against curvatures: not tested, there is no point that was kept.".to_owned(),
        |curvature| of_curvature(&curvature),
    ));
    tests.push(match check.complete {
        Some(test) => format!(
            "All minima, two-sided, as next to none seems to be missing: their number, mean energy and spread have the \
             exact law with T² = {}, p = {}.",
            short(test.t_squared),
            short(test.p)
        ),
        None => "The law of all minima is not tested: too many are missing for it, or their number is not known. So a model \
                 whose couplings are all a little larger or smaller would not be noticed."
            .to_owned(),
    });
    tests
}

fn of_curvature(check: &CurvatureCheck) -> String {
    let CurvatureCheck { minima, deviation, mean, standard_error, allowed, p, caught, .. } = check;
    let error = standard_error.map_or(String::new(), |error| format!(" ± {}", short(error)));
    let [low, high] = caught.map(|change| short(100.0 * change));
    format!(
        "Energies against curvatures, two-sided: given its Hessian, u is normal about its mean with sd {}; at {minima} \
         minima it is off by {}{error} sd on average, and no selection of minima can make it more than {} sd, p = {}. \
         Energies that are all wrong by more than {low} % or +{high} % would make the verdict a disagreement.",
        short(*deviation),
        short(*mean),
        short(*allowed),
        short(*p)
    )
}

/// The verdict of a size.
pub fn verdict(check: &MinimaCheck, verdict: BandsVerdict) -> String {
    let p = check.p.map_or(String::new(), |p| format!(" (p = {})", short(p)));
    let bounds = match (check.surplus_p, check.curvature) {
        (Some(_), Some(_)) => "a one-sided bound on numbers and a two-sided one on energies given curvatures",
        (None, Some(_)) => "a two-sided bound on energies given curvatures",
        _ => "a one-sided bound on numbers alone, a weak test",
    };
    match verdict {
        BandsVerdict::Agrees => format!("agrees with the exact law of minima{p}."),
        BandsVerdict::Consistent => format!("consistent with {bounds}{p}."),
        BandsVerdict::Borderline => format!("borderline{p}: take more surfaces."),
        BandsVerdict::Disagrees => format!("DISAGREES with theory{p}."),
        BandsVerdict::Untested => "untested: too little data.".to_owned(),
    }
}
