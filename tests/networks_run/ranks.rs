//! Ranks that are threads of this process and talk through channels: what they do together does not depend on MPI.

use std::path::{Path, PathBuf};
use std::thread::scope;
use std::time::Instant;

use hspin::networks::data::DigitSet;
use hspin::studies::networks::{
    Networks, NetworksRequest, NetworksSpec, NetworksStore, Samples, read_digits,
};
use hspin::study::cluster::{RankInputs, Traffic, dismiss, lead, serve};
use hspin::study::{Event, Job, Observer, Resources, Stop, execute};
use hspin::{Error, Result};

use crate::channels::Channels;
use crate::digits::write_digits;
use crate::dump;
use crate::harness::Place;

/// A folder with a run to be made, and its digits.
struct Work {
    place: Place,
    set: DigitSet,
}

impl Work {
    fn new() -> Self {
        let place = Place::quick();
        Self { set: digits(&place, 0), place }
    }

    fn spec(&self, networks: u32) -> NetworksSpec {
        let request = NetworksRequest {
            hidden: Some(vec![3, 7]),
            networks: Some(networks),
            epochs: Some(4),
            index: Some(18),
            index_hidden: Some(5),
            ..NetworksRequest::default()
        };
        request.new_run(Samples::new(self.set.clone()).identity()).unwrap()
    }

    fn create(&self, name: &str, networks: u32) -> (PathBuf, NetworksStore) {
        let run = self.place.path(name);
        let store = NetworksStore::create(&run, &self.spec(networks)).unwrap();
        (run, store)
    }

    fn alone(&self, networks: u32) -> String {
        let (run, mut store) = self.create(&format!("alone-{networks}.run"), networks);
        let (samples, spec) = (Samples::new(self.set.clone()), store.spec().clone());
        let stop = Stop::default();
        let job = Job { spec: &spec, given: &samples, resources: &resources(2), observer: &(), stop: &stop };
        execute(&mut store, &job).unwrap();
        dump(&run)
    }

    /// What rank 0 and the others return; `inputs` is what each other one brings.
    fn together(
        &self,
        store: &mut NetworksStore,
        (observer, stop): (&dyn Observer, &Stop),
        hands: Vec<RankInputs<Samples>>,
    ) -> Ended {
        let mut ends = Channels::between(1 + hands.len()).into_iter();
        let first = ends.next().unwrap();
        let samples = Samples::new(self.set.clone());
        scope(|threads| {
            let others: Vec<_> = ends
                .zip(hands)
                .map(|(post, inputs)| {
                    threads.spawn(move || {
                        let inputs = RankInputs { given: &inputs.given, resources: inputs.resources };
                        serve::<Networks>(&post, Ok(inputs), &Stop::default())
                    })
                })
                .collect();
            let spec = store.spec().clone();
            let job = Job { spec: &spec, given: &samples, resources: &resources(1), observer, stop };
            let led = lead(&first, store, &job);
            dismiss(&first);
            Ended { led, served: others.into_iter().map(|other| other.join().unwrap()).collect() }
        })
    }

    fn hands(&self, others: usize, threads: usize) -> Vec<RankInputs<Samples>> {
        let inputs = || RankInputs { given: Samples::new(self.set.clone()), resources: resources(threads) };
        (0..others).map(|_| inputs()).collect()
    }
}

struct Ended {
    led: Result<Traffic>,
    served: Vec<Result<()>>,
}

fn digits(place: &Place, shift: u8) -> DigitSet {
    let folder = place.path(&format!("digits-{shift}"));
    write_digits(&folder, shift);
    read_digits(Path::new(&folder)).unwrap()
}

fn resources(threads: usize) -> Resources {
    Resources { memory: 1 << 30, ..Resources::of_threads(threads) }
}

#[test]
fn any_number_of_ranks_writes_the_run_of_one_in_two_messages_a_unit() {
    let work = Work::new();
    let alone = work.alone(70);
    for (others, threads) in [(0, 1), (1, 1), (2, 1), (3, 2)] {
        let (run, mut store) = work.create(&format!("{others}-{threads}.run"), 70);
        let stop = Stop::default();
        let begin = Instant::now();
        let ended = work.together(&mut store, (&(), &stop), work.hands(others, threads));
        let seconds = begin.elapsed().as_secs_f64();
        let traffic = ended.led.unwrap();
        assert!(ended.served.iter().all(Result::is_ok), "{:?}", ended.served);
        assert!(dump(&run) == alone, "{others} others of {threads} threads");
        // To begin and to be ready, to ask and to end; each unit there and back; progress, at most twice a second of
        // every rank, which on a slow machine is more than a few.
        let progress = (others as f64 * 2.0 * seconds).ceil() as u64;
        assert!(
            traffic.messages <= 2 * traffic.units + 6 * others as u64 + progress,
            "{seconds} s: {traffic:?}"
        );
    }
}

#[test]
fn ranks_go_on_where_others_stopped_and_a_run_may_grow() {
    let work = Work::new();
    let (run, mut store) = work.create("grown.run", 20);
    for (networks, others) in [(20, 2), (45, 1), (70, 3)] {
        store.grow(&work.spec(networks)).unwrap();
        let stop = Stop::default();
        work.together(&mut store, (&(), &stop), work.hands(others, 1)).led.unwrap();
    }
    assert!(dump(&run) == work.alone(70));
}

#[test]
fn a_rank_with_other_digits_or_without_room_ends_the_work_and_is_named() {
    let work = Work::new();
    let others = digits(&work.place, 1);
    let cramped = Resources { memory: 1 << 20, ..resources(1) };
    for (name, inputs, told) in [
        (
            "digits",
            RankInputs { given: Samples::new(others), resources: resources(1) },
            "rank 2: its digits (--data) are not those of the run",
        ),
        (
            "room",
            RankInputs { given: Samples::new(work.set.clone()), resources: cramped },
            "bytes of memory, 1048576 are available",
        ),
    ] {
        let (_, mut store) = work.create(name, 20);
        let mut hands = work.hands(1, 1);
        hands.push(inputs);
        let stop = Stop::default();
        let ended = work.together(&mut store, (&(), &stop), hands);
        let error = ended.led.unwrap_err();
        assert!(matches!(error, Error::Refused(_)) && error.to_string().contains(told), "{error}");
        assert!(ended.served[0].is_ok() && ended.served[1].is_err(), "{:?}", ended.served);
    }
}

/// Asks for a stop once something is stored.
struct Impatient(Stop);

impl Observer for Impatient {
    fn event(&self, event: Event) {
        if matches!(event, Event::Stored { .. }) {
            self.0.request(2);
        }
    }
}

#[test]
fn a_stop_leaves_what_is_stored_and_others_finish_it() {
    let work = Work::new();
    let (run, mut store) = work.create("stopped.run", 70);
    let stop = Stop::default();
    let impatient = Impatient(stop.clone());
    let ended = work.together(&mut store, (&impatient, &stop), work.hands(2, 1));
    assert!(matches!(ended.led, Err(Error::Interrupted(2))));
    assert!(ended.served.iter().all(Result::is_ok), "{:?}", ended.served);
    assert!(!store.done().is_empty());
    let stop = Stop::default();
    work.together(&mut store, (&(), &stop), work.hands(1, 2)).led.unwrap();
    assert!(dump(&run) == work.alone(70));
}
