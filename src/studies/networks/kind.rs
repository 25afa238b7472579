//! Networks as a study: units of sixteen.

use super::cost::{self, Work};
use super::forecast;
use super::job::{BlockJob, Samples};
use super::record::{NetworkRecord, Training};
use super::spec::NetworksSpec;
use super::unit::{BLOCK, Block, BlockResult, NetworkTimes};
use crate::error::{Error, Result};
use crate::networks::data::DigitSet;
use crate::study::columns::is_finite;
use crate::study::{Advance, Expected, FORMATS, Format, Job, Listed, Resources, Store, Study, UnitPerThread};

/// The study of networks that are trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Networks;

/// A run of networks.
pub type NetworksStore = Store<Networks>;

impl Study for Networks {
    const FORMATS: &'static [Format] = &[FORMATS[2], FORMATS[5]];
    const ITEMS: &'static str = "networks";

    type Spec = NetworksSpec;
    type Listed = Block;
    type Unit = BlockResult;
    type Times = NetworkTimes;
    type Given = Samples;
    type Work = UnitPerThread;

    fn plan(spec: &NetworksSpec) -> impl Iterator<Item = Block> + '_ {
        spec.blocks()
    }

    fn planned(spec: &NetworksSpec, listed: &Block) -> Option<Block> {
        let planned = spec.block(&listed.key());
        (spec.hidden.contains(&listed.hidden) && planned.networks > 0).then_some(planned)
    }

    fn covers(_: &NetworksSpec, stored: &Block, planned: &Block) -> bool {
        stored.covers(planned)
    }

    /// Networks in order, each with its index where the unit has one.
    fn fits(spec: &NetworksSpec, unit: &BlockResult) -> bool {
        let Block { hidden, networks, indexed, .. } = unit.listed;
        let numbers = unit.listed.key().networks(spec.networks);
        let record_fits = |(place, (number, record)): (usize, (u32, &NetworkRecord))| {
            let has_index = place < indexed as usize && record.outcome == Training::Finished;
            (record.hidden, record.network) == (hidden, number)
                && record.index.is_some() == has_index
                && record_fits(spec, record)
        };
        unit.rows.len() == networks as usize
            && networks > 0
            && spec.block(&unit.listed.key()).covers(&unit.listed)
            && numbers.zip(&unit.rows).enumerate().all(record_fits)
    }

    fn progress(_: &NetworksSpec, listed: &Block) -> (u32, u64) {
        (listed.hidden, u64::from(listed.networks))
    }

    fn work(spec: &NetworksSpec, listed: &Block) -> f64 {
        Work::of(spec, listed).total()
    }

    fn unit_bytes(_: &NetworksSpec, listed: &Block) -> u64 {
        if listed.indexed > 0 { cost::index_bytes(listed.hidden) } else { 0 }
    }

    fn shared_bytes(spec: &NetworksSpec, resources: &Resources) -> u64 {
        cost::lean_bytes(spec, resources)
    }

    fn memory_bytes(spec: &NetworksSpec, resources: &Resources) -> u64 {
        let hessians = cost::indexed_hidden(spec).map_or(0, |hidden| {
            let most = spec.networks.div_ceil(BLOCK).min(spec.index.div_ceil(BLOCK)).max(1) as usize;
            cost::index_slots(spec, resources).min(most * spec.hidden.len()) as u64
                * cost::index_bytes(hidden)
        });
        cost::lean_bytes(spec, resources) + hessians
    }

    fn disk_bytes(spec: &NetworksSpec) -> u64 {
        let sizes = spec.hidden.len() as u64;
        let networks = u64::from(spec.networks) * sizes;
        cost::EMPTY_FILE
            + networks * cost::NETWORK_ROW
            + u64::from(spec.networks.div_ceil(BLOCK)) * sizes * cost::UNIT_ROW
    }

    fn admit(spec: &NetworksSpec, resources: &Resources) -> Result<()> {
        let (needed, available) = (Self::memory_bytes(spec, resources), resources.memory);
        if needed <= available {
            return Ok(());
        }
        let hidden = spec.hidden.last().copied().unwrap_or_default();
        Err(Error::Refused(format!(
            "networks of up to {hidden} hidden units need {needed} bytes of memory, {available} are available; fewer \
             threads, a smaller --hidden or --index-hidden, or fewer --digits need less"
        )))
    }

    fn expected(job: &Job<Self>, left: &[Block]) -> Result<Expected> {
        Ok(forecast::expected(job.spec, left, job.given, job.resources))
    }

    fn check_given(spec: &NetworksSpec, samples: &Samples) -> Result<()> {
        if samples.identity() == spec.digits {
            return Ok(());
        }
        Err(Error::Refused("its digits (--data) are not those of the run".into()))
    }

    /// Its first digits, where the run trains on so many.
    fn narrowed(spec: &NetworksSpec, samples: &Samples) -> Option<Samples> {
        let (count, set) = (spec.digits.train.count as usize, &samples.set);
        let first = || DigitSet { train: set.train.first(count), ..set.clone() };
        (count < set.train.count()).then(|| Samples::new(first()))
    }

    fn unit(
        job: &Job<Self>,
        planned: &Block,
        advance: Advance,
    ) -> Result<Option<(BlockResult, NetworkTimes)>> {
        let job = BlockJob { spec: job.spec, samples: job.given, isa: job.resources.isa };
        Ok(job.run(planned, advance))
    }
}

impl Store<Networks> {
    /// All networks it holds, by size and number.
    ///
    /// # Errors
    /// [`Error::Damaged`] naming a unit that is not what was written; [`Error::Io`].
    pub fn networks(&self) -> Result<Vec<NetworkRecord>> {
        let mut all = Vec::new();
        for unit in self.units() {
            all.extend(unit?.rows);
        }
        Ok(all)
    }
}

/// Whether a run of this spec can hold this record.
fn record_fits(spec: &NetworksSpec, record: &NetworkRecord) -> bool {
    let parameters = NetworksSpec::shape(record.hidden).parameters() as u64;
    let index_fits =
        |index: u32| spec.has_index(record.hidden, record.network) && u64::from(index) <= parameters;
    let is_finite = is_finite(record);
    spec.hidden.contains(&record.hidden)
        && record.network < spec.networks
        && record.train_errors <= spec.digits.train.count
        && record.test_errors <= spec.digits.test.count
        && record.index.is_none_or(index_fits)
        && match record.outcome {
            Training::Finished => is_finite && record.train_loss >= 0.0 && record.test_loss >= 0.0,
            Training::NonFinite => !is_finite && record.index.is_none(),
        }
}
