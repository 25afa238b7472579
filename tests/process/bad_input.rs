//! Input that is not allowed, beyond the flags of sweep: one line that names it, the right code, nothing left behind.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::harness::{Place, about, hspin, refused, succeed, sweep};

#[test]
fn a_configuration_that_is_not_allowed_is_named_with_what_is() {
    let place = Place::quick();
    let (run, config) = (place.path("a.run"), place.path("a.toml"));
    let cases = [
        ("spins = 1", "spins = 1: a whole number from 2 to 16"),
        ("spins = 0", "spins = 0: a whole number from 2 to 16"),
        ("spins = -3", "config line 1 = `spins = -3`"),
        ("spins = nan", "config line 1 = `spins = nan`"),
        ("spins = 3.0", "config line 1 = `spins = 3.0`"),
        ("spins = \"3\"", "config line 1"),
        ("spins = 4294967296", "config line 1"),
        ("dims = []", "dims = (empty): at least one size"),
        ("dims = [1]", "dims = 1: a whole number from 2 to 65535"),
        ("dims = [0, 25]", "dims = 0: a whole number"),
        ("dims = [25, -25]", "config line 1"),
        ("dims = [70000]", "dims = 70000: a whole number from 2 to 65535"),
        ("dims = [25, 50, 25]", "dims = 25: given twice"),
        ("dims = 25", "config line 1"),
        ("spins = 16\ndims = [60000]", "dims = 60000: fewer than 2^53 couplings"),
        ("starts = 0", "starts = 0: a whole number from 1 to 10000000"),
        ("starts = 99999999999999999999", "config line 1"),
        ("starts = 10000000\ninstances = 1000000", "starts x instances x sizes"),
        ("instances = 0", "instances = 0: a whole number from 1 to 1000000"),
        ("seed = -1", "config line 1"),
        ("seed = 1.5", "config line 1"),
        ("points = 1", "config line 1"),
        ("trace = \"yes\"", "config line 1"),
        ("protocol = \"adam\"", "config line 1"),
        ("threads = 2", "config line 1 = `threads = 2`: unknown field"),
        ("couplings = \"x.npy\"", "unknown field `couplings`"),
        ("\n\n[descend]\nsamples = 2", "config line 3 = `[descend]`: unknown field"),
        ("[descent]\nsamples = 0", "samples = 0: a whole number from 1 to 4096"),
        ("[descent]\nsamples = 5000", "samples = 5000: a whole number from 1 to 4096"),
        ("[descent]\ncycles = 0", "descent.cycles = 0: a whole number from 1"),
        ("[descent]\nsample_rate = 0.0", "descent.sample_rate = 0: a finite number above 0"),
        ("[descent]\nsample_rate = nan", "descent.sample_rate = NaN: a finite number above 0"),
        ("[descent]\nfull_rate = -0.1", "descent.full_rate = -0.1: a finite number above 0"),
        ("[descent]\nfull_rate = inf", "descent.full_rate = inf: a finite number above 0"),
        (
            "[descent]\nfull_rate = 1e999",
            "config line 2 = `full_rate = 1e999`: floating-point number overflowed",
        ),
        ("[descent]\nfull_steps = 100000001", "descent.full_steps = 100000001: a whole number from 0"),
        ("[descent]\ndecay = -1.0", "descent.decay = -1: a finite number of at least 0"),
        ("[descent]\nhandover = 0.0", "descent.handover = 0: a finite number above 0"),
        ("protocol = \"gd\"\n[descent]\ncycles = 2", "descent.cycles = 2: nothing"),
        ("protocol = \"gd\"\n[descent]\nsample_rate = 0.5", "descent.sample_rate = 0.5: nothing"),
        ("spins = 3\nspins = 3", "config line 2"),
        ("= 3", "config line 1"),
    ];
    for (text, part) in cases {
        fs::write(&config, text).unwrap();
        let line = refused(sweep(&run, "--config").arg(&config), 2);
        assert!(line.contains(part), "{text:?}: {line}");
        assert_eq!(place.names(), ["a.toml"], "{text:?}");
    }
}

