//! Every start ends once, whatever turns the threads take.

use super::super::shared_surface::JobStarts;
use super::*;
use crate::descent::{Execution, Protocol, Rules, Sgd};
use crate::hamiltonian::{CHUNKS, Isa};
use std::collections::BTreeSet;

const DIMS: [usize; 6] = [9, 9, 8, 5, 5, 3];

fn surface_bytes(dim: usize) -> u64 {
    Layout::new(3, dim).values().unwrap() * 4 * 3
}

/// Threads that take turns as a generator says, checked at each step.
struct SimulatedThreads<'a> {
    scheduler: Scheduler<'a>,
    jobs: Vec<Option<WorkerTask<'a>>>,
    ended: BTreeSet<(usize, u64, u64)>,
    most_held: usize,
    most_descending: usize,
    random: u64,
}

impl<'a> SimulatedThreads<'a> {
    fn new(overlap: Overlap, threads: usize, starts: u32, random: u64) -> Self {
        let key = |instance: usize, dim| SurfaceKey {
            seed: 1,
            layout: Layout::new(3, dim),
            instance: instance as u64,
        };
        let execution = Execution { isa: Isa::Scalar, batch: 48 };
        let protocol = Protocol::paper(3);
        let rules = Rules::CURRENT;
        let job = SurfaceJob {
            key: key(0, 9),
            couplings: None,
            model: None,
            protocol,
            rules,
            execution,
            traced: false,
            starts: JobStarts::Uniform,
            few_starts: false,
            have_slopes: false,
        };
        let planned = DIMS.iter().enumerate();
        let planned = planned.map(|(number, &dim)| Planned {
            key: key(number, dim),
            starts: std::iter::once(0..starts).collect(),
        });
        let scheduler = Scheduler::new(job, planned.collect(), overlap, threads);
        let jobs = std::iter::repeat_with(|| None).take(threads).collect();
        Self { scheduler, jobs, ended: BTreeSet::new(), most_held: 0, most_descending: 0, random }
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) as usize % sides
    }

    /// Takes turns until everything is done.
    fn work_off(&mut self) {
        let mut idle = 0;
        while idle < 1000 {
            let turn = self.roll(self.jobs.len());
            match self.jobs[turn].take() {
                None => {
                    let mut state = self.scheduler.lock();
                    let choice = self.scheduler.choose(&mut state);
                    self.most_held = self.most_held.max(state.held);
                    let descending = state.entries.iter().map(|entry| entry.descending).sum();
                    self.most_descending = self.most_descending.max(descending);
                    let full = state.held > self.scheduler.overlap.surfaces;
                    let heavy = state.held > 1 && state.bytes > self.scheduler.overlap.bytes;
                    assert!(!full && !heavy, "{} surfaces, {} bytes", state.held, state.bytes);
                    drop(state);
                    match choice {
                        Choice::WorkerTask(job) => self.jobs[turn] = Some(job),
                        Choice::Wait => {
                            assert!(self.jobs.iter().any(Option::is_some), "all wait for each other");
                        }
                        Choice::Nothing => idle += 1,
                    }
                }
                Some(job) => self.do_job(job),
            }
        }
    }

    fn do_job(&mut self, job: WorkerTask<'a>) {
        match job {
            WorkerTask::Draw(surface, chunks) => {
                if surface.draw(chunks) {
                    self.scheduler.drawn(&surface);
                }
            }
            WorkerTask::Descend(surface) => {
                let wanted = 1 + self.roll(48);
                let ids = self.scheduler.take_starts(&surface, wanted);
                let ended = ids.iter().map(|&id| Descended { id: id.into(), ..Descended::default() });
                self.scheduler.add_descended(&surface, ended.collect());
                self.scheduler.descent_ended(&surface);
            }
            WorkerTask::Refine(surface, batch) => {
                assert!(
                    (1..=*batch_sizes(surface.job.protocol.method().sought()).end())
                        .contains(&batch.ids().len())
                );
                for id in batch.ids() {
                    let key = surface.job.key;
                    assert!(self.ended.insert((key.layout.dim, key.instance, id)), "start {id} ends twice");
                }
                let ended = batch.ids().len();
                self.scheduler.batch_ended(surface, RefinementBatch::default(), ended);
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
            let mut simulated =
                SimulatedThreads::new(Overlap { surfaces, bytes }, threads, 1 + seed as u32 * 3, seed);
            simulated.work_off();
            assert_eq!(simulated.ended.len(), DIMS.len() * (1 + seed as usize * 3));
            assert!(simulated.most_held <= most, "{} of {most}", simulated.most_held);
            let state = simulated.scheduler.lock();
            assert_eq!((state.held, state.bytes), (0, 0));
        }
    }
}

#[test]
fn one_thread_at_a_time_feeds_a_device_while_others_polish() {
    for seed in 0..40 {
        let threads = 1 + seed as usize % 5;
        let mut simulated =
            SimulatedThreads::new(Overlap { surfaces: 2, bytes: u64::MAX }, threads, 20, seed);
        let on_device = Sgd { device: DeviceClass::Cuda, ..Sgd::paper(3) };
        simulated.scheduler.job.protocol = Protocol::Sgd(on_device);
        assert_eq!(simulated.scheduler.refines_while_descending(), threads == 1);
        simulated.work_off();
        assert_eq!(simulated.ended.len(), DIMS.len() * 20);
        assert_eq!(simulated.most_descending, 1);
    }
}

#[test]
fn threads_with_nothing_to_do_open_the_next_surface() {
    let mut simulated = SimulatedThreads::new(Overlap { surfaces: 2, bytes: u64::MAX }, 2, 20, 0);
    let [first, second] = [(); 2].map(|()| simulated.scheduler.choose(&mut simulated.scheduler.lock()));
    let (Choice::WorkerTask(WorkerTask::Draw(first, _)), Choice::WorkerTask(WorkerTask::Draw(second, _))) =
        (first, second)
    else {
        panic!("two threads draw")
    };
    assert!(!Arc::ptr_eq(&first, &second));
    simulated.do_job(WorkerTask::Draw(first.clone(), 0..CHUNKS));
    // All twenty starts go to the thread that asks first: the other has a surface of its own.
    assert_eq!(simulated.scheduler.take_starts(&first, 48).len(), 20);
}
