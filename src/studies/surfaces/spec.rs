//! Everything that defines a run.

use itertools::Itertools;
use serde::{Deserialize, Serialize};

use super::couplings::Couplings;
use super::request::Request;
use super::starts_from::StartsFrom;
use crate::descent::{Protocol, Rules, Written};
use crate::error::{Error, Result};
use crate::hamiltonian::Model;
use crate::study::RunSpec as _;
use crate::study::spec::{Growth, sorted_set};

/// Everything that defines a run. Valid by construction: see [`Spec::new`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// H; the highest order of a mixture.
    pub spins: u32,
    /// Root of all random streams.
    pub seed: u64,
    /// Constants of the descent; `None`, and not written, for a census.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub descent: Option<Protocol>,
    /// Whether final points are kept.
    pub points: bool,
    /// Whether histories are kept.
    pub trace: bool,
    /// Where couplings come from.
    pub couplings: Couplings,
    /// Orders, law of the couplings and spike; `None`, and not written, for the pure Gaussian model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// Where starts begin; `None`, and not written, for uniform ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_from: Option<StartsFrom>,
    /// Version of the rules by which records are made; not written for those of release 0.1.
    #[serde(default, skip_serializing_if = "Rules::is_first")]
    pub rules: Rules,
    /// Λ of each size, ascending; may grow.
    pub dims: Vec<u32>,
    /// Starts per surface; may grow. 1 for a census, which has one unit per surface.
    pub starts: u32,
    /// Surfaces per size; may grow.
    pub instances: u32,
}

/// What is done on each surface of a run, and so what its units hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Descents or searches from many starts; a unit holds some of them.
    Sweep,
    /// Every critical point; a unit holds all of one surface, with [`CensusFacts`](super::CensusFacts).
    Census,
}

impl Spec {
    /// The spec of a new run; what the request leaves open is filled from its preset.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming the first key whose value is not allowed.
    pub fn new(request: &Request) -> Result<Self> {
        let preset = request.preset.unwrap_or_default();
        let couplings = request.couplings.clone().unwrap_or_default();
        let own = couplings.own_layout();
        let (own_spins, own_dims) = (own.map(|own| own.0), own.map(|own| vec![own.1]));
        let (spins, model) = request.model().decide_beside(own_spins)?;
        let descent = Protocol::try_from(request.descent_under(Rules::CURRENT, spins, model.as_ref())?)?;
        let (given_starts, starts_dims) = match &request.starts_from {
            Some(StartsFrom::Points { count, dim, .. }) => (Some(*count), Some(vec![*dim])),
            _ => (None, None),
        };
        let own_dims = own_dims.or(starts_dims);
        let default_dims = || preset.dims(&descent);
        let spec = Self {
            spins,
            seed: request.seed.unwrap_or(1),
            descent: Some(descent),
            points: request.points.unwrap_or(true),
            trace: request.trace.unwrap_or(false),
            dims: sorted_set("dims", request.dims.clone().or(own_dims).unwrap_or_else(default_dims))?,
            starts: request.starts.or(given_starts).unwrap_or_else(|| preset.starts()),
            instances: request.instances.unwrap_or(1),
            couplings,
            model,
            starts_from: request.starts_from.clone(),
            rules: Rules::CURRENT,
        };
        spec.check()?;
        Ok(spec)
    }

    /// This spec enlarged by what a later command asks of the same run.
    ///
    /// Fields the request leaves open keep their stored values; dims are united; starts and instances may grow.
    ///
    /// # Errors
    /// [`Error::Refused`] naming the field, its stored value and the value asked for, where a field would shrink or
    /// change; [`Error::BadInput`] where the enlarged spec is not allowed.
    pub fn grown(&self, request: &Request) -> Result<Self> {
        let Some(descent) = &self.descent else {
            return Err(Error::Refused("the run is a census: hspin census goes on with it".into()));
        };
        request.model().same(SWEEP, &self.model())?;
        SWEEP.same("seed", self.seed, request.seed)?;
        SWEEP.same("points", self.points, request.points)?;
        SWEEP.same("trace", self.trace, request.trace)?;
        let words = |from: Option<&StartsFrom>| from.map_or("random".into(), StartsFrom::words);
        let asked = request.starts_from.as_ref().map(|from| words(Some(from)));
        SWEEP.same("starts-from", words(self.starts_from.as_ref()), asked)?;
        same_couplings(SWEEP, &self.couplings, request.couplings.as_ref())?;
        same_descent(
            (*descent).into(),
            request.descent_on((self.spins, self.model.as_ref()), descent, self.rules)?,
        )?;
        let mut dims = match (&request.dims, request.preset, &self.couplings) {
            (Some(asked), ..) => sorted_set("dims", asked.clone())?,
            (None, Some(preset), Couplings::Random) => preset.dims(descent),
            _ => Vec::new(),
        };
        dims.extend(&self.dims);
        dims.sort_unstable();
        dims.dedup();
        // A preset asks for at least its starts; only a number given by the user can be too small.
        let preset_starts = request.preset.map_or(0, |preset| preset.starts());
        let asked_starts = request.starts.unwrap_or(self.starts.max(preset_starts));
        let spec = Self {
            dims,
            starts: SWEEP.grow("starts", self.starts, Some(asked_starts))?,
            instances: SWEEP.grow("instances", self.instances, request.instances)?,
            ..self.clone()
        };
        spec.check()?;
        Ok(spec)
    }

