//! Every start ends once, whatever turns the threads take.

use super::*;
use crate::descent::{Carrier, Protocol, Rules, Sgd};
use crate::hamiltonian::{CHUNKS, Isa};
use std::collections::BTreeSet;

const DIMS: [usize; 6] = [9, 9, 8, 5, 5, 3];

fn surface_bytes(dim: usize) -> u64 {
    Layout::new(3, dim).values().unwrap() * 4 * 3
}

/// Threads that take turns as a generator says, each step of theirs under the eyes of the test.
struct Mime<'a> {
    board: Board<'a>,
    hands: Vec<Option<Job<'a>>>,
    ended: BTreeSet<(usize, u64, u64)>,
    most_held: usize,
    most_flights: usize,
    dice: u64,
}

impl<'a> Mime<'a> {
    fn new(overlap: Overlap, threads: usize, starts: u32, dice: u64) -> Self {
        let key = |instance: usize, dim| SurfaceKey {
            seed: 1,
            layout: Layout::new(3, dim),
            instance: instance as u64,
        };
        let carrier = Carrier { isa: Isa::Scalar, batch: 48 };
        let protocol = Protocol::paper(3);
        let rules = Rules::CURRENT;
        let job = SurfaceJob { key: key(0, 9), couplings: None, protocol, rules, carrier, traced: false };
        let planned = DIMS.iter().enumerate();
        let planned = planned.map(|(number, &dim)| Planned {
            key: key(number, dim),
            starts: std::iter::once(0..starts).collect(),
        });
        let board = Board::new(job, planned.collect(), overlap, threads);
        let hands = std::iter::repeat_with(|| None).take(threads).collect();
        Self { board, hands, ended: BTreeSet::new(), most_held: 0, most_flights: 0, dice }
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) as usize % sides
    }

    /// Takes turns until everything is done.
    fn work_off(&mut self) {
        let mut idle = 0;
        while idle < 1000 {
            let turn = self.roll(self.hands.len());
            match self.hands[turn].take() {
                None => {
                    let mut state = self.board.lock();
                    let choice = self.board.choose(&mut state);
                    self.most_held = self.most_held.max(state.held);
                    let flights = state.entries.iter().map(|entry| entry.flights).sum();
                    self.most_flights = self.most_flights.max(flights);
                    let full = state.held > self.board.overlap.surfaces;
                    let heavy = state.held > 1 && state.bytes > self.board.overlap.bytes;
                    assert!(!full && !heavy, "{} surfaces, {} bytes", state.held, state.bytes);
                    drop(state);
                    match choice {
                        Choice::Job(job) => self.hands[turn] = Some(job),
                        Choice::Wait => {
                            assert!(self.hands.iter().any(Option::is_some), "all wait for each other");
                        }
                        Choice::Nothing => idle += 1,
                    }
                }
                Some(job) => self.do_job(job),
            }
        }
    }

    fn do_job(&mut self, job: Job<'a>) {
        match job {
            Job::Draw(site, chunks) => {
                if site.draw(chunks) {
                    self.board.drawn(&site);
                }
            }
            Job::Descend(site) => {
                let wanted = 1 + self.roll(48);
                let ids = self.board.take_starts(&site, wanted);
                let ended = ids.iter().map(|&id| Descended { id: id.into(), ..Descended::default() });
                self.board.came_down(&site, ended.collect());
                self.board.landed(&site);
            }
            Job::Finish(site, round) => {
                assert!((1..=*lanes(site.job.protocol.method().sought()).end()).contains(&round.ids().len()));
                for id in round.ids() {
                    let key = site.job.key;
                    assert!(self.ended.insert((key.layout.dim, key.instance, id)), "start {id} ends twice");
                }
                let ended = round.ids().len();
                self.board.returned(site, Round::default(), ended);
            }
        }
    }
}

#[test]
fn every_start_ends_once_and_no_more_surfaces_are_at_hand_than_allowed() {
    let roomy = u64::MAX;
    let tight = surface_bytes(9) + surface_bytes(3);
    for (surfaces, bytes, most) in [(1, roomy, 1), (2, roomy, 2), (4, roomy, 4), (4, tight, 3), (4, 0, 1)] {
        for seed in 0..40 {
            let threads = 1 + seed as usize % 5;
            let mut mime = Mime::new(Overlap { surfaces, bytes }, threads, 1 + seed as u32 * 3, seed);
            mime.work_off();
            assert_eq!(mime.ended.len(), DIMS.len() * (1 + seed as usize * 3));
            assert!(mime.most_held <= most, "{} of {most}", mime.most_held);
            let state = mime.board.lock();
            assert_eq!((state.held, state.bytes), (0, 0));
        }
    }
}

#[test]
fn one_thread_at_a_time_feeds_a_device_while_others_polish() {
    for seed in 0..40 {
        let threads = 1 + seed as usize % 5;
        let mut mime = Mime::new(Overlap { surfaces: 2, bytes: u64::MAX }, threads, 20, seed);
        let on_device = Sgd { device: DeviceClass::Cuda, ..Sgd::paper(3) };
        mime.board.job.protocol = Protocol::Sgd(on_device);
        assert_eq!(mime.board.shares_rounds(), threads == 1);
        mime.work_off();
        assert_eq!(mime.ended.len(), DIMS.len() * 20);
        assert_eq!(mime.most_flights, 1);
    }
}

#[test]
fn threads_with_nothing_to_do_open_the_next_surface() {
    let mut mime = Mime::new(Overlap { surfaces: 2, bytes: u64::MAX }, 2, 20, 0);
    let [first, second] = [(); 2].map(|()| mime.board.choose(&mut mime.board.lock()));
    let (Choice::Job(Job::Draw(first, _)), Choice::Job(Job::Draw(second, _))) = (first, second) else {
        panic!("two threads draw")
    };
    assert!(!Arc::ptr_eq(&first, &second));
    mime.do_job(Job::Draw(first.clone(), 0..CHUNKS));
    // All twenty starts go to the thread that asks first: the other has a surface of its own.
    assert_eq!(mime.board.take_starts(&first, 48).len(), 20);
}
