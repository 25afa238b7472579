//! The binary: what it takes, what it refuses and in which words, what it prints.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::fake::{dump, request, work};
use assert_cmd::Command;
use hspin::studies::surfaces::{Request, Spec, SurfaceStore};
use serde_json::Value;

fn hspin(args: &[&str]) -> Output {
    command(args).output().unwrap()
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("hspin").unwrap();
    command.args(args).env_remove("HSPIN_BATCH").env_remove("HSPIN_ISA");
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one line a refusal consists of.
#[track_caller]
fn refusal(output: &Output, code: i32) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("hspin: "), "{text}");
    assert!(output.stdout.is_empty());
    text
}

struct Place {
    folder: tempfile::TempDir,
    run: PathBuf,
}

impl Place {
    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn run(&self) -> &str {
        self.run.to_str().unwrap()
    }
}

fn empty_place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("a.run");
    Place { folder, run }
}

fn place_with(request: &Request, units: usize) -> Place {
    let place = empty_place();
    let mut store = SurfaceStore::create(&place.run, &Spec::new(request).unwrap()).unwrap();
    work(&mut store, units).unwrap();
    place
}

#[test]
fn every_verb_has_help_with_an_example() {
    for verb in [
        "reproduce",
        "sweep",
        "census",
        "show",
        "verify",
        "export",
        "figure",
        "theory",
        "networks",
        "completions",
        "man",
    ] {
        let help = hspin(&[verb, "--help"]);
        assert_eq!(help.status.code(), Some(0));
        assert!(stdout(&help).contains("Example:\n  hspin "), "{verb}");
        assert!(help.stderr.is_empty());
    }
    assert!(stdout(&hspin(&["--version"])).starts_with("hspin "));
    assert_eq!(hspin(&[]).status.code(), Some(2));
}

