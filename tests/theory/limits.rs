//! Thresholds and complexity against high-precision tables, and against what they must satisfy among themselves.

use super::tables::{assert_close, rows};
use hspin::theory::{Complexity, Thresholds};

const SPINS: [u32; 8] = [2, 3, 4, 5, 10, 20, 57, 100];

fn complexity(spins: u32) -> Complexity {
    Complexity::new(spins).unwrap()
}

fn thresholds(spins: u32) -> Thresholds {
    Thresholds::new(spins).unwrap()
}

#[test]
fn thresholds_match_the_reference_table() {
    let rows = rows("thresholds.csv");
    assert!(rows.len() >= 50);
    for row in &rows {
        let spins: u32 = row[0].parse().unwrap();
        let value: f64 = row[2].parse().unwrap();
        let actual = match &row[1] {
            "E_inf" => thresholds(spins).e_inf(),
            "Theta(-E_inf)" => complexity(spins).total(-complexity(spins).e_inf()),
            level => thresholds(spins).e(level.trim_start_matches("E_").parse().unwrap()).unwrap(),
        };
        assert_close(actual, value, 1e-12 * value);
    }
}

#[test]
fn gaps_keep_their_relative_accuracy_up_to_index_1000() {
    let rows = rows("threshold_gaps.csv");
    assert_eq!(rows.len(), 20);
    for row in &rows {
        let gap = thresholds(row[0].parse().unwrap()).gap(row[1].parse().unwrap()).unwrap();
        let expected: f64 = row[2].parse().unwrap();
        assert_close(gap, expected, 1e-13 * expected);
    }
}

#[test]
fn thresholds_fall_strictly_towards_e_inf() {
    for spins in SPINS.into_iter().filter(|&spins| spins > 2) {
        let levels = thresholds(spins).up_to(1000).unwrap();
        assert_eq!(levels.len(), 1001);
        assert!(levels.windows(2).all(|pair| pair[0] > pair[1]), "spins {spins}");
        assert!(levels[1000] > thresholds(spins).e_inf());
    }
}

#[test]
fn thresholds_are_zeros_of_their_complexity() {
    for spins in SPINS.into_iter().filter(|&spins| spins > 2) {
        for index in [0, 1, 5, 100, 1000] {
            let energy = -thresholds(spins).e(index).unwrap();
            let slope = complexity(spins).by_index_slope(index, energy);
            assert_close(complexity(spins).by_index(index, energy), 0.0, 4e-16 * slope + 1e-15);
        }
    }
}

#[test]
fn at_order_two_all_thresholds_coincide() {
    for index in [0, 1, 1000] {
        assert_eq!(thresholds(2).e(index).unwrap(), thresholds(2).e_inf());
    }
    assert_close(thresholds(2).e_inf(), 2f64.sqrt(), 1e-15);
    for energy in [-1.414, -0.5, 0.0, 1.0] {
        assert_eq!(complexity(2).total(energy), 0.0);
        assert_eq!(complexity(2).by_index(3, energy), 0.0);
    }
    assert!(complexity(2).total(-1.5) < 0.0);
}

/// Energies per spin around the edge and far from it.
fn grid(spins: u32) -> impl Iterator<Item = f64> {
    let edge = complexity(spins).e_inf();
    (-3000..=3000).map(move |i| edge * f64::from(i) / 1000.0)
}

#[test]
fn minima_dominate_below_the_edge() {
    for spins in SPINS {
        let complexity = complexity(spins);
        for energy in grid(spins).filter(|&energy| energy <= -complexity.e_inf()) {
            assert_eq!(complexity.total(energy), complexity.by_index(0, energy));
            assert!(complexity.by_index(1, energy) <= complexity.by_index(0, energy));
        }
    }
}

#[test]
fn complexities_never_fall_with_energy() {
    for spins in SPINS {
        let complexity = complexity(spins);
        let energies: Vec<f64> = grid(spins).collect();
        for pair in energies.windows(2) {
            assert!(complexity.total(pair[0]) <= complexity.total(pair[1]));
            for index in [0, 1, 4, 1000] {
                assert!(complexity.by_index(index, pair[0]) <= complexity.by_index(index, pair[1]));
            }
        }
    }
}

#[test]
fn complexities_are_continuous_at_the_edge_and_at_zero() {
    for spins in SPINS {
        let complexity = complexity(spins);
        for (at, value) in [(-complexity.e_inf(), complexity.plateau()), (0.0, complexity.total(0.0))] {
            for step in [-1e-9, 0.0, 1e-9] {
                assert_close(complexity.total(at + step), value, 2e-9);
            }
        }
        for step in [-1e-9, 0.0, 1e-9] {
            assert_close(complexity.by_index(3, step - complexity.e_inf()), complexity.plateau(), 2e-9);
        }
        assert_close(complexity.total(1.0), 0.5 * (f64::from(spins) - 1.0).ln(), 1e-15);
    }
}

