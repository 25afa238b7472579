//! Values that are not allowed, one row each: what is typed, the exit status, pieces of the one line that answers.

use std::fs;

use crate::harness::{Place, hspin, refused, succeed, sweep};

/// Flags that take a whole number: verb, flag, what is allowed.
const NUMBERS: [(&str, &str, &str); 29] = [
    ("sweep --out new", "--spins", "from 2 to 16"),
    ("sweep --out new", "--dims", "from 2 to 65535"),
    ("sweep --out new", "--starts", "from 1 to 10000000"),
    ("sweep --out new", "--instances", "from 1 to 1000000"),
    ("sweep --out new", "--samples", "from 1 to 4096"),
    ("sweep --out new", "--seed", "from 0 to 18446744073709551615"),
    ("sweep --out new", "--threads", "from 1 to 1024"),
    ("census --dim 3 --out new", "--spins", "from 2 to 16"),
    ("census --out new", "--dim", "from 2 to 65535"),
    ("census --dim 3 --out new", "--instances", "from 1 to 1000000"),
    ("census --dim 3 --out new", "--seed", "from 0 to 18446744073709551615"),
    ("census --dim 3 --out new", "--threads", "from 1 to 1024"),
    ("sample --out new", "--spins", "from 2 to 16"),
    ("sample --out new", "--dims", "from 2 to 65535"),
    ("sample --out new", "--sweeps", "from 1 to 100000000"),
    ("sample --out new", "--burn-in", "from 0 to 100000000"),
    ("sample --out new", "--steps", "from 1 to 1000"),
    ("sample --out new", "--replicas", "from 2 to 16"),
    ("sample --out new", "--thin", "from 1 to 100000000"),
    ("reproduce --out new", "--threads", "from 1 to 1024"),
    ("export real.run --out new --instance 0", "--dim", "from 2 to 65535"),
    ("export real.run --out new --dim 5", "--instance", "from 0 to 999999"),
    ("figure complexity --out new", "--spins", "from 2 to 1000000"),
    ("figure mean-counts --out new", "--dim", "from 2 to 1000"),
    ("theory thresholds", "--spins", "from 2 to 1000000"),
    ("theory thresholds --spins 3", "--max-index", "from 0 to 1000"),
    ("theory complexity --spins 3 --energy -1.6", "--max-index", "from 0 to 1000"),
    ("theory mean-count --dim 10", "--spins", "from 2 to 1000000"),
    ("theory mean-count --spins 3", "--dim", "from 2 to 10000"),
];

/// What is no whole number, or larger than any that is allowed.
const NO_NUMBERS: [&str; 9] =
    ["-1", "1.5", "NaN", "1e-3", "0x10", "٣", "99999999999999999999", "1__000", "three"];

#[test]
fn what_is_no_whole_number_is_refused_by_every_flag_that_takes_one() {
    let place = Place::quick();
    succeed(&mut sweep(&place.path("real.run"), "--dims 5 --starts 3 --threads 1"));
    let names = place.names();
    for (verb, flag, allowed) in NUMBERS {
        for value in NO_NUMBERS {
            let line = refused(hspin(verb).args([flag, value]).current_dir(place.folder()), 2);
            for part in [flag, value, allowed] {
                assert!(line.contains(part), "{verb} {flag} {value}: {line} lacks {part}");
            }
            assert_eq!(place.names(), names, "{verb} {flag} {value}");
        }
    }
    println!("trust: hostile-number-flags: tried {}, failed 0", NUMBERS.len() * NO_NUMBERS.len());
}