#[test]
fn flags_that_are_not_allowed_are_named_with_what_is() {
    let cases: &[(&[&str], &str)] = &[
        (&["--spins", "1"], "'1' for '--spins <H>': a whole number from 2 to 16"),
        (&["--spins", "17"], "a whole number from 2 to 16"),
        (&["--spins", "0"], "a whole number from 2 to 16"),
        (&["--spins", "-3"], "'-3' for '--spins"),
        (&["--spins", "NaN"], "'NaN' for '--spins"),
        (&["--spins", "3.0"], "'3.0' for '--spins"),
        (&["--spins", ""], "--spins"),
        (&["--spins"], "--spins"),
        (&["--dims", "1"], "'1' for '--dims <LIST>': a whole number from 2 to 65535"),
        (&["--dims", "25,1"], "'1' for '--dims"),
        (&["--dims", "25,,50"], "'' for '--dims"),
        (&["--dims", "65536"], "'65536' for '--dims"),
        (&["--dims", "-25"], "'-25' for '--dims"),
        (&["--dims", "1.5"], "'1.5' for '--dims"),
        (&["--dims", "1.25e1"], "'1.25e1' for '--dims <LIST>': a whole number from 2 to 65535"),
        (&["--dims", "1_"], "'1_' for '--dims"),
        (&["--dims", "5:1:1"], "'5:1:1' for '--dims <LIST>': a range is start:stop:step with start ≤ stop"),
        (&["--dims", "5:25:0"], "'5:25:0' for '--dims <LIST>': a range is start:stop:step"),
        (&["--dims", "5:25"], "25:100:25 is 25,50,75,100"),
        (&["--dims", "1:25:3"], "'1:25:3' for '--dims <LIST>': a whole number from 2 to 65535"),
        (&["--dims", "5:6:0.5"], "'5:6:0.5' for '--dims <LIST>': a whole number from 2 to 65535"),
        (&["--dims", "0:1e12:1"], "a range of at most 10000 values; a larger step makes it shorter"),
        (&["--dims", "25:75:25,50"], "dims = 50: given twice"),
        (&["--dims", "99999999999999999999"], "--dims"),
        (&["--dims", "25,25"], "dims = 25: given twice"),
        (&["--spins", "16", "--dims", "60000"], "dims = 60000: fewer than 2^53 couplings"),
        (&["--starts", "0"], "'0' for '--starts <N>': a whole number from 1 to 10000000"),
        (&["--starts", "-1"], "'-1' for '--starts"),
        (&["--starts", "10000001"], "'10000001' for '--starts"),
        (&["--starts", "10000000", "--instances", "1000000"], "starts x instances x sizes"),
        (&["--instances", "0"], "'0' for '--instances"),
        (&["--instances", "many"], "'many' for '--instances"),
        (&["--samples", "0"], "'0' for '--samples"),
        (&["--samples", "-2"], "'-2' for '--samples"),
        (&["--samples", "4", "--protocol", "gd"], "samples = 4: nothing"),
        (&["--protocol", "adam"], "[possible values: sgd, gd, fast, saddle, anneal]"),
        (&["--device", "tpu"], "[possible values: cpu, cuda, auto]"),
        (&["--device", "cuda", "--spins", "5"], "spins = 5: 2 to 4 with device cuda"),
        (&["--device", "cuda", "--protocol", "saddle"], "protocol = saddle: sgd or gd with device cuda"),
        (&["--device", "cuda", "--trace"], "trace = true: false with device cuda"),
        (&["--preset", "fast"], "[possible values: paper, quick, literal]"),
        (&["--preset", "literal", "--protocol", "gd"], "protocol = gd"),
        (&["--samples", "4", "--protocol", "saddle"], "samples = 4: nothing: protocol saddle"),
        (
            &["--samples", "4", "--protocol", "fast"],
            "samples = 4: nothing: protocol fast has no sample phase",
        ),
        (&["--sweeps", "4", "--protocol", "fast"], "sweeps = 4: nothing: protocol fast does not cool"),
        (&["--preset", "literal", "--protocol", "fast"], "protocol = fast: sgd with preset literal"),
        (&["--samples", "4", "--protocol", "anneal"], "samples = 4: nothing: protocol anneal"),
        (
            &["--sweeps", "0", "--protocol", "anneal"],
            "'0' for '--sweeps <S>': a whole number from 1 to 100000000",
        ),
        (&["--sweeps", "-5", "--protocol", "anneal"], "'-5' for '--sweeps"),
        (&["--sweeps", "1e9", "--protocol", "anneal"], "'1e9' for '--sweeps"),
        (&["--sweeps", "9"], "sweeps = 9: nothing: protocol sgd does not cool"),
        (&["--sweeps", "9", "--protocol", "gd"], "sweeps = 9: nothing: protocol gd does not cool"),
        (&["--preset", "literal", "--protocol", "anneal"], "protocol = anneal: sgd with preset literal"),
        (&["--seed", "-1"], "'-1' for '--seed"),
        (&["--seed", "18446744073709551616"], "'18446744073709551616' for '--seed"),
        (&["--threads", "0"], "'0' for '--threads <N>': a whole number from 1 to 1024"),
        (&["--threads", "1025"], "'1025' for '--threads"),
        (&["--config", "/nowhere.toml"], "config = /nowhere.toml"),
        (&["--config", "/"], "config = /"),
        (&["--config", "/dev/zero"], "config = /dev/zero"),
        (&["--couplings", "/nowhere.npy"], "couplings = /nowhere.npy: there is no such file"),
        (&["--couplings", "/dev/zero"], "couplings = /dev/zero: not a regular file"),
        (&["--bogus"], "--bogus"),
        (&["stray"], "stray"),
    ];
    let place = empty_place();
    for (flags, part) in cases {
        let args: Vec<&str> =
            ["sweep", "--out", place.run()].into_iter().chain(flags.iter().copied()).collect();
        let text = refusal(&hspin(&args), 2);
        assert!(text.contains(part), "{flags:?}: {text}");
        assert!(!place.run.exists(), "{flags:?} left a file");
    }
    assert!(refusal(&hspin(&["sweep"]), 2).contains("--out <RUN>"));
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 0);
}

