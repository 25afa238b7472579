use hspin::analysis::networks::{ClaimVerdict, Report};
use hspin::studies::networks::NetworkRecord;

use super::invented::{CONTEXT, SIZES, Truth, compared, like_the_paper, records, sweep};

fn verdicts(descent: &[NetworkRecord], annealed: Option<&[NetworkRecord]>) -> [ClaimVerdict; 4] {
    let comparison = annealed.map(|annealed| compared(descent.to_vec(), annealed.to_vec()));
    let report = Report::new(descent, &CONTEXT, comparison.as_ref());
    std::array::from_fn(|i| report.claims[i].verdict)
}

fn annealed(seed: u64, lead: f64) -> Vec<NetworkRecord> {
    let truth = |n: f64| Truth { mean: like_the_paper(n).mean + lead, shared: 0.0, ..like_the_paper(n) };
    let of = |n: u32| {
        let mut records = records(seed, 64, n, &truth(f64::from(n)));
        records.iter_mut().for_each(|record| record.test_errors += (1000.0 * lead + 10.0) as u32 - 10);
        records
    };
    SIZES.into_iter().flat_map(of).collect()
}

#[test]
fn what_the_paper_says_is_found_where_it_is_true() {
    let found = verdicts(&sweep(1, 320, like_the_paper), Some(&annealed(7, 0.03)));
    assert_eq!(found, [ClaimVerdict::Agrees; 4]);
}

#[test]
fn the_opposite_is_found_where_that_is_true() {
    let opposite = |n: f64| Truth {
        deviation: 0.01 * like_the_paper(n).mean * n.powf(0.3),
        correlation: 0.1 + 0.1 * n.ln(),
        index: 0.3,
        ..like_the_paper(n)
    };
    let mut better = annealed(7, -0.03);
    better.iter_mut().for_each(|record| record.test_errors = 20);
    let found = verdicts(&sweep(1, 320, opposite), Some(&better));
    assert_eq!(found, [ClaimVerdict::Disagrees; 4]);
}

#[test]
fn without_a_difference_or_without_data_nothing_is_decided() {
    let level = |n: f64| Truth {
        deviation: 0.02 * like_the_paper(n).mean,
        correlation: 0.6,
        index: 0.1,
        ..like_the_paper(n)
    };
    let annealed = sweep(4, 64, |n| Truth { shared: 0.0, ..level(n) });
    let found = verdicts(&sweep(3, 320, level), Some(&annealed));
    assert_eq!(found, [ClaimVerdict::Undecided; 4]);
    // One group of sixteen has no spread between groups.
    assert_eq!(verdicts(&sweep(3, 16, like_the_paper), None), [ClaimVerdict::Undecided; 4]);
    assert_eq!(verdicts(&[], None), [ClaimVerdict::Undecided; 4]);
}

/// The same indices have their verdict at critical points, and none where training stopped before.
#[test]
fn an_index_is_judged_at_critical_points_only() {
    for (index, expected) in [(0.01, ClaimVerdict::Agrees), (0.3, ClaimVerdict::Disagrees)] {
        for (gradient, verdict) in
            [(1e-9, expected), (1e-5, ClaimVerdict::NotCritical), (0.2, ClaimVerdict::NotCritical)]
        {
            let truth = |n: f64| Truth { index, gradient, ..like_the_paper(n) };
            assert_eq!(verdicts(&sweep(1, 64, truth), None)[2], verdict, "{index} {gradient}");
        }
    }
}

/// Trends of data that have none: each side is claimed about once in a hundred runs.
#[test]
fn false_alarms_are_as_rare_as_stated() {
    let level =
        |n: f64| Truth { deviation: 0.02 * like_the_paper(n).mean, correlation: 0.6, ..like_the_paper(n) };
    let (trials, mut alarms) = (300, [0, 0]);
    for seed in 0..trials {
        let report = Report::new(&sweep(100 + seed, 160, level), &CONTEXT, None);
        for (alarms, claim) in alarms.iter_mut().zip(&report.claims) {
            *alarms += u32::from(claim.verdict != ClaimVerdict::Undecided);
        }
    }
    // Binomial of 300 at 0.02: 6 ± 2.4; above 17 by chance below 1e-4. The fit's own error is not in the first.
    assert!(alarms.iter().all(|&alarms| alarms <= 17), "{alarms:?} of {trials}");
}

#[test]
fn the_law_and_table_1_are_recovered() {
    let report = Report::new(&sweep(5, 960, like_the_paper), &CONTEXT, None);
    let law = report.scaling.unwrap();
    // Within four standard errors.
    assert!((law.beta + 0.5).abs() < 4.0 * law.beta_error.unwrap(), "{law:?}");
    assert!((law.alpha - 2.0).abs() < 4.0 * law.alpha_error.unwrap(), "{law:?}");
    assert!(law.beta_error.unwrap() < 0.05, "{law:?}");
    assert!(report.scaling_p.unwrap() > 1e-4);
    for (row, size) in report.table_1.iter().zip(&report.sizes) {
        let (truth, found) = (like_the_paper(f64::from(row.hidden)), row.correlation.unwrap());
        // Five standard errors, of which the interval spans about four.
        let wide = 1.3 * (found.high - found.low);
        assert!((found.value - truth.correlation).abs() < wide, "{row:?}");
        let test = size.losses.unwrap().test;
        assert!((test.mean.value - truth.mean).abs() < 5.0 * test.mean.standard_error.unwrap());
        let deviation = test.deviation.unwrap();
        assert!((deviation.value - truth.deviation).abs() < 5.0 * deviation.standard_error.unwrap());
    }
    assert_eq!(report.table_1[1].paper, Some(0.7616));
    assert_eq!(report.table_1[0].paper, None);
}