#[test]
fn edge_rate_keeps_its_digits_at_the_edge() {
    for spins in SPINS {
        let edge = complexity(spins).e_inf();
        for exponent in 3..12 {
            let energy = -edge - 10f64.powi(-exponent);
            let gap = (-energy - edge) / edge;
            // I = ⅔ (2g)^{3/2} (1 + 3g/20 + …), g the relative gap.
            let expected = 2.0 / 3.0 * (2.0 * gap).powf(1.5) * (1.0 + 0.15 * gap);
            assert_close(complexity(spins).edge_rate(energy) / expected, 1.0, gap * gap + 1e-14);
        }
    }
}

/// The difference quotient, whose error must fall as the square of the step.
#[test]
fn slopes_match_difference_quotients() {
    for spins in SPINS {
        let c = complexity(spins);
        let energies = grid(spins).step_by(37).filter(|u| u.abs() > 0.01 && (u + c.e_inf()).abs() > 0.01);
        for energy in energies {
            let check = |f: &dyn Fn(f64) -> f64, slope: f64| {
                let quotient = |step: f64| (f(energy + step) - f(energy - step)) / (2.0 * step);
                let extrapolated = (4.0 * quotient(1e-4) - quotient(2e-4)) / 3.0;
                assert_close(slope, extrapolated, 1e-9 * (1.0 + slope.abs()));
            };
            check(&|u| c.edge_rate(u), c.edge_rate_slope(energy));
            check(&|u| c.total(u), c.total_slope(energy));
            check(&|u| c.by_index(2, u), c.by_index_slope(2, energy));
        }
    }
}

#[test]
fn slopes_at_the_corner_are_those_from_below() {
    let c = complexity(3);
    assert_close(c.total_slope(-c.e_inf()), c.e_inf() / 4.0, 1e-15);
    assert_close(c.by_index_slope(4, -c.e_inf()), c.e_inf() / 4.0, 1e-15);
    assert_eq!(c.by_index_slope(4, -c.e_inf() + 1e-12), 0.0);
}

#[test]
fn extremes_of_energy_stay_meaningful() {
    for spins in SPINS {
        let c = complexity(spins);
        assert_eq!(c.total(f64::NEG_INFINITY), f64::NEG_INFINITY);
        assert_eq!(c.by_index(7, f64::NEG_INFINITY), f64::NEG_INFINITY);
        assert_eq!(c.total(f64::INFINITY), 0.5 * (f64::from(spins) - 1.0).ln());
        assert_eq!(c.by_index(0, f64::INFINITY), c.plateau());
        assert_eq!(c.total_slope(f64::INFINITY), 0.0);
        let values =
            [c.total(f64::NAN), c.by_index(0, f64::NAN), c.edge_rate(f64::NAN), c.total_slope(f64::NAN)];
        assert!(values.iter().all(|value| value.is_nan()));
        assert!(c.by_index_slope(0, f64::NAN).is_nan() && c.edge_rate_slope(f64::NAN).is_nan());
    }
}

#[test]
fn orders_below_two_are_bad_input() {
    for spins in [0, 1] {
        let message = Thresholds::new(spins).unwrap_err().to_string();
        assert_eq!(message, format!("spins = {spins}: an integer of at least 2"));
        assert_eq!(Complexity::new(spins).unwrap_err().exit_code(), 2);
    }
}

/// `hspin theory …`, without the process around it.
#[derive(clap::Parser)]
struct Command {
    #[command(flatten)]
    theory: hspin::cli::theory::Args,
}

fn parsed(words: &str) -> Result<Command, clap::Error> {
    clap::Parser::try_parse_from(format!("theory {words}").split(' '))
}

/// What `hspin theory WORDS` prints.
fn printed(words: &str) -> hspin::Result<String> {
    let command = parsed(words).unwrap();
    hspin::cli::theory::text(&command.theory)
}

fn json(words: &str) -> serde_json::Value {
    serde_json::from_str(&printed(words).unwrap()).unwrap()
}

#[test]
fn thresholds_print_as_json_and_as_a_table() {
    let json = json("thresholds --spins 3 --max-index 2 --json");
    assert_eq!(json["spins"], 3);
    assert_eq!(json["e_inf"].as_f64().unwrap(), thresholds(3).e_inf());
    assert_eq!(json["e"].as_array().unwrap().len(), 3);
    assert_eq!(json["e"][2].as_f64().unwrap(), thresholds(3).e(2).unwrap());
    let table = printed("thresholds --spins 3 --max-index 2").unwrap();
    assert!(table.contains("1.6569983635274") && table.contains("1.6502531274392"), "{table}");
    assert_eq!(table.lines().count(), 6);
}