    /// What is done on each surface.
    pub fn kind(&self) -> Kind {
        if self.descent.is_some() { Kind::Sweep } else { Kind::Census }
    }

    /// Whether every critical point of each surface is asked for.
    pub fn is_census(&self) -> bool {
        self.kind() == Kind::Census
    }

    /// Λ of a census, which has one size; the smallest of a sweep.
    pub fn dim(&self) -> u32 {
        self.dims.first().copied().unwrap_or_default()
    }
}

const SWEEP: Growth = Growth("only dims, starts and instances may grow");

/// Refuses other couplings than those of the run.
///
/// # Errors
/// [`Error::Refused`].
pub(super) fn same_couplings(growth: Growth, stored: &Couplings, asked: Option<&Couplings>) -> Result<()> {
    let name = |couplings: &Couplings| match couplings {
        Couplings::Random => "random".to_owned(),
        Couplings::File { sha256, .. } => format!("a file of SHA-256 {sha256}"),
        Couplings::Orders { arrays, .. } => {
            format!("files of SHA-256 {}", arrays.iter().map(|array| &array.sha256).join(", "))
        }
    };
    growth.same("couplings", name(stored), asked.map(name))
}

fn same_descent(stored: Written, asked: Written) -> Result<()> {
    SWEEP.same("device", stored.constants.device.name(), Some(asked.constants.device.name()))?;
    SWEEP.same("protocol", stored.method.name(), Some(asked.method.name()))?;
    let mut pairs = stored.constants.entries().into_iter().zip(asked.constants.entries());
    pairs.try_for_each(|(stored, asked)| SWEEP.same(stored.key, stored.value, Some(asked.value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descent::{DescentRequest, DeviceClass, MethodName};
    use crate::studies::surfaces::Preset;

    fn small() -> Request {
        Request { dims: Some(vec![25, 10]), starts: Some(30), ..Request::default() }
    }

    fn spec() -> Spec {
        Spec::new(&small()).unwrap()
    }

    #[test]
    fn canonical_text_reads_back_to_the_same_bits() {
        let spec = spec();
        let text = spec.canonical().unwrap();
        assert_eq!(Spec::from_canonical(&text).unwrap(), spec);
        assert_eq!(spec.dims, [10, 25]);
    }

    #[test]
    fn a_spec_written_before_there_were_saddle_searches_is_the_same_to_the_byte() {
        let old = concat!(
            r#"{"couplings":"random","descent":{"cycles":0,"decay":0.0,"full_rate":0.16329931618554522,"#,
            r#""full_steps":2000,"handover":0.001,"method":"gd","sample_rate":0.0,"samples":0},"#,
            r#""dims":[10,25,50],"instances":1,"points":true,"seed":1,"spins":3,"starts":100,"trace":true}"#,
        );
        let spec = Spec::from_canonical(old).unwrap();
        assert_eq!(spec.canonical().unwrap(), old);
        assert_eq!(spec.rules, Rules::FIRST);
        let asked = Request {
            dims: Some(vec![10, 25, 50]),
            starts: Some(100),
            trace: Some(true),
            protocol: Some(MethodName::Gd),
            ..Request::default()
        };
        // What is asked of the old run keeps its rules; a new run has today's.
        assert_eq!(spec.grown(&asked).unwrap().canonical().unwrap(), old);
        let new = Spec::new(&asked).unwrap();
        assert_eq!(Spec { rules: Rules::FIRST, ..new.clone() }.canonical().unwrap(), old);
        assert_eq!(new.rules, Rules::CURRENT);
    }

    /// A sweep of 0.1 resumes by the command that began it, though the preset now stands for other constants.
    #[test]
    fn a_preset_stands_for_what_it_was_when_the_run_was_begun() {
        let old = concat!(
            r#"{"couplings":"random","descent":{"cycles":100,"decay":0.0015,"full_rate":0.2,"full_steps":500,"#,
            r#""handover":0.001,"method":"sgd","sample_rate":0.3,"samples":2},"dims":[25,50,100,200,300,400,500],"#,
            r#""instances":1,"points":true,"seed":1,"spins":3,"starts":1000,"trace":false}"#,
        );
        let spec = Spec::from_canonical(old).unwrap();
        let asks = |preset| Request { preset: Some(preset), ..Request::default() };
        for request in [Request::default(), asks(Preset::Paper), asks(Preset::Quick)] {
            assert_eq!(spec.grown(&request).unwrap().canonical().unwrap(), old, "{request:?}");
        }
        let more = spec.grown(&Request { starts: Some(1200), ..asks(Preset::Paper) }).unwrap();
        assert_eq!((more.starts, more.descent, more.rules), (1200, spec.descent, Rules::FIRST));
        let new = Spec::new(&asks(Preset::Paper)).unwrap();
        assert_eq!(new.descent, Some(Protocol::paper(3)));
        assert_ne!(new.descent, spec.descent);
        assert_eq!(new.grown(&asks(Preset::Paper)).unwrap(), new);
        // Constants that are asked for by number, or by another preset, are held against those of the run.
        let cycles = |cycles| Request {
            descent: DescentRequest { cycles: Some(cycles), ..DescentRequest::default() },
            ..asks(Preset::Paper)
        };
        assert_eq!(spec.grown(&cycles(100)).unwrap(), spec);
        for (request, wanted) in [(cycles(300), 300), (asks(Preset::Literal), 500)] {
            let error = spec.grown(&request).unwrap_err();
            let line = format!("descent.cycles: the run has 100, asked for {wanted}");
            assert!(error.exit_code() == 3 && error.to_string().starts_with(&line), "{error}");
        }
        let error = new.grown(&cycles(100)).unwrap_err();
        assert!(error.to_string().contains("asked for 100"), "{error}");
    }

    #[test]
    fn growth_keeps_the_identity_and_science_changes_it() {
        let identity = spec().science_hash().unwrap();
        let more = Request { starts: Some(31), dims: Some(vec![12]), ..Request::default() };
        let grown = spec().grown(&more).unwrap();
        assert_eq!((grown.dims.clone(), grown.starts), (vec![10, 12, 25], 31));
        assert_eq!(grown.science_hash().unwrap(), identity);
        let other = Spec::new(&Request { seed: Some(2), ..small() }).unwrap();
        assert_ne!(other.science_hash().unwrap(), identity);
    }

    #[test]
    fn a_changed_field_is_refused_with_both_values() {
        let cases = [
            (Request { spins: Some(4), ..Request::default() }, "spins: the run has 3, asked for 4"),
            (Request { starts: Some(29), ..Request::default() }, "starts: the run has 30, asked for 29"),
            (Request { seed: Some(9), ..Request::default() }, "seed: the run has 1, asked for 9"),
            (Request { trace: Some(true), ..Request::default() }, "trace: the run has false"),
            (Request { protocol: Some(MethodName::Gd), ..Request::default() }, "protocol: the run has sgd"),
            (Request { preset: Some(Preset::Literal), ..Request::default() }, "descent."),
        ];
        for (request, expected) in cases {
            let error = spec().grown(&request).unwrap_err();
            assert_eq!(error.exit_code(), 3, "{error}");
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }

    #[test]
    fn a_run_keeps_its_device_and_is_never_mixed() {
        let on = |device| Request { device, ..small() };
        let [cpu, cuda] =
            [DeviceClass::Cpu, DeviceClass::Cuda].map(|class| Spec::new(&on(Some(class))).unwrap());
        assert_eq!(cpu, spec());
        assert!(!cpu.canonical().unwrap().contains("device"));
        assert!(cuda.canonical().unwrap().contains(r#""device":"cuda""#));
        assert_ne!(cuda.science_hash().unwrap(), cpu.science_hash().unwrap());
        assert_eq!(Spec::from_canonical(&cuda.canonical().unwrap()).unwrap(), cuda);
        for request in [on(None), Request { preset: Some(Preset::Paper), ..on(None) }] {
            assert_eq!(cuda.grown(&request).unwrap().descent, cuda.descent);
        }
        let error = cuda.grown(&on(Some(DeviceClass::Cpu))).unwrap_err();
        assert!(error.to_string().starts_with("device: the run has cuda, asked for cpu"), "{error}");
        assert_eq!(
            (error.exit_code(), cpu.grown(&on(Some(DeviceClass::Cuda))).unwrap_err().exit_code()),
            (3, 3)
        );
    }

    #[test]
    fn a_preset_asks_for_at_least_its_sizes_and_starts() {
        let quick = Request { preset: Some(Preset::Quick), ..Request::default() };
        let paper = Request { preset: Some(Preset::Paper), ..Request::default() };
        let grown = Spec::new(&quick).unwrap().grown(&paper).unwrap();
        assert_eq!(grown, Spec::new(&paper).unwrap());
        assert_eq!(grown.grown(&quick).unwrap(), grown);
    }
}
