//! What must hold of any input to a reader: it is refused in the words of the user's errors, or means what it says.
//! Shared with the fuzz targets.

use std::path::Path;

use hspin::Error;
use hspin::numeric::npy::{self, Array};
use hspin::studies::networks::{Networks, NetworksSpec, NetworksStore};
use hspin::studies::sampling::{ExactSampling, SamplingSpec, SamplingStore};
use hspin::studies::surfaces::{Request, Spec, SurfaceStore, Surfaces};
use hspin::study::store::format_of;
use hspin::study::{self, RunSpec as _, Study};

/// One line, as short as a terminal can show, with the right exit status.
#[track_caller]
pub fn refused(error: &Error, codes: &[u8]) {
    let text = error.to_string();
    assert!(codes.contains(&error.exit_code()), "{} {text}", error.exit_code());
    assert!(!text.is_empty() && text.len() < 2000 && text.lines().count() == 1, "{text:?}");
}

/// A configuration file's text.
pub fn toml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Request::from_toml(text).and_then(|request| Spec::new(&request)) {
        Ok(spec) => sound(&spec),
        Err(error) => {
            refused(&error, &[2]);
            assert!(error.to_string().contains(" = "), "{error}");
        }
    }
}

/// The text of a spec as a run stores it.
pub fn stored_spec(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Spec::from_canonical(text) {
        Ok(spec) => sound(&spec),
        Err(error) => refused(&error, &[4]),
    }
}

/// The text of a spec as a run of networks stores it.
pub fn stored_networks_spec(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match NetworksSpec::from_canonical(text) {
        Ok(spec) => {
            spec.check().unwrap();
            assert_eq!(NetworksSpec::from_canonical(&spec.canonical().unwrap()).unwrap(), spec);
        }
        Err(error) => refused(&error, &[4]),
    }
}

/// The text of a spec as a run of sampling stores it.
pub fn stored_sampling_spec(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match SamplingSpec::from_canonical(text) {
        Ok(spec) => {
            spec.check().unwrap();
            assert!(spec.temperatures.iter().all(|&t| t > 0.0 && t.is_finite()) && spec.thin >= 1);
            assert_eq!(SamplingSpec::from_canonical(&spec.canonical().unwrap()).unwrap(), spec);
        }
        Err(error) => refused(&error, &[4]),
    }
}

/// What is accepted is within its limits, and its text is the same spec again.
fn sound(spec: &Spec) {
    spec.check().unwrap();
    assert!((2..=16).contains(&spec.spins) && spec.starts >= 1 && spec.instances >= 1);
    assert!(!spec.dims.is_empty() && spec.dims.iter().all(|dim| (2..=65_535).contains(dim)));
    if let Some(descent) = &spec.descent {
        descent.method().check().unwrap();
    }
    assert_eq!(&Spec::from_canonical(&spec.canonical().unwrap()).unwrap(), spec);
}

/// A NumPy array in this file.
pub fn npy_file(path: &Path, bytes: &[u8]) {
    match npy::read_tensor(path) {
        Ok(Array { shape, values }) => {
            assert_eq!(npy::read_shape(path).unwrap(), shape);
            assert!((2..=16).contains(&shape.len()) && shape.iter().all(|n| *n == shape[0] && *n >= 2));
            assert_eq!(values.len(), shape.iter().map(|&n| n as usize).product::<usize>());
            assert!(values.iter().all(|x| x.is_finite()));
            // What hspin writes: the data are the file's last bytes.
            let header = bytes.split(|&byte| byte == b'}').next().unwrap();
            let says = |what: &[u8]| header.windows(what.len()).any(|part| part == what);
            if says(b"'<f8'") && says(b"False") {
                let data: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
                assert!(bytes.ends_with(&data));
            }
        }
        Err(error) => refused(&error, &[2]),
    }
}

/// A run that was changed: damage is found, or the content is what was written.
pub fn changed_run(path: &Path, content: &str) {
    match verify(path) {
        Ok(Verified { ok: true, complete: true }) => assert_eq!(dump(path).unwrap(), content),
        Ok(_) => {}
        Err(error) => refused(&error, &[2, 3, 4]),
    }
}

/// A run that was changed, read without verifying: nothing but errors that a user can mend.
pub fn changed_run_unverified(path: &Path) {
    if let Err(error) = dump(path) {
        refused(&error, &[2, 3, 4]);
    }
}

/// What a check says of a run of any kind.
#[derive(Debug, Clone, Copy)]
pub struct Verified {
    pub ok: bool,
    pub complete: bool,
}

/// Whether a run is one of a study.
fn is_of<S: Study>(path: &Path) -> Result<bool, Error> {
    let number = format_of(path)?;
    Ok(S::FORMATS.iter().any(|format| format.number == number))
}

fn verified<S: Study>(path: &Path) -> Result<Verified, Error> {
    study::verify::<S>(path).map(|verdict| Verified { ok: verdict.ok, complete: verdict.complete })
}

/// Checks a run of any kind.
pub fn verify(path: &Path) -> Result<Verified, Error> {
    if is_of::<ExactSampling>(path)? {
        return verified::<ExactSampling>(path);
    }
    if is_of::<Networks>(path)? { verified::<Networks>(path) } else { verified::<Surfaces>(path) }
}

/// Repairs a run of any kind.
pub fn repair(path: &Path) -> Result<(), Error> {
    if is_of::<ExactSampling>(path)? {
        study::repair::<ExactSampling>(path).map(drop)
    } else if is_of::<Networks>(path)? {
        study::repair::<Networks>(path).map(drop)
    } else {
        study::repair::<Surfaces>(path).map(drop)
    }
}

/// The content of a run on surfaces or of networks, as ordered text.
pub fn dump(path: &Path) -> Result<String, Error> {
    let mut bytes = Vec::new();
    if is_of::<ExactSampling>(path)? {
        let store = SamplingStore::open_read(path)?;
        store.times()?;
        store.dump(&mut bytes)?;
    } else if is_of::<Networks>(path)? {
        let store = NetworksStore::open_read(path)?;
        store.networks()?;
        store.times()?;
        store.dump(&mut bytes)?;
    } else {
        SurfaceStore::open_read(path)?.dump(&mut bytes)?;
    }
    Ok(String::from_utf8(bytes).expect("a dump is text"))
}
