//! What defines a run, and the command that makes the same run again.

use itertools::Itertools;

use crate::descent::{DeviceClass, Protocol, Rules, Written};
use crate::error::{Error, Result};
use crate::hamiltonian::Law;
use crate::networks::ExampleOrder;
use crate::networks::data::bundled;
use crate::studies::networks::{DigitsUsed, NetworksProtocol, NetworksSpec, NetworksStore};
use crate::studies::surfaces::{
    Couplings, ModelRequest, Preset, Request, Spec, SpikeRequest, StartsFrom, SurfaceStore, mixture_text,
    spike_text,
};
use crate::study::{RunSpec, Store, Study};

/// What defines a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// All of it, as indented JSON.
    pub spec: String,
    /// Root of all random streams.
    pub seed: u64,
    /// SHA-256 over spec and units.
    pub content_hash: String,
    /// The command that makes it again.
    pub command: String,
    /// Text of the file that `--config` of this command names, if it does.
    pub config: Option<String>,
    /// What else the command needs, or why it makes another run.
    pub notes: Vec<String>,
}

/// A command by its words.
#[derive(Default)]
struct Command {
    words: Vec<String>,
    config: Option<String>,
    notes: Vec<String>,
}

impl Command {
    fn flag(&mut self, flag: &str, value: impl std::fmt::Display) {
        self.words.push(format!("{flag} {value}"));
    }

    fn of<S: Study>(self, store: &Store<S>, seed: u64) -> Result<Origin> {
        let canonical = store.spec().canonical()?;
        let internal = |error| Error::Internal(format!("a spec that is no JSON: {error}"));
        let value: serde_json::Value = serde_json::from_str(&canonical).map_err(internal)?;
        let Self { words, config, notes } = self;
        Ok(Origin {
            spec: serde_json::to_string_pretty(&value).map_err(internal)?,
            seed,
            content_hash: store.content_hash(),
            command: words.join(" "),
            config,
            notes,
        })
    }
}

impl Origin {
    /// Of a run on surfaces.
    ///
    /// # Errors
    /// Internal for a spec that cannot be written: a bug.
    pub fn of_surfaces(store: &SurfaceStore) -> Result<Self> {
        let spec = store.spec();
        let mut command = Command::default();
        command
            .words
            .push(format!("hspin {} --out NEW.run", if spec.is_census() { "census" } else { "sweep" }));
        model(&mut command, spec);
        command.flag(if spec.is_census() { "--dim" } else { "--dims" }, spec.dims.iter().join(","));
        if !spec.is_census() {
            command.flag("--starts", spec.starts);
        }
        command.flag("--instances", spec.instances);
        command.flag("--seed", spec.seed);
        if let Some(protocol) = &spec.descent {
            descent(&mut command, spec, protocol)?;
        }
        if spec.rules != Rules::CURRENT {
            let text = "The run was begun under rules of an earlier release: a run that is begun now follows today's rules, and \
                        its numbers differ.";
            command.notes.push(text.to_owned());
        }
        command.of(store, spec.seed)
    }

    /// Of a run of networks.
    ///
    /// # Errors
    /// As [`Self::of_surfaces`].
    pub fn of_networks(store: &NetworksStore) -> Result<Self> {
        let NetworksSpec { seed, protocol, digits, hidden, networks, index, index_hidden } = store.spec();
        let mut command = Command::default();
        command.words.push("hspin networks sweep --out NEW.run".to_owned());
        command.flag("--hidden", hidden.iter().join(","));
        command.flag("--networks", networks);
        match protocol {
            NetworksProtocol::Sgd(sgd) => {
                command.flag("--epochs", sgd.epochs);
                command.flag("--batch", sgd.batch);
                command.flag("--rate", sgd.rate);
                command.flag("--decay", sgd.decay);
                command.flag("--index", index);
                command.flag("--index-hidden", index_hidden);
                if sgd.order == ExampleOrder::Shared {
                    let text = "Sixteen networks share an order of the digits, as release 0.1 had it: networks that are trained \
                                now have orders of their own.";
                    command.notes.push(text.to_owned());
                }
            }
            NetworksProtocol::Anneal(anneal) => {
                command.flag("--protocol", protocol.name());
                command.flag("--sweeps", anneal.sweeps);
                command.flag("--hot", anneal.hot);
                command.flag("--cold", anneal.cold);
                command.flag("--kept", anneal.kept);
                command.flag("--gain", anneal.gain);
            }
        }
        digits_of(&mut command, digits)?;
        command.flag("--seed", seed);
        command.of(store, *seed)
    }
}

