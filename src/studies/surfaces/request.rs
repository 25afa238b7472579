//! What a command asks of a run, before it is decided what the rest is.

use serde::Deserialize;

use super::couplings::Couplings;
use super::model::{ModelRequest, SpikeRequest};
use super::starts_from::StartsFrom;
use super::written;
use crate::descent::or_of;
use crate::descent::{DescentRequest, DeviceClass, MethodName, Protocol, Rules, Written};
use crate::error::{Error, Result, one_line};
use crate::hamiltonian::{Law, Model};

named! {
    /// A named set of defaults.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Preset {
        /// The paper's sizes and starts, with a descent that hands over to the polish early.
        #[default]
        Paper = "paper",
        /// A first look: smaller and fewer.
        Quick = "quick",
        /// The published constants.
        Literal = "literal",
    }
}

impl Preset {
    /// Λ of each size that a method is run at unless others are asked for.
    pub fn dims(self, protocol: &Protocol) -> Vec<u32> {
        let all: &[u32] = match self {
            Self::Quick => &[25, 50, 100],
            Self::Paper | Self::Literal => &[25, 50, 100, 200, 300, 400, 500],
        };
        let most = protocol.method().largest_preset_dim();
        all.iter().copied().filter(|&dim| dim <= most).collect()
    }

    /// Starts per surface.
    pub fn starts(self) -> u32 {
        match self {
            Self::Quick => 200,
            Self::Paper | Self::Literal => 1000,
        }
    }

    /// Constants of the descent at order H, in a run that follows these rules.
    pub fn descent(self, spins: u32, rules: Rules) -> Protocol {
        match self {
            Self::Quick | Self::Paper => Protocol::paper_by(rules, spins),
            Self::Literal => Protocol::literal(spins),
        }
    }
}

/// What a command asks of a run; `None` leaves a field to the preset or to the stored run.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Defaults to fill the rest from.
    pub preset: Option<Preset>,
    /// H.
    pub spins: Option<u32>,
    /// Orders with their variances, in place of one order.
    #[serde(default, deserialize_with = "written::mixture")]
    pub mixture: Option<Vec<(u32, f64)>>,
    /// Law of the couplings.
    pub law: Option<Law>,
    /// A planted spike.
    #[serde(default, deserialize_with = "written::spike")]
    pub spike: Option<SpikeRequest>,
    /// Root of all random streams.
    pub seed: Option<u64>,
    /// Λ of each size.
    pub dims: Option<Vec<u32>>,
    /// Starts per surface.
    pub starts: Option<u32>,
    /// Surfaces per size.
    pub instances: Option<u32>,
    /// Descent method.
    pub protocol: Option<MethodName>,
    /// What descends.
    pub device: Option<DeviceClass>,
    /// Whether final points are kept.
    pub points: Option<bool>,
    /// Whether histories are kept.
    pub trace: Option<bool>,
    /// Constants of the descent.
    #[serde(default)]
    pub descent: DescentRequest,
    /// Where starts begin; never part of a configuration file.
    #[serde(skip)]
    pub starts_from: Option<StartsFrom>,
    /// The user's own tensor; never part of a configuration file.
    #[serde(skip)]
    pub couplings: Option<Couplings>,
}