#[test]
fn a_wrong_configuration_is_quoted() {
    let cases = [
        ("spin = 3", "config line 1 = `spin = 3`: unknown field `spin`"),
        ("[descent]\nsteps = 3", "config line 2 = `steps = 3`: unknown field"),
        ("spins = 99", "spins = 99: a whole number from 2 to 16"),
        ("dims = 25", "config line 1 = `dims = 25`"),
        ("dims = [25, \"x\"]", "config line 1"),
        ("[descent]\nfull_rate = nan", "descent.full_rate = NaN: a finite number above 0"),
        ("[descent]\nhandover = -1e-3", "descent.handover = -0.001"),
        (
            "mixture = \"3\"",
            "config line 1 = `mixture = \"3\"`: invalid value '3' for 'mixture': an order and its variance, such as 2:0.5",
        ),
        ("mixture = \"2:.5,3\"", "invalid value '3' for 'mixture': an order and its variance"),
        ("mixture = \"\"", "invalid value '' for 'mixture': an order and its variance"),
        ("mixture = \"3:nan\"", "invalid value '3:nan' for 'mixture': an order and its variance"),
        ("mixture = \"3:-1\"", "mixture = 3:-1: a variance from"),
        ("mixture = \"2:.5,2:.5\"", "each order once"),
        ("mixture = 3", "a mixture such as \"2:0.5,3:0.5\" or [[2, 0.5], [3, 0.5]]"),
        ("mixture = [[2]]", "config line 1 = `mixture = [[2]]`"),
        (
            "seed = 2\nspike = \"1:x\"",
            "config line 2 = `spike = \"1:x\"`: invalid value '1:x' for 'spike': a strength λ above 0, or λ:r",
        ),
        ("spike = \"nan\"", "invalid value 'nan' for 'spike': a strength λ above 0"),
        ("spike = \"-1\"", "spike = -1: a finite number above 0"),
        ("spike = -1", "spike = -1: a finite number above 0"),
        ("spike = nan", "spike = NaN: a finite number above 0"),
        ("spike = [1, 3]", "a spike such as \"1.2:3\" or { strength = 1.2, order = 3 }"),
        ("spike = { strength = 1.0, power = 3 }", "unknown field `power`"),
        ("preset = \"huge\"", "config line 1 = `preset = \"huge\"`"),
        ("\0", "config line 1"),
        ("a = [", "config line 1"),
    ];
    let place = empty_place();
    let config = place.path("a.toml");
    for (text, part) in cases {
        fs::write(&config, text).unwrap();
        let line = refusal(&hspin(&["sweep", "--out", place.run(), "--config", &config]), 2);
        assert!(line.contains(part), "{text:?}: {line}");
    }
    fs::write(&config, [0xff, 0xfe]).unwrap();
    refusal(&hspin(&["sweep", "--out", place.run(), "--config", &config]), 2);
}

#[test]
fn a_wrong_environment_is_named() {
    let place = empty_place();
    let cases = [("HSPIN_BATCH", "0"), ("HSPIN_BATCH", "4097"), ("HSPIN_BATCH", "x"), ("HSPIN_ISA", "sse2")];
    for (name, value) in cases {
        let mut sweep = command(&["sweep", "--out", place.run(), "--dims", "5", "--starts", "1"]);
        let text = refusal(&sweep.env(name, value).output().unwrap(), 2);
        assert!(text.contains(&format!("{name} = {value}: ")), "{text}");
    }
}

#[test]
fn what_is_no_run_is_refused_by_every_verb() {
    let place = empty_place();
    let out = place.path("out");
    let verbs = |run: &str| {
        [
            hspin(&["show", run]),
            hspin(&["show", run, "--json"]),
            hspin(&["verify", run]),
            hspin(&["verify", run, "--repair"]),
            hspin(&["export", run, "--out", &out]),
        ]
    };
    let garbage = place.path("garbage");
    fs::write(&garbage, "not a run").unwrap();
    let nothing = place.path("nothing");
    fs::write(&nothing, "").unwrap();
    let fifo = place.path("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let folder = place.folder.path().display().to_string();
    for run in [&garbage, &nothing, &fifo, &folder, "/dev/null", "/dev/zero"] {
        for output in verbs(run) {
            assert!(refusal(&output, 2).contains("not an hspin file"), "{run}");
        }
        let sweep = refusal(&hspin(&["sweep", "--out", run]), 2);
        assert!(sweep.contains("not an hspin file"), "{sweep}");
    }
    for output in verbs(&place.path("missing")) {
        assert!(refusal(&output, 2).contains("an existing run"));
    }
    assert!(!Path::new(&out).exists());
    assert_eq!(fs::read(&garbage).unwrap(), b"not a run");
}

#[test]
fn a_place_that_cannot_be_written_is_refused() {
    let place = place_with(&request(), usize::MAX);
    for out in ["/proc/a.run", "/dev/null/a.run", "/nowhere/a.run"] {
        refusal(&hspin(&["sweep", "--out", out, "--dims", "5"]), 3);
    }
    for out in ["/proc/a", "/dev/null/a", "/dev/null"] {
        refusal(&hspin(&["export", place.run(), "--out", out]), 3);
    }
}

#[test]
fn another_science_is_refused_and_named() {
    let place = place_with(&request(), usize::MAX);
    let before = fs::read(&place.run).unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["--seed", "2"], "seed: the run has 1, asked for 2"),
        (&["--spins", "4"], "spins: the run has 3, asked for 4"),
        (&["--starts", "44"], "starts: the run has 45, asked for 44"),
        (&["--instances", "1"], "instances: the run has 2, asked for 1"),
        (&["--protocol", "gd"], "protocol: the run has sgd, asked for gd"),
        (&["--device", "cuda"], "device: the run has cpu, asked for cuda"),
        (&["--no-points"], "points: the run has true, asked for false"),
        (&["--preset", "literal"], "descent."),
        (&["--samples", "77"], "descent.samples: the run has"),
    ];
    for (flags, part) in cases {
        let args: Vec<&str> =
            ["sweep", "--out", place.run()].into_iter().chain(flags.iter().copied()).collect();
        let text = refusal(&hspin(&args), 3);
        assert!(text.contains(part), "{flags:?}: {text}");
    }
    assert_eq!(fs::read(&place.run).unwrap(), before);
}

