//! The fit and the claims in words.

use super::report::interval;
use crate::analysis::networks::{Claim, ClaimName, INDEX_RANGE, LEVEL, Quantity, Report, Test, Verdict};
use crate::cli::table::number;

/// Digits that MNIST trains on, as the paper does.
const MNIST: u32 = 60_000;

/// The law of the mean loss.
pub fn fit(report: &Report) -> String {
    let Some(law) = report.scaling else {
        return "No fit of E[L] = C exp(α n₁^β): it takes four sizes of two groups (17 networks) each.\n"
            .to_owned();
    };
    let with = |value: f64, error: Option<f64>| {
        let error = error.map_or(String::new(), |error| format!(" ± {error:.4}"));
        format!("{}{error}", number(Some(value), 4))
    };
    let holds = match report.scaling_p {
        None => "no degree of freedom is left to test it".to_owned(),
        Some(p) if p < LEVEL => format!("p = {}: the law does not describe these means", short(p)),
        Some(p) => format!("p = {}", short(p)),
    };
    format!(
        "Fit to mean test losses, E[L] = C exp(α n₁^β): α = {}, β = {}, ln C = {}; χ² = {:.2} for {} {}, {holds}.\n",
        with(law.alpha, law.alpha_error),
        with(law.beta, law.beta_error),
        number(Some(law.log_constant), 4),
        law.chi_squared,
        law.degrees,
        if law.degrees == 1 { "degree of freedom" } else { "degrees of freedom" }
    )
}

/// Every claim with its verdict and numbers, and what a verdict means.
pub fn claims(report: &Report) -> String {
    let mut text = "The paper's claims:\n".to_owned();
    for claim in &report.claims {
        text.push_str(&of_claim(claim));
    }
    text.push_str(&format!(
        "Agrees: one-sided p < {LEVEL} for the claim, for every deciding number. Disagrees: p < {LEVEL} against it, \
         shared by its numbers.\nUndecided: neither. Of a hundred runs at the border of a claim, at most one is said to \
         agree and one to disagree.\nErrors are over groups of sixteen networks that share the order of the digits, \
         p-values by Student's law.\n"
    ));
    text
}

fn of_claim(claim: &Claim) -> String {
    let verdict = match claim.verdict {
        Verdict::Agrees => "agrees",
        Verdict::Disagrees => "DISAGREES",
        Verdict::Undecided => "undecided",
    };
    let mut text = format!("- {}: {verdict}.\n", statement(claim.claim));
    if claim.tests.is_empty() {
        text.push_str(&format!("    Nothing to test: {}.\n", missing(claim.claim)));
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

fn missing(claim: ClaimName) -> &'static str {
    match claim {
        ClaimName::VarianceFalls => "it takes a fit, of four sizes of two groups (17 networks) each",
        ClaimName::CorrelationFalls => "it takes two sizes of three groups (33 networks) each",
        ClaimName::IndexIsSmall => "no index of networks of two groups is known",
        ClaimName::DescentIsAsGood => "no size has both descent (17 networks or more) and annealing",
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
    format!(
        "{size}{before}{what} {}, 99 % {}; p = {} for, {} against",
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
        text.push_str(&format!("{train} digits to train on instead of MNIST's 60,000; "));
    }
    text.push_str(
        "mini-batch, learning rates, downsampling and the schedule of annealing are not published, ours are in the \
         run;\nnetworks have no biases, and starts are uniform in the unit cube with each layer divided by the square \
         root of the units that feed it.\n",
    );
    text
}

/// Two digits.
fn short(p: f64) -> String {
    if p >= 0.01 || p == 0.0 { format!("{p:.2}") } else { format!("{p:.1e}").replace('-', "−") }
}
