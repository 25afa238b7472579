//! Mutated text, numbers and arrays.

use std::ffi::OsString;
use std::fs;

use hspin::cli::{self, values};
use hspin::studies::networks::NetworksStore;
use hspin::studies::sampling::SamplingStore;
use hspin::studies::surfaces::{CensusRequest, Request, Spec};
use hspin::study::RunSpec as _;

use crate::cases::{asked, hold};
use crate::harness::{Place, hspin, succeed};
use crate::mutate::Mutator;
use crate::readers;

const TOML_WORDS: [&[u8]; 40] = [
    b"preset",
    b"spins",
    b"seed",
    b"dims",
    b"starts",
    b"instances",
    b"protocol",
    b"points",
    b"trace",
    b"[descent]",
    b"samples",
    b"cycles",
    b"sample_rate",
    b"full_steps",
    b"full_rate",
    b"decay",
    b"handover",
    b"targets",
    b" = ",
    b"\n",
    b"\"paper\"",
    b"\"saddle\"",
    b"\"gd\"",
    b"\"literal\"",
    b"nan",
    b"inf",
    b"-inf",
    b"1e999",
    b"-0.0",
    b"18446744073709551615",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"4294967296",
    b"1e-320",
    b"[[",
    b"{",
    b"\"\"\"",
    b"#",
    b"true",
    b"[-1.7, 0.5]",
];