#[test]
fn without_a_gpu_cuda_is_refused_and_auto_descends_on_the_cpu() {
    let place = empty_place();
    let sweep = |device: &str, run: &str| {
        let asked = ["sweep", "--out", run, "--dims", "8", "--starts", "5", "--device", device, "--json"];
        // Hides a GPU that is there.
        command(&asked).env("CUDA_VISIBLE_DEVICES", "").output().unwrap()
    };
    let text = refusal(&sweep("cuda", place.run()), 3);
    let reason = if cfg!(feature = "cuda") { "--device cuda: " } else { "--features cuda builds it in" };
    assert!(text.contains(reason), "{text}");
    assert!(!place.run.exists());
    let (auto, cpu) = (place.path("auto.run"), place.path("cpu.run"));
    let output = sweep("auto", &auto);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{told}");
    assert_eq!(told.lines().filter(|line| line.contains("--device")).count(), 1, "{told}");
    assert!(told.starts_with("descending on the CPU: --device cuda: "), "{told}");
    assert!(sweep("cpu", &cpu).status.success());
    let [auto, cpu] =
        [auto, cpu].map(|run| dump(&SurfaceStore::open_read(Path::new(&run)).unwrap()).unwrap());
    assert_eq!(auto, cpu);
}

#[test]
fn a_run_in_use_is_refused_at_once_but_may_be_read() {
    let place = place_with(&request(), 3);
    let _held = SurfaceStore::open(&place.run).unwrap();
    let text = refusal(&hspin(&["sweep", "--out", place.run()]), 3);
    assert!(text.contains(&format!("process {}", std::process::id())), "{text}");
    assert_eq!(hspin(&["show", place.run()]).status.code(), Some(0));
    assert_eq!(hspin(&["verify", place.run()]).status.code(), Some(0));
}

