//! The fit and the claims in words.

use crate::analysis::UnitCount;
use crate::analysis::networks::{
    CRITICAL, Claim, ClaimName, ClaimVerdict, INDEX_RANGE, LEVEL, Quantity, Report, Test,
};
use crate::networks::anneal::AnnealProtocol;
use crate::networks::{ExampleOrder, TrainingProtocol};
use crate::studies::networks::NetworksProtocol;
use crate::studies::networks::limits::Echo;

/// Digits that MNIST trains on, as the paper does.
const MNIST: u32 = 60_000;

/// The law of the mean loss.
pub fn fit(report: &Report) -> String {
    let Some(law) = report.scaling else {
        return format!("No fit of E[L] = C exp(α n₁^β): it takes four sizes of {}.\n", two(report.group));
    };
    let with = |value: f64, error: Option<f64>| {
        let error = error.map_or(String::new(), |error| format!(" ± {}", number(Some(error), 4)));
        format!("{}{error}", number(Some(value), 4))
    };
    let holds = match report.scaling_p {
        None => "no degree of freedom is left to test it".to_owned(),
        Some(p) if p < LEVEL => format!("p = {}: the law does not describe these means", short(p)),
        Some(p) => format!("p = {}", short(p)),
    };
    format!(
        "Fit to mean test losses, E[L] = C exp(α n₁^β): α = {}, β = {}, ln C = {}; χ² = {} for {} {}, {holds}.\n",
        with(law.alpha, law.alpha_error),
        with(law.beta, law.beta_error),
        number(Some(law.log_constant), 4),
        number(Some(law.chi_squared), 2),
        law.degrees,
        if law.degrees == 1 { "degree of freedom" } else { "degrees of freedom" }
    )
}

/// Every claim with its verdict and numbers, and what a verdict means.
pub fn claims(report: &Report) -> String {
    let mut text = "The paper's claims:\n".to_owned();
    for claim in &report.claims {
        text.push_str(&of_claim(claim, report));
    }
    text.push_str(&meaning(report));
    text
}

/// What a verdict on a claim means.
pub fn meaning(report: &Report) -> String {
    let groups = match report.group {
        1 => "Every network goes through the digits in its own order: errors are over networks".to_owned(),
        group => format!("Errors are over groups of {group} networks that share the order of the digits"),
    };
    format!(
        "Agrees: one-sided p < {LEVEL} for the claim, for every deciding number. Disagrees: p < {LEVEL} against it, \
         shared by its numbers.\nUndecided: neither. Of a hundred runs at the border of a claim, at most one is said to \
         agree and one to disagree.\n{groups}, p-values by Student's law.\n"
    )
}

/// A claim in a few words.
pub fn in_short(claim: ClaimName) -> &'static str {
    match claim {
        ClaimName::VarianceFalls => "variance of scaled losses falls",
        ClaimName::CorrelationFalls => "correlation falls",
        ClaimName::IndexIsSmall => "index is of order 0.01",
        ClaimName::DescentIsAsGood => "descent is as good as annealing",
    }
}

/// A claim with its verdict and numbers; the first line says which it is.
pub fn of_claim(claim: &Claim, report: &Report) -> String {
    let verdict = match claim.verdict {
        ClaimVerdict::Agrees => "agrees",
        ClaimVerdict::Disagrees => "DISAGREES",
        ClaimVerdict::Undecided => "undecided",
        ClaimVerdict::NotCritical => "not a critical point: no verdict",
    };
    let mut text = format!("- {}: {verdict}.\n", statement(claim.claim));
    if claim.tests.is_empty() {
        text.push_str(&format!("    Nothing to test: {}.\n", missing(claim.claim, report.group)));
    }
    if claim.verdict == ClaimVerdict::NotCritical {
        let epochs = if report.epochs == 1 { "epoch" } else { "epochs" };
        text.push_str(&format!(
            "    These indices are of the points where training stopped, after {} {epochs}, and depend on that \
             number;\n    at a critical point ‖∇L‖ is at most {CRITICAL:e} nats per unit of weight.\n",
            report.epochs
        ));
    }
    for test in &claim.tests {
        text.push_str(&format!("    {}\n", of_test(test, "")));
    }
    for test in &claim.beside {
        text.push_str(&format!("    {}\n", of_test(test, "beside it, ")));
    }
    text
}

fn statement(claim: ClaimName) -> String {
    match claim {
        ClaimName::VarianceFalls => "The variance of the scaled test loss falls with n₁".to_owned(),
        ClaimName::CorrelationFalls => "The correlation of train and test loss falls with n₁".to_owned(),
        ClaimName::IndexIsSmall => format!(
            "The normalised index of solutions is of order 0.01 (mean between {} and {} at every size)",
            INDEX_RANGE[0], INDEX_RANGE[1]
        ),
        ClaimName::DescentIsAsGood => {
            "Descent does at least as well as annealing (test loss and test accuracy, every size)".to_owned()
        }
    }
}

/// The least that has an error.
fn two(group: u32) -> String {
    match group {
        1 => "two networks each".to_owned(),
        group => format!("two groups ({} networks) each", group + 1),
    }
}