/// Words, exit status, pieces of the line.
type Row = (&'static str, i32, &'static [&'static str]);

const LINES: [Row; 90] = [
    ("sample --out new", 2, &["dims = (missing)", "at least one size"]),
    ("sample --out new --dims 5", 2, &["temperatures = (missing)", "at least one"]),
    ("sample --out new --dims 5 --temperatures 1,2", 2, &["sweeps = (missing)", "from 1"]),
    (
        "sample --out new --dims 5 --temperatures 1,2 --sweeps 0",
        2,
        &["'0'", "--sweeps", "from 1 to 100000000"],
    ),
    ("sample --out new --dims 5 --temperatures 1,0 --sweeps 9", 2, &["temperatures = 0", "above 0"]),
    ("sample --out new --dims 5 --temperatures -1,1 --sweeps 9", 2, &["temperatures = -1", "above 0"]),
    (
        "sample --out new --dims 5 --temperatures nan,1 --sweeps 9",
        2,
        &["'nan'", "--temperatures", "a finite number"],
    ),
    (
        "sample --out new --dims 5 --temperatures 1,inf --sweeps 9",
        2,
        &["'inf'", "--temperatures", "a finite number"],
    ),
    ("sample --out new --dims 5 --temperatures 1,2,1 --sweeps 9", 2, &["temperatures = 1", "given twice"]),
    (
        "sample --out new --dims 5 --temperatures 1 --sweeps 9",
        2,
        &["temperatures = [1.0]", "two or more", "--no-exchange"],
    ),
    ("sample --out new --dims 5 --temperatures 1:2 --sweeps 9", 2, &["'1:2'", "start:stop:step"]),
    ("sample --out new --dims 5 --temperatures 1,2 --sweeps 9 --thin 10", 2, &["thin = 10", "from 1 to 9"]),
    ("sample --out new --dims 5,5 --temperatures 1,2 --sweeps 9", 2, &["dims = 5", "given twice"]),
    (
        "sample --out new --dims 20000 --temperatures 1,2 --sweeps 9",
        3,
        &["bytes of memory are needed", "available"],
    ),
    (
        "sample --out new --dims 5 --temperatures 1,2 --sweeps 9 --mixture 3:1 --spins 3",
        2,
        &["spins = 3", "mixture"],
    ),
    ("sweep --out new --spins 1", 2, &["'1'", "--spins", "from 2 to 16"]),
    ("sweep --out new --spins 17", 2, &["'17'", "--spins", "from 2 to 16"]),
    ("sweep --out new --dims 1", 2, &["'1'", "--dims", "from 2 to 65535"]),
    ("sweep --out new --dims 65536", 2, &["'65536'", "--dims", "from 2 to 65535"]),
    ("sweep --out new --dims ,", 2, &["''", "--dims", "from 2 to 65535"]),
    ("sweep --out new --dims 5,", 2, &["''", "--dims", "from 2 to 65535"]),
    ("sweep --out new --dims 5;6", 2, &["'5;6'", "--dims", "from 2 to 65535"]),
    ("sweep --out new --dims 5,6,5", 2, &["dims = 5", "given twice"]),
    ("sweep --out new --dims=", 2, &["--dims", "value"]),
    ("sweep --out new --spins 16 --dims 65535", 2, &["dims = 65535", "2^53"]),
    ("sweep --out new --spins 5 --dims 65535", 2, &["dims = 65535", "2^53"]),
    ("sweep --out new --starts 0", 2, &["'0'", "--starts", "from 1 to 10000000"]),
    ("sweep --out new --starts 10000001", 2, &["'10000001'", "--starts"]),
    ("sweep --out new --instances 0", 2, &["'0'", "--instances", "from 1 to 1000000"]),
    ("sweep --out new --instances 1000001", 2, &["'1000001'", "--instances"]),
    (
        "sweep --out new --starts 10000000 --instances 1000",
        2,
        &["starts x instances x sizes", "10000000 x 1000"],
    ),
    ("sweep --out new --samples 0", 2, &["'0'", "--samples", "from 1 to 4096"]),
    ("sweep --out new --samples 4097", 2, &["'4097'", "--samples"]),
    ("sweep --out new --samples 2 --protocol gd", 2, &["samples = 2", "protocol gd has no sample phase"]),
    ("sweep --out new --threads 0", 2, &["'0'", "--threads", "from 1 to 1024"]),
    ("sweep --out new --threads 1025", 2, &["'1025'", "--threads"]),
    ("sweep --out new --protocol SGD", 2, &["'SGD'", "--protocol", "sgd, gd, fast, saddle, anneal"]),
    ("sweep --out new --preset Paper", 2, &["'Paper'", "--preset", "paper, quick, literal"]),
    (
        "sweep --out new --preset literal --protocol saddle",
        2,
        &["protocol = saddle", "sgd with preset literal"],
    ),
    ("sweep --out new --starts 5 --starts 6", 2, &["--starts", "multiple times"]),
    ("sweep --out new --no-points=yes", 2, &["--no-points", "yes"]),
    ("sweep --out new --trace=1", 2, &["--trace", "1"]),
    ("sweep --out new extra", 2, &["extra"]),
    ("sweep --out", 2, &["--out", "value"]),
    ("sweep", 2, &["--out <RUN>"]),
    ("sweep --out new --config missing.toml", 2, &["config = missing.toml", "readable file"]),
    ("sweep --out new --config .", 2, &["config = .", "TOML file"]),
    ("sweep --out new --config /dev/zero", 2, &["config = /dev/zero", "TOML file"]),
    ("sweep --out new --config real.run", 2, &["config = real.run", "text file"]),
    ("sweep --out new --couplings missing.npy", 2, &["couplings = missing.npy", "no such file"]),
    ("sweep --out new --couplings .", 2, &["couplings = .", "regular file"]),
    ("sweep --out new --couplings /dev/urandom", 2, &["couplings = /dev/urandom", "regular file"]),
    ("sweep --out new --couplings real.run", 2, &["couplings = real.run", "not an npy file", "float64"]),
    ("sweep --out new --couplings 2x2.npy --spins 3", 2, &["spins = 3", "2, as the couplings have"]),
    ("sweep --out new --couplings 2x2.npy --dims 3", 2, &["dims = [3]", "2, as the couplings have"]),
    (
        "sweep --out new --couplings 2x2.npy --instances 2",
        2,
        &["instances = 2", "1 with couplings of your own"],
    ),
    ("sweep --out new --couplings skew.npy", 2, &["skew.npy", "symmetric"]),
    ("sweep --out missing/new --dims 3 --starts 3", 3, &["missing/new", "cannot write"]),
    ("sweep --out /proc/new --dims 3 --starts 3", 3, &["/proc/new", "cannot write"]),
    ("sweep --out real.run --spins 4", 3, &["spins", "the run has 3, asked for 4"]),
    ("sweep --out real.run --seed 2", 3, &["seed", "the run has 1, asked for 2"]),
    ("sweep --out real.run --starts 2", 3, &["starts", "the run has 3, asked for 2"]),
    ("sweep --out real.run --trace", 3, &["trace", "the run has false, asked for true"]),
    ("sweep --out real.run --protocol gd", 3, &["protocol", "the run has sgd, asked for gd"]),
    ("sweep --out real.run --samples 5", 3, &["descent.samples", "the run has 2, asked for 5"]),
    ("sweep --out real.run --no-points", 3, &["points", "the run has true, asked for false"]),
    ("sweep --out real.run --couplings 2x2.npy", 3, &["couplings", "the run has random"]),
    ("sweep --out new --spins 3 --dims 60000", 3, &["dim 60000", "bytes of memory"]),
    ("census --dim 3 --out real.run", 3, &["the run is a sweep", "hspin sweep"]),
    ("census --out new", 2, &["dim = (missing)", "--dim N"]),
    ("census --dim 24 --out new", 2, &["dim = 24", "16777215"]),
    ("census --dim 3 --spins 16 --dim 60 --out new", 2, &["--dim", "multiple times"]),
    ("census --dim 60 --spins 16 --out new", 2, &["dim = 60"]),
    ("census --couplings 2x2.npy --dim 3", 2, &["dim = 3", "2, as the couplings have"]),
    ("show", 2, &["<RUN>"]),
    ("show missing.run", 2, &["RUN = missing.run", "an existing run"]),
    ("show missing/a.run", 2, &["RUN = missing/a.run", "an existing run"]),
    ("verify real.run other.run", 2, &["other.run"]),
    ("export real.run", 2, &["--out <DIR>"]),
    ("export real.run --out real.run", 3, &["real.run", "cannot write"]),
    ("export real.run --out new --format CSV", 2, &["'CSV'", "csv, parquet"]),
    ("export real.run --out new --dim 5", 2, &["--instance"]),
    ("export real.run --out new --points", 2, &["--dim"]),
    ("figure unknown --out new", 2, &["NAME = unknown", "one of complexity"]),
    ("figure complexity --out new --format jpg", 2, &["--format = jpg", "svg, png"]),
    ("figure complexity --out new --dim 5", 2, &["--dim = 5", "only mean-counts takes it"]),
    ("figure hessian-spectrum --out new", 2, &["--run = (missing)", "shows a run"]),
    (
        "figure census-bands --out new --run real.run",
        2,
        &["--run = real.run", "a census of the pure model with random couplings"],
    ),
    ("completions tcl", 2, &["'tcl'", "bash"]),
    ("teleport", 2, &["teleport"]),
];

const THEORY: [Row; 23] = [
    ("theory", 2, &["thresholds"]),
    ("theory entropy", 2, &["entropy"]),
    ("theory thresholds --spins 1", 2, &["'1'", "--spins", "from 2 to 1000000"]),
    ("theory thresholds --spins 3 --max-index 1001", 2, &["'1001'", "--max-index", "from 0 to 1000"]),
    ("theory complexity --spins 3", 2, &["--energy"]),
    ("theory complexity --spins 3 --energy nan", 2, &["--energy = nan", "finite numbers"]),
    ("theory complexity --spins 3 --energy -inf", 2, &["--energy = -inf", "finite numbers"]),
    ("theory complexity --spins 3 --energy 1e400", 2, &["--energy = 1e400", "finite numbers"]),
    ("theory complexity --spins 3 --energy -1.6,", 2, &["--energy = ", "finite numbers"]),
    ("theory complexity --spins 3 --energy −1.6", 2, &["--energy = −1.6", "finite numbers"]),
    ("theory complexity --spins 3 --energy -1,6;2", 2, &["--energy = 6;2", "finite numbers"]),
    ("theory mean-count --spins 3", 2, &["--dim"]),
    ("theory mean-count --spins 3 --dim 1", 2, &["'1'", "--dim", "from 2 to 10000"]),
    ("theory mean-count --spins 3 --dim 10001", 2, &["'10001'", "--dim"]),
    ("theory mean-count --spins 3 --dim 10 --index 10", 2, &["--index = 10", "from 0 to 9, all or total"]),
    ("theory mean-count --spins 3 --dim 10 --index -1", 2, &["--index = -1", "from 0 to 9"]),
    ("theory mean-count --spins 3 --dim 10 --index ALL", 2, &["--index = ALL", "all or total"]),
    ("theory mean-count --spins 3 --dim 10 --below nan", 2, &["--below = nan", "inf means no bound"]),
    ("theory mean-count --spins 3 --dim 10 --below -inf", 2, &["--below = -inf", "inf means no bound"]),
    ("theory mean-count --spins 3 --dim 1001 --index 0", 2, &["1001"]),
    ("theory mean-count --mixture 3:1,4:1 --dim 1001 --index 0", 2, &["1001"]),
    ("theory thresholds --mixture 3:1e200", 2, &["'3:1e200'", "--mixture", "to 1e100"]),
    ("theory spiked --spins 1 --strength 1", 2, &["'1'", "--spins", "from 2 to 1000000"]),
];

fn array(place: &Place, name: &str, values: [f64; 4]) {
    let mut bytes = Vec::new();
    hspin::numeric::npy::write(&mut bytes, &[2, 2], values).unwrap();
    fs::write(place.path(name), bytes).unwrap();
}

#[test]
fn lines_that_cannot_be_carried_out_are_answered_with_key_value_and_what_is_allowed() {
    let place = Place::quick();
    succeed(&mut sweep(&place.path("real.run"), "--dims 5 --starts 3 --threads 1"));
    array(&place, "2x2.npy", [1.0, 2.0, 2.0, 1.0]);
    array(&place, "skew.npy", [1.0, 2.0, 3.0, 1.0]);
    let run = fs::read(place.path("real.run")).unwrap();
    let names = place.names();
    let rows = LINES.iter().chain(&THEORY);
    for (words, code, parts) in rows.clone() {
        let mut command = hspin(words);
        let output = command.current_dir(place.folder()).output().unwrap();
        let text = crate::harness::errors(&output);
        assert_eq!(output.status.code(), Some(*code), "{words}: {text}");
        let told = text.lines().count() == 1 && text.starts_with("hspin: ") || *words == "theory";
        assert!(told && output.stdout.is_empty(), "{words}: {text}");
        for part in *parts {
            assert!(text.contains(part), "{words}: {text} lacks {part}");
        }
        assert_eq!(place.names(), names, "{words}");
    }
    assert_eq!(fs::read(place.path("real.run")).unwrap(), run);
    println!("trust: hostile-lines: tried {}, failed 0", rows.count());
}

/// A configuration, pieces of the line.
const CONFIGURATIONS: [(&str, &[&str]); 38] = [
    ("spins = 17", &["spins = 17", "from 2 to 16"]),
    ("spins = 1e1", &["config line 1", "spins = 1e1"]),
    ("spins = 0x3g", &["config line 1"]),
    ("spins = true", &["config line 1", "spins = true"]),
    ("spins = [3]", &["config line 1", "spins = [3]"]),
    ("spins = {a = 3}", &["config line 1"]),
    ("Spins = 3", &["config line 1", "Spins", "unknown field"]),
    ("dims = [[25]]", &["config line 1"]),
    ("dims = [2.0]", &["config line 1"]),
    ("dims = [65536]", &["dims = 65536", "from 2 to 65535"]),
    ("dims = [3, 3]", &["dims = 3", "given twice"]),
    ("dims = \"all\"", &["config line 1"]),
    ("starts = 10000001", &["starts = 10000001", "from 1 to 10000000"]),
    ("starts = -0.0", &["config line 1"]),
    ("instances = 1000001", &["instances = 1000001", "from 1 to 1000000"]),
    ("seed = 18446744073709551616", &["config line 1"]),
    ("points = \"true\"", &["config line 1"]),
    ("trace = 0", &["config line 1"]),
    ("preset = \"PAPER\"", &["config line 1", "paper"]),
    ("preset = 1", &["config line 1"]),
    ("protocol = \"\"", &["config line 1", "sgd"]),
    ("preset = \"literal\"\nprotocol = \"gd\"", &["protocol = gd", "sgd with preset literal"]),
    ("[descent]\nsamples = 4097", &["samples = 4097", "from 1 to 4096"]),
    ("[descent]\ncycles = 1000001", &["descent.cycles = 1000001", "from 1 to 1000000"]),
    ("[descent]\nfull_steps = -1", &["config line 2", "full_steps = -1"]),
    ("[descent]\ndecay = inf", &["descent.decay = inf", "finite number"]),
    ("[descent]\nsample_rate = -0.3", &["descent.sample_rate = -0.3", "above 0"]),
    ("[descent]\ntargets = [-1.6]", &["config line 2"]),
    ("[descent]\ntargets = [-1.6, 0.0]", &["descent.targets = [-1.6, 0.0]", "protocol sgd has no"]),
    (
        "protocol = \"saddle\"\n[descent]\ntargets = [-11.0, 0.0]",
        &["descent.targets = [-11.0, 0.0]", "in [-10, 10]"],
    ),
    (
        "protocol = \"saddle\"\n[descent]\ntargets = [nan, nan]",
        &["descent.targets = [NaN, NaN]", "in [-10, 10]"],
    ),
    ("[descent.cooling]\nhot = 1.0", &["descent.cooling.hot = 1", "protocol sgd does not cool"]),
    ("protocol = \"anneal\"\n[descent.cooling]\nhot = nan", &["descent.cooling.hot = NaN", "above 0"]),
    ("protocol = \"anneal\"\n[descent.cooling]\nsweeps = 2.5", &["config line 3", "sweeps = 2.5"]),
    ("protocol = \"anneal\"\n[descent]\ncooling = 3", &["config line 3"]),
    ("descent = 3", &["config line 1", "descent = 3"]),
    ("[descent]\n[descent]", &["config line 2", "duplicate key"]),
    ("\u{1b}[31m = 3", &["config line 1"]),
];

#[test]
fn configurations_that_cannot_be_are_answered_with_key_value_and_what_is_allowed() {
    let place = Place::quick();
    let config = place.path("a.toml");
    for (text, parts) in CONFIGURATIONS {
        fs::write(&config, text).unwrap();
        let line = refused(sweep(&place.path("a.run"), "--config").arg(&config), 2);
        for part in parts {
            assert!(line.contains(part), "{text:?}: {line} lacks {part}");
        }
        assert!(line.chars().all(|c| !c.is_control()), "{line:?}");
        assert_eq!(place.names(), ["a.toml"], "{text:?}");
    }
    for bytes in [&b"\xff\xfe"[..], b"spins = 3 # \xc3", &[b'#'; (1 << 20) + 1]] {
        fs::write(&config, bytes).unwrap();
        let line = refused(sweep(&place.path("a.run"), "--config").arg(&config), 2);
        assert!(line.contains("config = ") && line.contains("a.toml"), "{line}");
    }
    println!("trust: hostile-configurations: tried {}, failed 0", CONFIGURATIONS.len() + 3);
}

#[test]
fn variables_that_are_not_allowed_are_named_with_what_is() {
    let place = Place::quick();
    let rows = [
        ("HSPIN_BATCH", "", "from 1 to 4096"),
        ("HSPIN_BATCH", "0", "from 1 to 4096"),
        ("HSPIN_BATCH", "4097", "from 1 to 4096"),
        ("HSPIN_BATCH", "-1", "from 1 to 4096"),
        ("HSPIN_BATCH", "1.5", "from 1 to 4096"),
        ("HSPIN_BATCH", "many", "from 1 to 4096"),
        ("HSPIN_ISA", "", "scalar, avx2 or avx512"),
        ("HSPIN_ISA", "AVX2", "scalar, avx2 or avx512"),
        ("HSPIN_ISA", "neon", "scalar, avx2 or avx512"),
        ("HSPIN_ISA", "avx512 ", "scalar, avx2 or avx512"),
    ];
    for (name, value, allowed) in rows {
        let mut command = sweep(&place.path("a.run"), "--dims 3 --starts 3");
        let line = refused(command.env(name, value), 2);
        assert!(
            line.contains(&format!("{name} = {value}")) && line.contains(allowed),
            "{name} = {value:?}: {line}"
        );
        assert!(place.names().is_empty());
    }
    println!("trust: hostile-variables: tried {}, failed 0", rows.len());
}

#[test]
fn what_is_typed_does_not_reach_the_terminal_as_a_command_to_it() {
    let place = Place::quick();
    let bell = "\u{1b}]0;owned\u{7}\u{9b}31m";
    let lines = [
        vec!["show", bell],
        vec!["sweep", "--out", "new", "--spins", bell],
        vec!["sweep", "--out", "new", "--config", bell],
        vec!["figure", bell, "--out", "new"],
        vec!["theory", "complexity", "--spins", "3", "--energy", bell],
        vec![bell],
    ];
    for words in &lines {
        let line = refused(hspin("").args(words).current_dir(place.folder()), 2);
        assert!(line.chars().all(|c| !c.is_control()), "{words:?}: {line:?}");
    }
    println!("trust: hostile-terminal: tried {}, failed 0", lines.len());
}