#[test]
fn show_tells_progress_and_energies() {
    let place = place_with(&request(), 7);
    let text = stdout(&hspin(&["show", place.run()]));
    for part in [
        "7 of 12 units done",
        "mean u",
        "−E_0 = −1.6570",
        "−E_∞ = −1.6330",
        "s.e. is over surfaces",
        "non_finite",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let json: Value = serde_json::from_str(&stdout(&hspin(&["show", place.run(), "--json"]))).unwrap();
    assert_eq!(json["complete"], false);
    assert_eq!(json["units"]["done"], 7);
    assert_eq!(json["units"]["planned"], 12);
    let first = &json["dims"][0];
    assert_eq!((&first["dim"], &first["starts"]), (&3.into(), &90.into()));
    let numbers = ["mean", "sd", "min", "max", "below_e_inf", "e_0", "e_inf", "standard_error"];
    assert!(numbers.iter().all(|key| first[key].is_f64()), "{first}");
    assert!(first["index_counts"]["0"].is_u64() && first["distinct"].is_u64());
    assert_eq!(first["outcomes"]["converged"], first["converged"]);
}

#[test]
fn verify_finds_and_mends_damage() {
    let place = place_with(&request(), usize::MAX);
    let expected = dump(&SurfaceStore::open_read(&place.run).unwrap()).unwrap();
    let good: Value = serde_json::from_str(&stdout(&hspin(&["verify", place.run(), "--json"]))).unwrap();
    assert_eq!((&good["ok"], &good["complete"], &good["units"]), (&true.into(), &true.into(), &12.into()));
    let change = "UPDATE records SET energy = 0 WHERE dim = 3 AND instance = 0 AND start = 0";
    rusqlite::Connection::open(&place.run).unwrap().execute(change, []).unwrap();
    let found = hspin(&["verify", place.run(), "--json"]);
    assert_eq!(found.status.code(), Some(4));
    let found: Value = serde_json::from_str(&stdout(&found)).unwrap();
    assert_eq!(found["damaged"][0]["dim"], 3);
    let mended = hspin(&["verify", place.run(), "--repair", "--json"]);
    assert_eq!(mended.status.code(), Some(0));
    let mended: Value = serde_json::from_str(&stdout(&mended)).unwrap();
    assert_eq!((&mended["ok"], &mended["complete"]), (&true.into(), &false.into()));
    assert_eq!(mended["missing"].as_array().unwrap().len(), 1);
    assert_eq!(mended["repaired"]["kept"], 11);
    let mut store = SurfaceStore::open(&place.run).unwrap();
    work(&mut store, usize::MAX).unwrap();
    assert_eq!(dump(&store).unwrap(), expected);
}

#[test]
fn exports_hold_every_record_and_round_trip() {
    let place = place_with(&request(), usize::MAX);
    let out = place.path("tables");
    assert_eq!(hspin(&["export", place.run(), "--out", &out]).status.code(), Some(0));
    let mut table = csv::Reader::from_path(format!("{out}/records.csv")).unwrap();
    let headings = "spins dim instance start energy energy_per_spin descent_energy_per_spin gradient_norm index \
        min_eigenvalue undecided steps polish_overlap outcome distinct morse_index";
    assert!(table.headers().unwrap().iter().eq(headings.split_whitespace()));
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let records = SurfaceStore::open_read(&place.run).unwrap().records(None).unwrap();
    assert_eq!(rows.len(), records.len());
    for (row, record) in rows.iter().zip(&records) {
        assert_eq!(row[3], record.start.to_string());
        // `index` under the name that data frames have it by.
        assert_eq!(row[8], row[15]);
        match row[4].parse::<f64>() {
            Ok(energy) => assert_eq!(energy.to_bits(), record.energy.to_bits()),
            Err(_) => assert!(row[4].is_empty() && record.energy.is_nan()),
        }
    }
    assert!(fs::read_to_string(format!("{out}/traces.csv")).unwrap().lines().count() > 500);
    let parquet = hspin(&["export", place.run(), "--out", &out, "--format", "parquet"]);
    assert_eq!(parquet.status.code(), Some(0));
    check_parquet(&format!("{out}/records.parquet"), &rows);
}

#[test]
fn sql_has_the_index_under_the_name_that_is_no_keyword() {
    let place = place_with(&request(), usize::MAX);
    let run = rusqlite::Connection::open(&place.run).unwrap();
    let count = |condition: &str| {
        let query = format!("SELECT count(*) FROM {condition}");
        run.query_row(&query, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let minima = count("records_frame WHERE morse_index = 0");
    assert!(minima > 0 && minima == count("records WHERE \"index\" = 0"));
    assert_eq!(count("records_frame"), count("records"));
    // A view of another's making is none of ours, even under our name.
    run.execute_batch("DROP VIEW records_frame; CREATE VIEW records_frame AS SELECT 1 AS morse_index")
        .unwrap();
    drop(run);
    let refused = hspin(&["verify", place.run()]);
    assert_eq!(refused.status.code(), Some(4), "{refused:?}");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("its tables are not those of a run"), "{said}");
}

fn check_parquet(path: &str, rows: &[csv::StringRecord]) {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;
    let table = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
    let read: Vec<_> = table.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(read.len(), rows.len());
    for (row, text) in read.iter().zip(rows) {
        assert_eq!(row.get_long(3).unwrap().to_string(), text[3]);
        assert_eq!(row.get_double(4).ok(), text[4].parse().ok());
        assert_eq!(row.get_long(8).ok(), text[8].parse().ok());
        assert_eq!(row.get_long(15).ok(), text[8].parse().ok());
        assert_eq!(row.get_string(13).unwrap(), &text[13]);
    }
}

#[test]
fn the_points_of_one_surface_are_a_numpy_array() {
    let place = place_with(&request(), usize::MAX);
    let out = place.path("arrays");
    let args = ["export", place.run(), "--out", &out, "--dim", "5", "--instance", "1", "--points"];
    assert_eq!(hspin(&args).status.code(), Some(0));
    let array = npyz::NpyFile::new(fs::File::open(format!("{out}/points.npy")).unwrap()).unwrap();
    assert_eq!(array.shape(), [45, 5]);
    let stored = SurfaceStore::open_read(&place.run).unwrap().points(5, 1).unwrap().values;
    let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<_>>();
    assert_eq!(bits(array.into_vec().unwrap()), bits(stored));
    assert_eq!(fs::read_to_string(format!("{out}/records.csv")).unwrap().lines().count(), 46);
    let cases: &[(&[&str], &str)] = &[
        (&["--dim", "4", "--instance", "0"], "dim = 4: one of the run's: [3, 5]"),
        (&["--dim", "5", "--instance", "2"], "instance = 2: below the run's 2"),
        (&["--dim", "5"], "--instance"),
        (&["--points"], "--dim"),
    ];
    for (flags, part) in cases {
        let args: Vec<&str> =
            ["export", place.run(), "--out", &out].into_iter().chain(flags.iter().copied()).collect();
        let text = refusal(&hspin(&args), 2);
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn exports_to_a_full_device_fail_and_leave_nothing() {
    let place = place_with(&request(), usize::MAX);
    let full = place.path("full");
    fs::create_dir(&full).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=4k", "tmpfs", &full])
        .output()
        .is_ok_and(|output| output.status.success());
    if !mounted {
        assert!(
            std::env::var_os("HSPIN_NO_SKIP").is_none(),
            "cannot be tried here: no file system is mounted"
        );
        eprintln!("skipped: a small file system cannot be mounted here");
        return;
    }
    let csv = hspin(&["export", place.run(), "--out", &full]);
    let parquet = hspin(&["export", place.run(), "--out", &full, "--format", "parquet"]);
    let left = fs::read_dir(&full).unwrap().count();
    let sweep = hspin(&["sweep", "--out", &format!("{full}/b.run"), "--dims", "5"]);
    let unmounted = std::process::Command::new("umount").arg(&full).status().unwrap();
    assert!(unmounted.success());
    for output in [csv, parquet, sweep] {
        let text = refusal(&output, 5);
        assert!(text.contains("full") || text.contains("space"), "{text}");
    }
    assert_eq!(left, 0);
}

#[test]
fn a_reader_that_left_and_a_full_output_are_told_apart() {
    let place = place_with(&request(), usize::MAX);
    let binary = assert_cmd::cargo::cargo_bin("hspin");
    let shell = |script: &str| {
        std::process::Command::new("bash").args(["-c", script]).arg(&binary).arg(&place.run).output().unwrap()
    };
    let closed = shell("set -o pipefail; \"$0\" show \"$1\" --json | head -c 1");
    assert_eq!(closed.status.code(), Some(0));
    assert!(closed.stderr.is_empty());
    let full = shell("\"$0\" show \"$1\" > /dev/full");
    refusal(&full, 5);
}

#[test]
fn completions_and_manual_are_printed() {
    for shell in ["bash", "zsh", "fish"] {
        let output = hspin(&["completions", shell]);
        assert!(output.status.success() && stdout(&output).contains("hspin"));
    }
    let manual = stdout(&hspin(&["man"]));
    assert!(manual.starts_with(".ie") && manual.contains("SWEEP") && manual.contains("instances"));
    refusal(&hspin(&["completions", "csh"]), 2);
}

#[test]
fn every_figure_of_a_run_is_drawn() {
    let place = place_with(&request(), usize::MAX);
    let out = place.path("figures");
    let drawn = hspin(&["figure", "all", "--run", place.run(), "--out", &out, "--format", "svg"]);
    assert_eq!(drawn.status.code(), Some(0));
    for name in ["complexity", "energy-histogram", "mean-counts"] {
        assert!(fs::read_to_string(format!("{out}/{name}.svg")).unwrap().contains("<svg"), "{name}");
    }
    refusal(&hspin(&["figure", "energy-histogram", "--run", "/dev/null", "--out", &out]), 2);
}

#[test]
fn the_list_of_figures_is_the_one_of_help_completions_and_manual() {
    let list = hspin(&["figure", "--list", "--json"]);
    let list: Value = serde_json::from_str(&stdout(&list)).unwrap();
    let told = |key: &str| -> Vec<String> {
        let figures = list["figures"].as_array().unwrap();
        figures.iter().map(|figure| figure[key].as_str().unwrap().to_owned()).collect()
    };
    let names = told("name");
    assert_eq!(names, hspin::figures::FIGURES.iter().map(|figure| figure.name).collect::<Vec<_>>());
    let text = stdout(&hspin(&["figure", "--list"]));
    assert_eq!(text.lines().count(), names.len());
    let (help, manual) = (help(&["figure"]), stdout(&hspin(&["man"])).replace("\\-", "-"));
    // Those of fish complete flags and verbs only.
    let completions = ["bash", "zsh"].map(|shell| stdout(&hspin(&["completions", shell])));
    for (name, title) in names.iter().zip(told("title")) {
        assert!(text.lines().any(|line| line.starts_with(&format!("{name} ")) && line.contains(&title)));
        assert!(help.contains(&format!("- {name}: {title}")), "{name}: {help}");
        assert!(manual.contains(&format!("{name}: {title}")), "{name} is not in the manual");
        assert!(completions.iter().all(|text| text.contains(name.as_str())), "{name} is not completed");
    }
    let page = |name: &str| {
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
    };
    let (gallery, reference) = (page("gallery.md"), page("reference.md"));
    for name in &names {
        let picture = format!("(../figures/{name}.png)");
        assert!(
            gallery.contains(&format!("\n## {name}\n")) && gallery.contains(&picture),
            "{name} is not in the gallery"
        );
        assert!(reference.contains(&format!("\n| `{name}` |")), "{name} is not in the reference");
    }
    let of_name = |name: &str| &list["figures"][names.iter().position(|known| known == name).unwrap()];
    assert_eq!(of_name("complexity")["run"], "none");
    assert_eq!(of_name("census-bands")["kinds"], serde_json::json!(["census"]));
    assert_eq!(of_name("network-annealing")["beside"], "annealed");
    refusal(&hspin(&["figure", "complexity", "--list"]), 2);
    refusal(&hspin(&["figure", "complexity", "--out", "x", "--json"]), 2);
}

/// Everything that a verb's help says, on one line.
fn help(verb: &[&str]) -> String {
    let line = ["hspin"].into_iter().chain(verb.iter().copied()).chain(["--help"]);
    let said = hspin::cli::check(line.map(Into::into)).unwrap_err();
    assert_eq!(said.code, 0);
    said.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn help_names_the_upper_limit_of_every_number_and_it_is_the_one_that_holds() {
    let all: [(&[&str], &str, &[&str]); 6] = [
        (
            &["sweep"],
            "--out x.run",
            &["spins", "dims", "starts", "instances", "samples", "sweeps", "threads", "shard"],
        ),
        (&["census"], "--dim 4", &["spins", "instances", "threads"]),
        (&["reproduce"], "", &["threads"]),
        (&["theory", "thresholds"], "", &["spins", "max-index"]),
        (&["theory", "complexity"], "--energy 0", &["spins", "max-index"]),
        (&["theory", "mean-count"], "", &["spins", "dim"]),
    ];
    for (verb, rest, flags) in all {
        let told = help(verb);
        for flag in flags {
            let line = ["hspin"].into_iter().chain(verb.iter().copied()).chain(rest.split_whitespace());
            let beyond = format!("--{flag}=99999999999");
            let line = line.map(Into::into).chain([beyond.clone().into()]);
            let said = hspin::cli::check(line).unwrap_err().text;
            let most = said.rsplit(' ').next().unwrap();
            assert!(most.parse::<u64>().is_ok(), "{verb:?} {flag}: {said}");
            let options = told.split("Options: ").nth(1).unwrap();
            let about_it = options.split(&format!("--{flag} ")).nth(1).unwrap();
            let about_it = about_it.split(" --").next().unwrap();
            assert!(about_it.contains(&format!(" {most}")), "{verb:?} {flag}: {most} is not in “{about_it}”");
        }
    }
}

#[test]
fn long_arguments_are_quoted_in_part() {
    let digits = "7".repeat(4000);
    for args in [
        ["sweep", "--out", "x.run", "--dims", &digits],
        ["theory", "complexity", "--energy", &digits, "--spins=3"],
    ] {
        let output = hspin(&args);
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.len() < 400 && text.contains("(4000 characters)"), "{text}");
    }
}