fn toml_seeds() -> Vec<Vec<u8>> {
    let texts = [
        "spins = 3\ndims = [25, 50]\nstarts = 100\ninstances = 2\nseed = 7\npoints = true\ntrace = false\n",
        "preset = \"quick\"\nprotocol = \"sgd\"\n[descent]\nsamples = 2\ncycles = 100\nsample_rate = 0.3\n",
        "protocol = \"gd\"\n[descent]\nfull_steps = 500\nfull_rate = 0.16\ndecay = 0.0\nhandover = 1e-3\n",
        "protocol = \"saddle\"\n[descent]\ntargets = [-1.6, 0.0]\n",
        "descent.samples = 4\ndescent = { cycles = 3 }\n# a comment\ndims = [\n  2,\n  3,\n]\n",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

#[test]
fn mutated_configurations() {
    let seeds = toml_seeds();
    for seed in &seeds[..4] {
        Spec::new(&Request::from_toml(std::str::from_utf8(seed).unwrap()).unwrap()).unwrap();
    }
    hold("hostile-toml", asked(), |_, case| {
        let bytes = Mutator::of(case).mutated(&seeds, &TOML_WORDS);
        readers::toml(&bytes);
        bytes.len()
    });
}

#[test]
fn configurations_that_nest_or_go_on_without_end() {
    let deep = [
        format!("dims = {}", "[".repeat(300_000)),
        format!("dims = {}{}", "[".repeat(300_000), "]".repeat(300_000)),
        format!("descent = {}", "{a=".repeat(200_000)),
        format!("{}x = 1", "a.".repeat(300_000)),
        format!("[{}x]", "a.".repeat(300_000)),
        format!("{}\n", "[[a]]\n".repeat(100_000)),
        "x".repeat(1 << 20),
        format!("\"{}\" = 1", "\u{1b}[31m".repeat(100_000)),
        format!("dims = [{}]", "2,".repeat(400_000)),
        format!("seed = {}", "9".repeat(1 << 20)),
        "\n".repeat(1 << 20) + "spin = 3",
        "a = 1\n".repeat(100_000),
        format!("preset = \"{}\"", "p".repeat(1 << 20)),
    ];
    for text in &deep {
        readers::toml(text.as_bytes());
    }
    println!("trust: hostile-toml-depth: tried {}, failed 0", deep.len());
}

#[test]
fn mutated_specs() {
    let sweep = Spec::new(&Request::from_toml("trace = true\nseed = 18446744073709551615").unwrap()).unwrap();
    let saddle = Spec::new(&Request::from_toml("protocol = \"saddle\"").unwrap()).unwrap();
    let census = CensusRequest { dim: Some(5), ..CensusRequest::default() }.new_run().unwrap();
    let seeds = [sweep, saddle, census].map(|spec| spec.canonical().unwrap().into_bytes()).to_vec();
    let words: [&[u8]; 14] = [
        b"null",
        b"1e999",
        b"-1",
        b"4294967295",
        b"18446744073709551616",
        b"[]",
        b"{}",
        b"\"file\":",
        b"\"sha256\":",
        b"\"shape\":[3,3]",
        b"{\"file\":{\"sha256\":\"00\",\"shape\":[]}}",
        b",",
        b"\"random\"",
        b"65535",
    ];
    hold("hostile-spec", asked(), |_, case| {
        let bytes = Mutator::of(case).mutated(&seeds, &words);
        readers::stored_spec(&bytes);
        bytes.len()
    });
}

#[test]
fn mutated_specs_of_networks() {
    let place = Place::quick();
    let small = "--hidden 2 --networks 1 --digits 10 --threads 1";
    let seed = |name: &str, flags: &str| {
        let run = place.path(name);
        let words = small.split(' ').chain(flags.split(' '));
        succeed(hspin("networks sweep --out").arg(&run).args(words));
        NetworksStore::open_read(&run).unwrap().spec().canonical().unwrap().into_bytes()
    };
    let seeds = vec![seed("sgd", "--epochs 1"), seed("anneal", "--protocol anneal --sweeps 1")];
    let words: [&[u8]; 12] = [
        b"null",
        b"1e999",
        b"-1",
        b"-0.0",
        b"4294967295",
        b"18446744073709551616",
        b"[]",
        b"[2,3]",
        b"\"anneal\":",
        b"\"sgd\":",
        b"\"sha256\":",
        b",",
    ];
    hold("hostile-networks-spec", asked(), |_, case| {
        let bytes = Mutator::of(case).mutated(&seeds, &words);
        readers::stored_networks_spec(&bytes);
        bytes.len()
    });
}

#[test]
fn mutated_specs_of_sampling() {
    let place = Place::quick();
    let seed = |name: &str, flags: &str| {
        let run = place.path(name);
        let words = "--dims 3 --temperatures 1,2 --sweeps 5 --threads 1".split(' ').chain(flags.split(' '));
        succeed(hspin("sample --out").arg(&run).args(words));
        SamplingStore::open_read(&run).unwrap().spec().canonical().unwrap().into_bytes()
    };
    let seeds = vec![seed("pure", "--spins 3"), seed("mixed", "--mixture 2:.5,3:.5 --spike 1.5:2")];
    let words: [&[u8]; 10] = [
        b"null",
        b"1e999",
        b"-1",
        b"0",
        b"-0.0",
        b"4294967295",
        b"18446744073709551616",
        b"[]",
        b"[2,1]",
        b"false",
    ];
    hold("hostile-sampling-spec", asked(), |_, case| {
        let bytes = Mutator::of(case).mutated(&seeds, &words);
        readers::stored_sampling_spec(&bytes);
        bytes.len()
    });
}

#[test]
fn mutated_arrays() {
    let array = |shape: &[u64], version: u8| {
        let values = (0..shape.iter().product::<u64>()).map(|i| i as f64 / 7.0 - 1.0);
        let mut bytes = Vec::new();
        hspin::numeric::npy::write(&mut bytes, shape, values).unwrap();
        if version > 1 {
            // Versions 2 and 3 have four bytes of length.
            bytes[6] = version;
            bytes.splice(10..10, [0, 0]);
        }
        bytes
    };
    // Whatever the bytes are, they are integers of eight bytes too.
    let integers = |order: &str| {
        let text = String::from_utf8(array(&[2, 2], 1)[10..128].to_vec()).unwrap();
        let text = text.replace("'<f8'", order).replace("False", "True ");
        [&array(&[2, 2], 1)[..10], text.as_bytes(), &array(&[2, 2], 1)[128..]].concat()
    };
    let seeds = vec![
        array(&[2, 2], 1),
        array(&[3, 3, 3], 1),
        array(&[2, 2, 2, 2], 2),
        array(&[2, 2], 3),
        integers("'<i8'"),
        integers("'>u8'"),
    ];
    let words: [&[u8]; 24] = [
        b"'<f4'",
        b"'>f2'",
        b"'|b1'",
        b"'<i2'",
        b"'|O'",
        b"'<c16'",
        b"[('a', '<f8')]",
        b"\x00\x01",
        b"'descr': '<f8'",
        b"'fortran_order': False",
        b"'shape': (2, 2)",
        b"True",
        b">f8",
        b"(",
        b")",
        b", ",
        b"{",
        b"}",
        b"4294967295",
        b"4294967296",
        b"-1",
        b"\x93NUMPY",
        b"\xff\xf0",
        b"\x7f\xf8",
    ];
    let places = [0, 1].map(|_| crate::harness::Place::quick());
    hold("hostile-npy", asked(), |thread, case| {
        let bytes = Mutator::of(case).mutated(&seeds, &words);
        let path = places[thread as usize].path("a.npy");
        fs::write(&path, &bytes).unwrap();
        readers::npy_file(&path, &bytes);
        bytes.len()
    });
    for (seed, name) in seeds.iter().zip(["1", "1", "2", "3", "1", "1"]) {
        let path = places[0].path(name);
        fs::write(&path, seed).unwrap();
        hspin::numeric::npy::read_tensor(&path).unwrap();
    }
}

/// Text that looks like a number, or nearly.
fn number(mutator: &mut Mutator) -> String {
    let seeds =
        ["3", "65535", "10000000", "18446744073709551615", "-1.6", "1e-3", "all", "total", "inf", "0"];
    let seeds = seeds.map(|text| text.as_bytes().to_vec());
    let words: [&[u8]; 16] = [
        b"-",
        b"+",
        b".",
        b"e",
        b"0x",
        b"_",
        b" ",
        b"\t",
        b"NaN",
        b"inf",
        b"99999",
        "٣".as_bytes(),
        "１".as_bytes(),
        "\u{200b}".as_bytes(),
        b"\0",
        b",",
    ];
    String::from_utf8_lossy(&mutator.mutated(&seeds, &words)).into_owned()
}

/// The whole number that a text is, by the rules of arithmetic on paper: digits, perhaps after a plus sign, with underscores
/// between them, a point, and a power of ten that moves the point.
fn on_paper(text: &str) -> Option<u128> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    let letters: Vec<char> = format!(" {text} ").chars().collect();
    let lost = letters.windows(3).any(|w| w[1] == '_' && !(w[0].is_ascii_digit() && w[2].is_ascii_digit()));
    let text = text.replace('_', "").replace('E', "e");
    let (number, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (before, after) = number.split_once('.').unwrap_or((number, ""));
    let power: i32 = power.parse().ok().filter(|power| (-300..=300).contains(power))?;
    let mut digits = format!("{before}{after}");
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let has_power = text.contains('e');
    if lost || !plain || (number.contains('.') && !has_power) || digits.parse::<i128>().is_err() {
        return None;
    }
    for _ in power..after.len() as i32 {
        if digits.pop().is_some_and(|digit| digit != '0') {
            return None;
        }
    }
    digits.extend((after.len() as i32..power).map(|_| '0'));
    let digits = digits.trim_start_matches('0');
    if digits.len() > 30 {
        return None;
    }
    Some(digits.bytes().fold(0, |sum, byte| 10 * sum + u128::from(byte - b'0')))
}

#[test]
fn mutated_values() {
    let parsers: [([u32; 2], [u128; 2]); 10] = [
        (values::SPINS, [2, 16]),
        (values::THEORY_SPINS, [2, 1_000_000]),
        (values::THEORY_DIM, [2, 10_000]),
        (values::INDEX, [0, 1000]),
        (values::DIM, [2, 65_535]),
        (values::COUNTED_DIM, [2, 1000]),
        (values::STARTS, [1, 10_000_000]),
        (values::INSTANCES, [1, 1_000_000]),
        (values::SAMPLES, [1, 4096]),
        (values::THREADS, [1, 1024]),
    ];
    hold("hostile-values", asked(), |_, case| {
        let text = number(&mut Mutator::of(case));
        let paper = on_paper(&text);
        for (bounds, [least, most]) in parsers {
            let expected = paper.filter(|value| (least..=most).contains(value));
            match values::within(bounds)(&text) {
                Ok(value) => assert_eq!(Some(u128::from(value)), expected, "{text:?}"),
                Err(allowed) => {
                    assert_eq!(expected, None, "{text:?}");
                    assert_eq!(allowed, format!("a whole number from {least} to {most}"));
                }
            }
        }
        let expected = paper.filter(|value| *value <= u128::from(u64::MAX));
        assert_eq!(values::seed(&text).ok().map(u128::from), expected, "{text:?}");
        match values::energies(&text) {
            Ok(energies) => {
                assert!(energies.len() <= 10_000 && energies.iter().all(|energy| energy.is_finite()))
            }
            Err(error) => readers::refused(&hspin::Error::bad_input("x", one_line(&error), "y"), &[2]),
        }
        if let Ok(bounds) = values::bounds(&text) {
            assert!(bounds.len() <= 10_000 && bounds.iter().all(|bound| *bound > f64::NEG_INFINITY));
        }
        if let Ok(indices) = values::indices(&text, 7) {
            assert!(indices.iter().all(|&index| index < 7));
        }
        text.len()
    });
}

fn one_line(error: &hspin::Error) -> String {
    error.to_string().chars().filter(|c| !c.is_control()).collect()
}

const WORDS: [&str; 58] = [
    "sweep",
    "census",
    "show",
    "verify",
    "export",
    "figure",
    "theory",
    "bands",
    "bench",
    "reproduce",
    "completions",
    "man",
    "help",
    "thresholds",
    "complexity",
    "mean-count",
    "--out",
    "--config",
    "--couplings",
    "--spins",
    "--dims",
    "--dim",
    "--starts",
    "--instances",
    "--instance",
    "--protocol",
    "--preset",
    "--samples",
    "--seed",
    "--threads",
    "--trace",
    "--no-points",
    "--dry-run",
    "--json",
    "--deep",
    "--repair",
    "--format",
    "--run",
    "--max-index",
    "--energy",
    "--below",
    "--index",
    "--quick",
    "--help",
    "--version",
    "-h",
    "-V",
    "--",
    "-",
    "",
    "=",
    "sgd",
    "paper",
    "csv",
    "all",
    "a.run",
    "svg,png",
    "bash",
];

#[test]
fn mutated_command_lines() {
    // A tenth: each builds the whole grammar.
    hold("hostile-command-lines", asked().div_ceil(10), |_, case| {
        let mut mutator = Mutator::of(case);
        let mut line = vec![OsString::from("hspin")];
        line.push(mutator.one_of(&WORDS[..12]).into());
        for _ in 0..mutator.below(7) {
            let word = mutator.one_of(&WORDS);
            let value = number(&mut mutator);
            line.push(match mutator.below(4) {
                0 | 1 => word.into(),
                2 => value.into(),
                _ => format!("{word}={value}").into(),
            });
        }
        let size = line.iter().map(|word| word.len()).sum();
        if let Err(said) = cli::check(line.iter().cloned()) {
            assert!([0, 2].contains(&said.code));
            let refusal = said.code == 2 && said.text.starts_with("hspin: ");
            assert!(said.code == 0 || refusal || said.text.contains("Usage: "), "{line:?}: {}", said.text);
            assert!(!refusal || said.text.chars().all(|c| !c.is_control()), "{line:?}: {:?}", said.text);
        }
        size
    });
}