impl Request {
    /// Reads a configuration file's text.
    ///
    /// # Errors
    /// [`Error::BadInput`] with the number and text of the offending line and what is wrong with it.
    pub fn from_toml(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start).min(text.len());
            let number = text.bytes().take(offset).filter(|&byte| byte == b'\n').count();
            let line = text.lines().nth(number).unwrap_or_default().trim();
            // The reason may quote what is as long as the file.
            let reason = one_line(&error.message().lines().collect::<Vec<_>>().join(", "), 300);
            let key = format!("config line {}", number + 1);
            Error::bad_input(key, format!("`{}`", one_line(line, 80)), reason)
        })
    }

    /// This request, with what it leaves open taken from `file`.
    pub fn or(self, file: Self) -> Self {
        or_of!(
            self, file,
            preset spins mixture law spike seed dims starts instances protocol device points trace starts_from couplings descent
        )
    }

    /// The descent of a run of order H that is begun under these rules, as it is written: whatever its method may have.
    ///
    /// # Errors
    /// [`Error::BadInput`] for `literal` with anything but `sgd`, the published protocol.
    pub(super) fn descent_under(&self, rules: Rules, spins: u32, model: Option<&Model>) -> Result<Written> {
        let preset = self.preset.unwrap_or_default();
        // Those of the order that matters most; order 1 has the constants of order 2.
        let spins = model.map_or(spins, |model| model.orders.dominant() as u32).max(2);
        let base = match self.protocol {
            Some(MethodName::Sgd) | None => preset.descent(spins, rules),
            Some(method) if preset == Preset::Literal => {
                return Err(Error::bad_input("protocol", method.name(), "sgd with preset literal"));
            }
            Some(method) => method.at_order(spins),
        };
        let base = model.map_or(base, |model| base.for_model(model));
        Ok(self.changed(base.into(), DeviceClass::Cpu))
    }

    /// The descent this request asks of a stored run: stored constants unless it names others. A preset stands for what
    /// it stood for when the run was begun, so that the same command resumes it.
    pub(super) fn descent_on(
        &self,
        (spins, model): (u32, Option<&Model>),
        stored: &Protocol,
        rules: Rules,
    ) -> Result<Written> {
        let keeps_method = self.protocol.is_none_or(|method| method == stored.name());
        let device = stored.method().device();
        if self.preset.is_none() && keeps_method {
            return Ok(self.changed((*stored).into(), device));
        }
        Ok(self.changed(self.descent_under(rules, spins, model)?, device))
    }

    /// What is asked of the law of surfaces.
    pub(super) fn model(&self) -> ModelRequest {
        let Self { spins, law, spike, .. } = *self;
        ModelRequest { spins, mixture: self.mixture.clone(), law, spike }
    }

    /// What is written with the constants that this request names, and its device or else this one.
    fn changed(&self, written: Written, device: DeviceClass) -> Written {
        let mut constants = self.descent.on(written.constants);
        constants.device = self.device.unwrap_or(device);
        Written { constants, ..written }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studies::surfaces::Spec;

    #[test]
    fn a_file_sets_what_the_flags_leave_open() {
        let file = Request::from_toml("spins = 4\nstarts = 7\n[descent]\ncycles = 9\n").unwrap();
        let flags = Request { starts: Some(8), ..Request::default() };
        let merged = flags.or(file);
        assert_eq!((merged.spins, merged.starts, merged.descent.cycles), (Some(4), Some(8), Some(9)));
    }

    #[test]
    fn a_saddle_search_stops_at_200_unless_more_is_asked_for() {
        let saddle = Request { protocol: Some(MethodName::Saddle), ..Request::default() };
        assert_eq!(Spec::new(&saddle).unwrap().dims, [25, 50, 100, 200]);
        let more = Request { dims: Some(vec![500]), ..saddle };
        assert_eq!(Spec::new(&more).unwrap().dims, [500]);
    }

    #[test]
    fn a_wrong_line_is_quoted_with_its_number() {
        let cases = [
            ("spins = 3\nspin = 3\n", "config line 2 = `spin = 3`", "unknown field"),
            ("[descent]\nsampels = 2\n", "config line 2 = `sampels = 2`", "unknown field"),
            ("spins = -1\n", "config line 1 = `spins = -1`", "u32"),
            ("spins = \"x\"\n", "config line 1", "invalid type"),
            ("spins = \n", "config line 1", ""),
            ("spins = 3\nspins = 3\n", "config line 2", "duplicate key"),
            ("protocol = \"adam\"\n", "config line 1", "sgd"),
        ];
        for (text, start, part) in cases {
            let error = Request::from_toml(text).unwrap_err().to_string();
            assert!(error.starts_with(start), "{error}");
            assert!(error.contains(part), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }

    #[test]
    fn values_out_of_range_are_named() {
        let cases = [
            ("spins = 1", "spins = 1: a whole number from 2 to 16"),
            ("dims = []", "dims = (empty)"),
            ("dims = [1]", "dims = 1: a whole number from 2 to 65535"),
            ("dims = [9, 9]", "dims = 9: given twice"),
            ("spins = 16\ndims = [65535]", "dims = 65535: fewer than 2^53"),
            ("starts = 0", "starts = 0"),
            ("instances = 0", "instances = 0"),
            ("starts = 10000000\ninstances = 1000000", "starts x instances x sizes"),
            ("[descent]\nsamples = 0", "samples = 0"),
            ("[descent]\nfull_rate = nan", "descent.full_rate = NaN: a finite number above 0"),
            ("[descent]\nsample_rate = inf", "descent.sample_rate = inf"),
            ("[descent]\ndecay = -1.0", "descent.decay = -1"),
            ("[descent]\nhandover = 0.0", "descent.handover = 0"),
            ("protocol = \"gd\"\n[descent]\nsamples = 2", "samples = 2: nothing"),
            ("preset = \"literal\"\nprotocol = \"gd\"", "protocol = gd: sgd with preset literal"),
            ("preset = \"literal\"\nprotocol = \"saddle\"", "protocol = saddle: sgd with preset literal"),
            ("protocol = \"saddle\"\n[descent]\nsamples = 2", "samples = 2: nothing: protocol saddle has"),
            ("protocol = \"saddle\"\n[descent]\ntargets = [1.0, -1.0]", "descent.targets = [1.0, -1.0]: two"),
            ("protocol = \"saddle\"\n[descent]\ntargets = [0.0, inf]", "descent.targets = [0.0, inf]: two"),
            ("protocol = \"saddle\"\n[descent]\ndecay = 0.5", "descent.decay = 0.5: 0: the rates"),
            ("[descent]\npairs = 3", "descent.pairs = 3: nothing: protocol sgd remembers no pairs"),
            ("protocol = \"fast\"\n[descent]\npairs = 0", "descent.pairs = 0: a whole number from 1 to 64"),
            ("protocol = \"fast\"\n[descent]\ndecay = 0.5", "descent.decay = 0.5: 0: only the first"),
            ("protocol = \"fast\"\n[descent]\nsamples = 2", "samples = 2: nothing: protocol fast has no"),
            ("preset = \"literal\"\nprotocol = \"fast\"", "protocol = fast: sgd with preset literal"),
            ("[descent.cooling]\nsweeps = 9", "sweeps = 9: nothing: protocol sgd does not cool"),
            ("preset = \"literal\"\nprotocol = \"anneal\"", "protocol = anneal: sgd with preset literal"),
            ("protocol = \"anneal\"\n[descent]\nsamples = 2", "samples = 2: nothing: protocol anneal has"),
            ("protocol = \"anneal\"\n[descent.cooling]\nsweeps = 0", "sweeps = 0: a whole number from 1"),
            (
                "protocol = \"anneal\"\n[descent.cooling]\nrate = -1.0",
                "descent.cooling.rate = -1: a finite number above",
            ),
            (
                "protocol = \"anneal\"\n[descent.cooling]\nhot = inf",
                "descent.cooling.hot = inf: a finite number above 0",
            ),
            (
                "protocol = \"anneal\"\n[descent.cooling]\ncold = 0.0",
                "descent.cooling.cold = 0: a finite number above 0",
            ),
            (
                "protocol = \"anneal\"\n[descent.cooling]\ncold = 3.0",
                "descent.cooling.cold = 3: at most descent.cooling.hot = 1.08",
            ),
            ("[descent]\ntargets = [0.0, 1.0]", "descent.targets = [0.0, 1.0]: nothing: protocol sgd has no"),
        ];
        for (text, start) in cases {
            let error = Spec::new(&Request::from_toml(text).unwrap()).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            assert!(error.to_string().starts_with(start), "{error}");
        }
    }
}