#[test]
fn complexity_prints_as_json_and_as_a_table() {
    let json = json("complexity --spins 3 --energy -1.66,-1.64,0.5,-1e300 --max-index 1 --json");
    assert_eq!(json["spins"], 3);
    let values = json["values"].as_array().unwrap();
    assert_eq!(values.len(), 4);
    assert_eq!(values[1]["energy"].as_f64().unwrap(), -1.64);
    assert_eq!(values[1]["total"].as_f64().unwrap(), complexity(3).total(-1.64));
    assert_eq!(values[1]["by_index"][1].as_f64().unwrap(), complexity(3).by_index(1, -1.64));
    assert_eq!(values[2]["by_index"].as_array().unwrap().len(), 2);
    assert!(values[3]["total"].is_null() && values[3]["by_index"][0].is_null());
    let table = printed("complexity --spins 3 --energy=-1.66").unwrap();
    let widths: Vec<usize> = table.lines().skip(1).map(|line| line.chars().count()).collect();
    assert_eq!(widths.len(), 2);
    assert_eq!(widths[0], widths[1]);
}

#[test]
fn mean_counts_print_as_json_and_as_a_table() {
    let json = json("mean-count --spins 3 --dim 4 --index all --below -1.7,-400,inf --json");
    let values = json["values"].as_array().unwrap();
    assert_eq!((values.len(), json["dim"].as_u64(), &json["indices"][3]), (3, Some(4), &3.into()));
    assert_eq!(values[0]["below"], -1.7);
    let sum: f64 = values[0]["by_index"].as_array().unwrap().iter().map(|c| c.as_f64().unwrap()).sum();
    assert_close(sum, values[0]["total"].as_f64().unwrap(), 1e-12);
    assert!(values[1]["total"].is_null() && values[1]["log_total"].as_f64().unwrap() < -7e4);
    assert!(values[2]["below"].is_null());
    assert_close(values[2]["total"].as_f64().unwrap(), 18.790_233_801_03, 1e-10);
    let errors = values[2]["rel_error_by_index"].as_array().unwrap();
    assert!(errors.iter().all(|error| error.as_f64().unwrap() < 1e-9));
    let one = self::json("mean-count --spins 3 --dim 4 --index 2 --json");
    assert_eq!((&one["indices"], one["values"][0]["by_index"].as_array().unwrap().len()), (&[2].into(), 1));
    let total = self::json("mean-count --spins 2 --dim 9 --json");
    assert_close(total["values"][0]["total"].as_f64().unwrap(), 18.0, 1e-12);
    assert!(total["values"][0].get("by_index").is_none());
    let table = printed("mean-count --spins 3 --dim 3 --index all").unwrap();
    assert!(table.contains("10.55235974") && table.lines().count() == 7, "{table}");
    assert!(table.ends_with("Numbers count points on the sphere, w and −w both.\n"), "{table}");
    assert_eq!(total["counts"], "points on the sphere, w and −w both");
}

/// A mean number whose error is larger than itself has no digit; its logarithm has those that its own error leaves.
#[test]
fn mean_counts_print_no_digit_that_their_error_covers() {
    let words = "mean-count --spins 3 --dim 10 --below -1e9,-1e300,-1e4,-1.6";
    let json = json(&format!("{words} --json"));
    let values = json["values"].as_array().unwrap();
    assert!(values[0]["total"].is_null() && values[0]["log_total"].as_f64().unwrap() < -1e18);
    assert!(values[0]["rel_error"].as_f64().unwrap() > 1.0);
    for key in ["total", "log_total", "rel_error"] {
        assert!(values[1][key].is_null(), "{key}: {json}");
    }
    let table = printed(words).unwrap();
    let row = |i: usize| table.lines().nth(2 + i).unwrap().split_whitespace().skip(2).collect::<Vec<_>>();
    assert_eq!(row(0)[0], "–", "{table}");
    assert!(row(0)[1].starts_with('−') && row(0)[2].starts_with('1'), "{table}");
    assert_eq!(row(1), ["–"; 3], "{table}");
    for i in [2, 3] {
        let [number, log, error] = row(i)[..] else { panic!("{table}") };
        let mantissa = number.split('e').next().unwrap().trim_start_matches(['0', '.']);
        let digits = mantissa.chars().filter(char::is_ascii_digit).count();
        let decimals = log.split('.').nth(1).map_or(0, str::len);
        let error: f64 = error.replace('−', "-").parse().unwrap();
        let left = -error.log10();
        assert!((digits as f64) < left + 0.6 && digits as f64 > left.min(10.0) - 1.6, "{table}");
        assert!((decimals as f64) < left + 0.6, "{table}");
        assert_eq!(digits, if i == 2 { digits.min(8) } else { 10 }, "{table}");
    }
}