/// Orders, law, spike, or the user's own couplings; where starts begin.
fn model(command: &mut Command, spec: &Spec) {
    let model = spec.model();
    match &spec.couplings {
        Couplings::Random => {
            match model.orders.as_pure() {
                Some(spins) if spins > 1 => command.flag("--spins", spins),
                _ => command.flag("--mixture", mixture_text(&model.orders)),
            }
            if model.law != Law::Gaussian {
                command.flag("--law", model.law.name());
            }
            if let Some(spike) = model.spike {
                command.flag("--spike", spike_text(Some(spike)));
            }
        }
        own => {
            let files =
                if matches!(own, Couplings::Orders { .. }) { "COUPLINGS-P.npy,…" } else { "COUPLINGS.npy" };
            command.flag("--couplings", files);
            let text =
                "The couplings are those of a file of the user's own, of which the run has the checksum.";
            command.notes.push(text.to_owned());
        }
    }
    match &spec.starts_from {
        Some(StartsFrom::Overlap(overlap)) => command.flag("--start-overlap", overlap),
        Some(StartsFrom::Points { .. }) => {
            command.flag("--starts-from", "POINTS.npy");
            let text =
                "Starts begin at points of a file of the user's own, of which the run has the checksum.";
            command.notes.push(text.to_owned());
        }
        None => {}
    }
}

/// Method and constants: by a preset where one has them, else by a configuration file.
fn descent(command: &mut Command, spec: &Spec, protocol: &Protocol) -> Result<()> {
    let ModelRequest { spins, mixture, law, spike } = asked_model(spec);
    let asked = |preset: Preset| Request {
        preset: Some(preset),
        spins,
        mixture: mixture.clone(),
        law,
        spike,
        dims: Some(spec.dims.clone()),
        starts: Some(spec.starts),
        protocol: Some(protocol.name()),
        device: Some(protocol.method().device()),
        ..Request::default()
    };
    let of_preset = |preset: Preset| Spec::new(&asked(preset)).ok().and_then(|spec| spec.descent);
    let [default, literal] = [Preset::Paper, Preset::Literal].map(of_preset);
    if literal.as_ref() == Some(protocol) && default.as_ref() != Some(protocol) {
        command.flag("--preset", Preset::Literal.name());
    } else {
        command.flag("--protocol", protocol.name().name());
        if default.as_ref() != Some(protocol) {
            command.flag("--config", "descent.toml");
            command.config = Some(config(&Written::from(*protocol), default.map(Written::from).as_ref()));
        }
    }
    let device = protocol.method().device();
    if device != DeviceClass::Cpu {
        command.flag("--device", device.name());
    }
    if spec.trace {
        command.words.push("--trace".to_owned());
    }
    if !spec.points {
        command.words.push("--no-points".to_owned());
    }
    Ok(())
}

/// What a request for the same model says.
fn asked_model(spec: &Spec) -> ModelRequest {
    let model = spec.model();
    let pure = model.orders.as_pure().filter(|&spins| spins > 1);
    let shares = || model.orders.shares().map(|(order, variance)| (order as u32, variance)).collect();
    ModelRequest {
        spins: pure.map(|spins| spins as u32),
        mixture: pure.is_none().then(shares),
        law: Some(model.law),
        spike: model.spike.map(|spike| SpikeRequest { strength: spike.strength, order: Some(spike.order) }),
    }
}

/// Constants that are not the default ones, as a configuration file has them.
fn config(written: &Written, default: Option<&Written>) -> String {
    let usual = default.map(|default| default.constants.entries());
    let is_usual =
        |key: &str, value: &str| usual.iter().flatten().any(|entry| entry.key == key && entry.value == value);
    let entries = written.constants.entries().into_iter();
    entries
        .filter(|entry| entry.value != "none" && !is_usual(entry.key, &entry.value))
        .map(|entry| format!("{} = {}\n", entry.key, entry.value))
        .collect()
}

/// Which digits, if not all of the bundled ones.
fn digits_of(command: &mut Command, digits: &DigitsUsed) -> Result<()> {
    let set = bundled()?;
    if *digits == DigitsUsed::of(&set) {
        return Ok(());
    }
    command.flag("--digits", digits.train.count);
    if digits.test != DigitsUsed::of(&set).test {
        command.flag("--data", "DIR");
        let text = "The digits are of files of the user's own, of which the run has the checksum.";
        command.notes.push(text.to_owned());
    }
    Ok(())
}