#[test]
fn flags_of_the_other_verbs_are_named_with_what_is_allowed() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--dims 5 --starts 3 --no-points"));
    let cases = [
        ("theory thresholds", "--spins"),
        ("theory thresholds --spins 1", "'1' for '--spins"),
        ("theory thresholds --spins NaN", "'NaN' for '--spins"),
        ("theory thresholds --spins 3 --max-index -1", "'-1' for '--max-index"),
        ("theory thresholds --spins 3 --max-index 1001", "'1001' for '--max-index"),
        ("theory complexity --spins 3", "--energy"),
        ("theory complexity --spins 3 --energy NaN", "--energy = NaN: a comma-separated list"),
        ("theory complexity --spins 3 --energy -1.6,inf", "--energy = inf"),
        ("theory complexity --spins 3 --energy -1.6,,2", "--energy"),
        ("theory complexity --spins 3 --energy 1e999", "--energy = 1e999"),
        ("theory entropy --spins 3", "entropy"),
        ("theory thresholds --mixture 3", "P:V,P:V,… of distinct whole orders P from 1 to 100"),
        ("theory thresholds --mixture 3:-1", "shares of variance V from 1e-100 to 1e100"),
        ("theory thresholds --mixture 3:0", "shares of variance V from 1e-100 to 1e100"),
        ("theory thresholds --mixture 3:1,3:1", "here one is repeated"),
        ("theory thresholds --mixture 0:1", "orders P from 1 to 100"),
        ("theory thresholds --mixture 101:1", "orders P from 1 to 100"),
        ("theory thresholds --mixture 3:1 --spins 3", "cannot be used with '--spins"),
        ("theory mean-count --mixture 3:1,4:1", "--dim"),
        ("theory mean-count --mixture 3:x --dim 5", "'3:x' for '--mixture"),
        ("theory complexity --mixture 3:1,4:1", "--energy"),
        ("theory spiked --spins 3", "--strength"),
        ("theory spiked --spins 3 --strength -1", "a finite number of at least 0"),
        ("theory spiked --spins 3 --strength NaN", "a finite number of at least 0"),
        ("theory spiked --mixture 3:1 --strength 1", "--mixture"),
        (
            "figure histogram --out x",
            "NAME = histogram: one of complexity, energy-histogram, mean-counts, census-bands",
        ),
        ("figure complexity --out x --format gif", "--format = gif: a list of svg, png"),
        ("figure complexity --out x --spins 1", "'1' for '--spins"),
        ("figure mean-counts --out x --dim 1001", "'1001' for '--dim"),
        ("figure complexity", "--out"),
        ("figure energy-histogram --out x", "--run"),
        ("reproduce --threads 0", "'0' for '--threads"),
        ("reproduce --quick --dims 5", "--dims"),
        ("completions", "<SHELL>"),
        ("swep", "swep"),
        ("show", "<RUN>"),
        ("verify a.run b.run", "b.run"),
        ("export a.run --out x --format xlsx", "[possible values: csv, parquet]"),
        ("export a.run --out x --dim -5 --instance 0", "'-5' for '--dim"),
        ("export a.run --out x --dim 5 --instance NaN", "'NaN' for '--instance"),
        ("export a.run --out x --dim 6 --instance 0", "dim = 6: one of the run's: [5]"),
        ("export a.run --out x --dim 5 --instance 1", "instance = 1: below the run's 1"),
        ("export a.run", "--out"),
    ];
    for (args, part) in cases {
        let line = refused(hspin(args).current_dir(place.folder()), 2);
        assert!(line.contains(part), "{args}: {line}");
        assert_eq!(place.names(), ["a.run"], "{args}");
    }
}