#[test]
fn large_sizes_show_both_ends_with_null_between() {
    let json = json("mean-count --spins 3 --dim 70 --index all --below inf --json");
    let logs = json["values"][0]["log_by_index"].as_array().unwrap();
    assert_eq!(logs.len(), 70);
    for (k, log) in logs.iter().enumerate() {
        assert_eq!(log.is_null(), (11..59).contains(&k), "{k}");
    }
    assert_close(logs[69].as_f64().unwrap(), logs[0].as_f64().unwrap(), 1e-11);
    let error = printed("mean-count --spins 3 --dim 300 --index 299 --below -1.6").unwrap_err().to_string();
    assert!(
        error.starts_with("--index = 299: at dim = 300 its mean number below -1.6 cannot be computed"),
        "{error}"
    );
}

#[test]
fn lists_have_ranges_underscores_and_powers_of_ten() {
    for [short, long] in [
        [
            "complexity --spins 3 --energy -1.66:-1.6:0.02,0",
            "complexity --spins 3 --energy -1.66,-1.64,-1.62,-1.6,0",
        ],
        [
            "mean-count --spins 3 --dim 1e1 --below -16e-1:-1.5:.05,inf",
            "mean-count --spins 3 --dim 10 --below -1.6,-1.55,-1.5,inf",
        ],
        ["thresholds --spins 1_000 --max-index 2e0", "thresholds --spins 1000 --max-index 2"],
    ] {
        let [short, long] = [short, long].map(|words| json(&format!("{words} --json")));
        assert_eq!(short, long);
    }
}

#[test]
fn bad_input_names_key_value_and_what_is_allowed() {
    for (words, message) in [
        ("complexity --spins 3 --energy nan", "--energy = nan: a comma-separated list of finite numbers"),
        (
            "complexity --spins 3 --energy -1.6,-inf",
            "--energy = -inf: a comma-separated list of finite numbers",
        ),
        ("complexity --spins 3 --energy 1,", "--energy = : a comma-separated list of finite numbers"),
        (
            "mean-count --spins 3 --dim 5 --below nan",
            "--below = nan: a comma-separated list of numbers; inf means no bound",
        ),
        (
            "mean-count --spins 3 --dim 5 --below -inf",
            "--below = -inf: a comma-separated list of numbers; inf means no bound",
        ),
        (
            "complexity --spins 3 --energy 0:1e12:1",
            "--energy = 0:1e12:1: a range of at most 10000 values; a larger step makes it shorter",
        ),
        (
            "mean-count --spins 3 --dim 5 --below -1:-2:1",
            "--below = -1:-2:1: a range is start:stop:step with start ≤ stop and step > 0, both ends included: \
             25:100:25 is 25,50,75,100",
        ),
        ("mean-count --spins 3 --dim 5 --index 5", "--index = 5: a whole number from 0 to 4, all or total"),
        ("mean-count --spins 3 --dim 2000 --index 0", "dim = 2000: at most 1000 by index"),
    ] {
        let error = printed(words).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.exit_code()), (message, 2));
    }
}

#[test]
fn numbers_out_of_range_are_refused_with_the_range() {
    let spins = "a whole number from 2 to 1000000";
    let index = "a whole number from 0 to 1000";
    for (words, value, key, allowed) in [
        ("thresholds --spins 1", "1", "--spins <H>", spins),
        ("thresholds --spins -3", "-3", "--spins <H>", spins),
        ("complexity --energy 1 --spins x", "x", "--spins <H>", spins),
        ("mean-count --spins 3 --dim 1", "1", "--dim <N>", "a whole number from 2 to 10000"),
        ("mean-count --spins 1 --dim 5", "1", "--spins <H>", spins),
        ("thresholds --spins 3 --max-index 1001", "1001", "--max-index <K>", index),
    ] {
        let message = parsed(words).err().unwrap().to_string();
        let expected = format!("error: invalid value '{value}' for '{key}': {allowed}\n");
        assert!(message.starts_with(&expected), "{message}");
    }
    for index in [0, 1000] {
        let gap = thresholds(1_000_000).gap(index).unwrap();
        assert!(gap.is_finite() && gap > 0.0);
    }
}