fn missing(claim: ClaimName, group: u32) -> String {
    match claim {
        ClaimName::VarianceFalls if group == 1 => {
            "it takes a fit, of four sizes of three networks each".to_owned()
        }
        ClaimName::VarianceFalls => format!("it takes a fit, of four sizes of {}", two(group)),
        ClaimName::CorrelationFalls if group == 1 => "it takes two sizes of four networks each".to_owned(),
        ClaimName::CorrelationFalls => {
            format!("it takes two sizes of three groups ({} networks) each", 2 * group + 1)
        }
        ClaimName::IndexIsSmall => format!("it takes indices of {}", two(group)),
        ClaimName::DescentIsAsGood => {
            format!("no size has both descent ({}) and annealing", two(group))
        }
    }
}

fn of_test(test: &Test, before: &str) -> String {
    let size = test.hidden.map_or(String::new(), |hidden| format!("n₁ = {hidden}: "));
    let (what, decimals) = match test.quantity {
        Quantity::ScaledVarianceSlope => ("slope of ln variance of the scaled loss over ln n₁", 3),
        Quantity::VarianceSlope => ("slope of ln variance of the unscaled loss over ln n₁", 3),
        Quantity::RelativeVarianceSlope => {
            ("slope of ln (variance/mean²) over ln n₁, which needs no fit,", 3)
        }
        Quantity::CorrelationSlope => ("slope of artanh r over ln n₁", 3),
        Quantity::NormalisedIndex => ("mean normalised index", 5),
        Quantity::LossLead => ("test loss of annealing less that of descent", 4),
        Quantity::AccuracyLead => ("test accuracy of descent less that of annealing", 4),
    };
    let [low, high] = test.interval;
    let points = test.gradient_norm.map_or(String::new(), |[least, greatest]| {
        format!(", at ‖∇L‖ from {} to {}", number(Some(least), 4), number(Some(greatest), 4))
    });
    format!(
        "{size}{before}{what} {}, 99 % {}{points}; p = {} for, {} against",
        number(Some(test.estimate), decimals),
        interval(low, high, decimals),
        short(test.p_for),
        short(test.p_against)
    )
}

/// Where data and protocol are not the paper's.
pub fn differences(report: &Report) -> String {
    let [train, _] = report.digits;
    let mut text = "Where this is not the paper: ".to_owned();
    if train != MNIST {
        text.push_str(&format!(
            "{train} digits to train on instead of MNIST's 60,000, and the correlation of train and test loss falls \
             with fewer digits\nand longer training; "
        ));
    }
    text.push_str(
        "mini-batch, learning rates, downsampling and the schedule of annealing are not published, ours are in the \
         run;\nnetworks have no biases, and starts are uniform in the unit cube with each layer divided by the square \
         root of the units that feed it.\n",
    );
    text
}

/// What is not finished, or nothing.
pub fn unfinished(report: &Report) -> String {
    let part = |name: &str, units: UnitCount| {
        let UnitCount { done, planned } = units;
        (done < planned).then(|| format!("{name}: {done} of {planned} units done"))
    };
    let mut parts: Vec<String> = part("this run", report.units).into_iter().collect();
    if let Some([descent, annealed]) = report.compared_units {
        parts.extend(part("the descents that annealing is compared with", descent));
        parts.extend(part("the annealed networks", annealed));
    }
    if parts.is_empty() {
        return String::new();
    }
    format!("UNFINISHED ({}); the same networks sweep resumes.\n", parts.join("; "))
}

/// How networks are trained.
pub fn protocol(protocol: &NetworksProtocol) -> String {
    match *protocol {
        NetworksProtocol::Sgd(TrainingProtocol { epochs, batch, rate, decay, order }) => {
            let order = match order {
                ExampleOrder::Shared => ", sixteen networks in one order of the digits",
                ExampleOrder::Own => "",
            };
            format!(
                "sgd: {epochs} epochs, mini-batches of {batch}, rate {}/(1 + {} e){order}",
                Echo(rate),
                Echo(decay)
            )
        }
        NetworksProtocol::Anneal(AnnealProtocol { sweeps, hot, cold, kept, gain }) => {
            format!(
                "annealing: {sweeps} sweeps from T = {} to {}, {} of weights free, gain {}",
                Echo(hot),
                Echo(cold),
                Echo(kept),
                Echo(gain)
            )
        }
    }
}

/// Largest and least magnitude that is written without an exponent.
const PLAIN: [f64; 2] = [1e6, 1e-4];

/// A number with so many decimals and a true minus sign, far from 1 with an exponent; a dash where there is none.
pub fn number(x: Option<f64>, decimals: usize) -> String {
    let Some(x) = x else { return "–".to_owned() };
    let [most, least] = PLAIN;
    let text = match x.abs() {
        size if size >= most => format!("{x:.4e}"),
        size if size < least && size > 0.0 => format!("{x:.1e}"),
        _ => format!("{x:.decimals$}"),
    };
    text.replace('-', "−")
}

/// [low, high].
pub fn interval(low: f64, high: f64, decimals: usize) -> String {
    format!("[{}, {}]", number(Some(low), decimals), number(Some(high), decimals))
}

/// Two digits.
fn short(p: f64) -> String {
    if p >= 0.01 || p == 0.0 { format!("{p:.2}") } else { format!("{p:.1e}").replace('-', "−") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_far_from_one_have_exponents() {
        for (x, decimals, text) in [
            (0.25, 4, "0.2500"),
            (-1.5, 2, "−1.50"),
            (0.0, 3, "0.000"),
            (1e308, 5, "1.0000e308"),
            (-1e6, 2, "−1.0000e6"),
            (999_999.0, 1, "999999.0"),
            (3.21e-5, 5, "3.2e−5"),
        ] {
            assert_eq!(number(Some(x), decimals), text);
        }
        assert_eq!(number(None, 3), "–");
    }
}