#[test]
fn points_that_were_not_kept_are_refused_and_nothing_is_written_for_them() {
    let place = Place::quick();
    let run = place.path("a.run");
    succeed(&mut sweep(&run, "--dims 5 --starts 3 --no-points"));
    let mut export = about("export", &run, "--dim 5 --instance 0 --points --out");
    let output = export.arg(place.path("x")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!place.path("x/points.npy").exists());
}

#[test]
fn what_is_no_run_of_ours_is_refused_by_every_verb_and_left_as_it_is() {
    let place = Place::quick();
    let real = place.path("real.run");
    succeed(&mut sweep(&real, "--dims 5 --starts 3"));
    let at = |name: &str| place.path(name);
    symlink(at("nowhere"), at("dangling")).unwrap();
    symlink(&real, at("link")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    assert!(Command::new("mkfifo").arg(at("fifo")).status().unwrap().success());
    fs::write(at("empty"), "").unwrap();
    let random: Vec<u8> = (0..9000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    fs::write(at("random"), random).unwrap();
    rusqlite::Connection::open(at("other")).unwrap().execute("CREATE TABLE spec (id)", []).unwrap();
    let renumbered = |name: &str, format: i32| {
        fs::copy(&real, at(name)).unwrap();
        rusqlite::Connection::open(at(name)).unwrap().pragma_update(None, "user_version", format).unwrap();
    };
    renumbered("newer", 99);
    renumbered("zero", 0);
    let cases = [
        ("dangling", 2, "not an hspin file (a symbolic link)"),
        ("link", 2, "not an hspin file (a symbolic link)"),
        ("folder", 2, "not an hspin file (a directory)"),
        ("fifo", 2, "not an hspin file (not a regular file)"),
        ("empty", 2, "not an hspin file (it is empty)"),
        ("random", 2, "not an hspin file (it begins as another kind of file does)"),
        ("other", 2, "not an hspin file (it begins as another kind of file does)"),
        ("zero", 2, "not an hspin file (its format number is not valid)"),
        ("newer", 3, "has format 99, this hspin reads up to 10"),
    ];
    let names = place.names();
    for (name, code, part) in cases {
        let path = at(name);
        let content = |path: &Path| path.is_file().then(|| fs::read(path).unwrap());
        let before = content(&path);
        let verbs = [
            about("show", &path, "--json"),
            about("verify", &path, ""),
            about("verify", &path, "--repair"),
            about("verify", &path, "--deep"),
            about("export", &path, "--out x"),
            about("figure all --out x --run", &path, ""),
            sweep(&path, "--dims 5 --starts 3"),
            sweep(&path, "--dry-run"),
        ];
        for mut verb in verbs {
            let line = refused(verb.current_dir(place.folder()), code);
            assert!(line.contains(name) && line.contains(part), "{verb:?}: {line}");
        }
        assert!(content(&path) == before, "{name}");
    }
    assert_eq!(place.names(), names);
}

/// Several processes that know nothing of each other would fight for the run.
#[cfg(not(feature = "mpi"))]
#[test]
fn a_build_without_mpi_that_is_started_as_several_processes_says_how_to_build_it() {
    let place = Place::quick();
    for [size, rank] in [["OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"], ["PMI_SIZE", "PMI_RANK"]] {
        let started = |ranks: &str, number: &str| {
            let mut command = sweep(&place.path("a.run"), "--dims 5 --starts 3");
            command.env(size, ranks).env(rank, number);
            command
        };
        let line = refused(&mut started("2", "0"), 3);
        assert!(line.contains("cargo build --release --locked --features mpi"), "{line}");
        let other = started("2", "1").output().unwrap();
        assert_eq!((other.status.code(), other.stderr.len()), (Some(3), 0));
        assert!(place.names().is_empty());
    }
    let alone = sweep(&place.path("a.run"), "--dims 5 --starts 3").env("OMPI_COMM_WORLD_SIZE", "1").output();
    assert_eq!(alone.unwrap().status.code(), Some(0));
}
