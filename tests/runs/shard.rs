//! A surface that several processes hold has the bits of one that a single process holds. Here the processes are threads.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{JoinHandle, scope, spawn};

use crate::common::{point, serial};
use hspin::descent::{CoolingRequest, DescentRequest, MethodName};
use hspin::hamiltonian::layout::share;
use hspin::hamiltonian::{
    Caller, ChunkAnswer, ChunkChannel, ChunkTask, Contraction, Isa, Landscape, Layout, Recipe, RemoteChunks,
    Surface, SurfaceKey, SymmetricTensor, Which,
};
use hspin::numeric::lanes::{PointLanes, Real};
use hspin::numeric::symmetric::Symmetric;
use hspin::studies::surfaces::shard::{Shards, serve_shard};
use hspin::studies::surfaces::{Given, Request, Spec, SurfaceStore, Surfaces};
use hspin::study::cluster::{GroupTransport, RankInputs, Transport, lead};
use hspin::study::{Job, Resources, Stop, verify};

use crate::carry_out::carry_out;

const CASES: [(usize, usize); 4] = [(2, 21), (3, 37), (4, 19), (5, 9)];
const GROUPS: [usize; 5] = [1, 2, 3, 5, 16];

fn key(spins: usize, dim: usize) -> SurfaceKey {
    SurfaceKey { seed: 5, layout: Layout::new(spins, dim), instance: 1 }
}

fn recipe<'a>(key: SurfaceKey, own: Option<&'a SymmetricTensor<f64>>) -> Recipe<'a> {
    match own {
        // As they are, or in units of their scale: by order, so that tests see both.
        Some(couplings) if key.layout.spins == 3 => Recipe::given(key, couplings, 2),
        Some(couplings) => Recipe::normalised(key, couplings, 2),
        None => Recipe::random(key, 2),
    }
}

/// Holders of chunks, a thread each; they go when nobody talks to them any more.
#[derive(Debug)]
struct Holders(Mutex<Vec<Holder>>);

#[derive(Debug)]
struct Holder {
    orders: Option<Sender<ChunkTask>>,
    answers: Receiver<ChunkAnswer>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.orders = None;
        self.thread.take().map(JoinHandle::join);
    }
}

/// A holder's end.
struct End {
    orders: Receiver<ChunkTask>,
    answers: Sender<ChunkAnswer>,
}

impl Caller for End {
    fn next(&mut self) -> Option<ChunkTask> {
        self.orders.recv().ok()
    }

    fn answer(&mut self, answer: ChunkAnswer) {
        self.answers.send(answer).unwrap();
    }
}

struct Held<'a>(MutexGuard<'a, Vec<Holder>>);

impl RemoteChunks for Holders {
    fn channel(&self) -> Box<dyn ChunkChannel + '_> {
        Box::new(Held(self.0.lock().unwrap()))
    }
}

impl ChunkChannel for Held<'_> {
    fn others(&self) -> usize {
        self.0.len()
    }

    fn ask(&mut self, other: usize, order: &ChunkTask) {
        self.0[other].orders.as_ref().unwrap().send(order.clone()).unwrap();
    }

    fn answer(&mut self, other: usize) -> ChunkAnswer {
        self.0[other].answers.recv().unwrap()
    }

    fn answer_now(&mut self, other: usize) -> Option<ChunkAnswer> {
        self.0[other].answers.try_recv().ok()
    }
}

/// The surface, held by so many.
fn held_by(ranks: usize, isa: Isa, key: SurfaceKey, own: Option<&SymmetricTensor<f64>>) -> Surface {
    let of = |rank| recipe(key, own).share(share(rank, ranks)).carry_out(&serial);
    let holders = (1..ranks).map(|rank| {
        let surface = of(rank);
        let (orders, to_do) = channel();
        let (answers, done) = channel();
        let thread = spawn(move || {
            let mut end = End { orders: to_do, answers };
            while let Some(order) = end.next() {
                surface.serve(isa, order, &mut end);
            }
        });
        Holder { orders: Some(orders), answers: done, thread: Some(thread) }
    });
    of(0).with_remote_chunks(Arc::new(Holders(Mutex::new(holders.collect()))))
}

fn block<T: Real>(dim: usize, points: usize) -> PointLanes<T> {
    let mut block = PointLanes::new(dim);
    for number in 0..points.min(T::LANES) as u64 {
        block.push(&point(dim, number).into_iter().map(T::from_f64).collect::<Vec<_>>());
    }
    block
}

/// Bits of energies, radial slopes and gradients, of the lanes that hold points.
fn bits<T: Real>(out: &Contraction<T>, points: usize) -> Vec<u64> {
    let rows = [&out.energy, &out.radial_slope].into_iter().chain(&out.gradient);
    rows.flat_map(|row| row.as_ref()[..points].iter().map(|x| x.to_f64().to_bits())).collect()
}

/// Bits of everything that can be asked of a surface at so many points.
fn all_bits(surface: &Surface, isa: Isa, points: usize) -> Vec<Vec<u64>> {
    let dim = surface.layout().dim;
    let mut all = Vec::new();
    let single = block::<f32>(dim, points);
    for which in [Which::Full, Which::Sample(0), Which::Sample(1)] {
        let mut out = Contraction::new(dim);
        surface.contract(isa, which, &single, &mut out);
        all.push(bits(&out, single.active));
    }
    let double = block::<f64>(dim, points);
    let mut out = Contraction::new(dim);
    surface.contract_exact(isa, &double, &mut out);
    all.push(bits(&out, double.active));
    let at: Vec<Vec<f64>> = (0..points.min(16) as u64).map(|number| point(dim, number)).collect();
    let hessians = surface.hessians_exact(isa, &at.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let of = |hessian: &Symmetric| -> Vec<u64> {
        (0..dim).flat_map(|j| hessian.lower_column(j).iter().map(|x| x.to_bits())).collect()
    };
    all.extend(hessians.iter().map(of));
    all
}

#[test]
fn energies_gradients_and_hessians_keep_their_bits_whoever_holds_the_chunks() {
    for (spins, dim) in CASES {
        let key = key(spins, dim);
        let whole = recipe(key, None).carry_out(&serial);
        for points in [3, 16, 48] {
            let expected = all_bits(&whole, Isa::Scalar, points);
            for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
                for ranks in GROUPS {
                    let found = all_bits(&held_by(ranks, isa, key, None), isa, points);
                    assert!(
                        found == expected,
                        "H={spins} Λ={dim}, {points} points, {ranks} on {}",
                        isa.name()
                    );
                }
            }
        }
    }
}

#[test]
fn couplings_of_the_users_own_keep_their_bits_too() {
    for (spins, dim) in [(3, 13), (4, 9)] {
        let key = key(spins, dim);
        // No f32 values.
        let own = SymmetricTensor::from_coefficients(key.layout, |indices| {
            (indices.iter().enumerate().map(|(place, &i)| (place + i) as f64 + 0.1).product::<f64>()).sin()
        });
        let whole = recipe(key, Some(&own)).carry_out(&serial);
        let expected = all_bits(&whole, Isa::Scalar, 9);
        for ranks in GROUPS {
            let surface = held_by(ranks, Isa::best(), key, Some(&own));
            assert_eq!((surface.deviation(), surface.scale()), (whole.deviation(), whole.scale()));
            assert_eq!(surface.scale() == 1.0, spins == 3);
            assert!(all_bits(&surface, Isa::best(), 9) == expected, "H={spins} Λ={dim}, {ranks}");
        }
    }
}

/// Messages between threads: by (from, to, channel).
type Mail = Arc<Mutex<BTreeMap<(usize, usize, usize), VecDeque<Vec<u8>>>>>;

#[derive(Clone)]
struct LocalWire {
    rank: usize,
    size: usize,
    mail: Mail,
}

impl GroupTransport for LocalWire {
    fn size(&self) -> usize {
        self.size
    }

    fn name(&self, member: usize) -> String {
        format!("thread {member}")
    }

    fn send(&self, to: usize, channel: usize, message: &[u8], meanwhile: &mut dyn FnMut()) {
        self.mail.lock().unwrap().entry((self.rank, to, channel)).or_default().push_back(message.to_vec());
        meanwhile();
    }

    fn receive(&self, from: usize, channel: usize) -> Option<Vec<u8>> {
        self.mail.lock().unwrap().get_mut(&(from, self.rank, channel))?.pop_front()
    }
}

/// The only rank.
struct Alone;

impl Transport for Alone {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn send(&self, _: usize, _: &[u8]) {}

    fn receive(&self) -> Option<(usize, Vec<u8>)> {
        None
    }
}

fn resources(shard: usize, threads: usize) -> Resources {
    Resources { shard, ..Resources::of_threads(threads) }
}

/// Carries out a run as the one who leads these.
fn led(
    store: &mut SurfaceStore,
    shards: &Arc<Shards>,
    resources: &Resources,
    stop: &Stop,
) -> hspin::Result<()> {
    let (spec, given) = (store.spec().clone(), Given::default().held_with(Some(shards.clone())));
    let job = Job { spec: &spec, given: &given, resources, observer: &(), stop };
    lead(&Alone, store, &job).map(drop)
}

/// Content of a run by a group of so many, with so many threads each; of a single process for 0.
fn run(request: &Request, size: usize, threads: usize) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.run");
    let mut store = SurfaceStore::create(&path, &Spec::new(request).unwrap()).unwrap();
    let stop = Stop::default();
    if size == 0 {
        carry_out(&mut store, &resources(1, threads), &(), &stop).unwrap();
    } else {
        let mail = Mail::default();
        let wire = |rank| LocalWire { rank, size, mail: mail.clone() };
        let given = Given::default();
        let inputs = || RankInputs { given: &given, resources: resources(size, threads) };
        scope(|scope| {
            for rank in 1..size {
                let (wire, stop) = (wire(rank), &stop);
                scope.spawn(move || serve_shard(&wire, rank, Ok(inputs()), stop).unwrap());
            }
            let shards = Arc::new(Shards::new(Box::new(wire(0))));
            let ended = led(&mut store, &shards, &resources(size, threads), &stop);
            shards.end();
            ended.unwrap();
            assert!(size == 1 || shards.traffic().messages > 0);
        });
        assert!(mail.lock().unwrap().values().all(VecDeque::is_empty), "a word was not heard");
    }
    drop(store);
    let found = verify::<Surfaces>(&path).unwrap();
    assert!(found.ok && found.complete);
    found.content_hash
}

#[test]
fn runs_of_every_protocol_have_the_content_of_one_process() {
    for (spins, dims, method) in [
        (3, [12, 20], MethodName::Sgd),
        (4, [7, 9], MethodName::Gd),
        (3, [11, 15], MethodName::Fast),
        (3, [6, 10], MethodName::Saddle),
        (3, [9, 14], MethodName::Anneal),
    ] {
        let cooling = CoolingRequest { sweeps: Some(60), ..Default::default() };
        let request = Request {
            spins: Some(spins),
            dims: Some(dims.to_vec()),
            starts: Some(30),
            instances: Some(2),
            trace: Some(true),
            protocol: Some(method),
            descent: match method {
                MethodName::Anneal => DescentRequest { cooling, ..Default::default() },
                _ => DescentRequest::default(),
            },
            ..Request::default()
        };
        let expected = run(&request, 0, 2);
        for (size, threads) in [(1, 2), (2, 1), (3, 2), (5, 3)] {
            assert_eq!(run(&request, size, threads), expected, "{} by {size} of {threads}", method.name());
        }
    }
}

#[test]
fn one_who_cannot_hold_its_share_says_why() {
    let request = Request { dims: Some(vec![9]), starts: Some(20), ..Request::default() };
    let folder = tempfile::tempdir().unwrap();
    let mut store =
        SurfaceStore::create(&folder.path().join("a.run"), &Spec::new(&request).unwrap()).unwrap();
    let (mail, stop) = (Mail::default(), Stop::default());
    let wire = |rank| LocalWire { rank, size: 3, mail: mail.clone() };
    let given = Given::default();
    let small = RankInputs { given: &given, resources: Resources { memory: 1000, ..resources(3, 1) } };
    let other = RankInputs { given: &given, resources: resources(3, 1) };
    scope(|scope| {
        let served = [(1, other), (2, small)].map(|(rank, inputs)| {
            let (wire, stop) = (wire(rank), &stop);
            scope.spawn(move || serve_shard(&wire, rank, Ok(inputs), stop))
        });
        let shards = Arc::new(Shards::new(Box::new(wire(0))));
        let error = led(&mut store, &shards, &resources(3, 1), &stop).unwrap_err().to_string();
        shards.end();
        assert!(error.starts_with("thread 2: ") && error.contains("1000 are available"), "{error}");
        let [good, bad] = served.map(|thread| thread.join().unwrap());
        assert!(good.is_ok() && bad.is_err());
    });
}

#[test]
fn a_signal_to_one_who_holds_chunks_stops_the_one_who_leads() {
    let request = Request { dims: Some(vec![60]), starts: Some(2000), ..Request::default() };
    let folder = tempfile::tempdir().unwrap();
    let mut store =
        SurfaceStore::create(&folder.path().join("a.run"), &Spec::new(&request).unwrap()).unwrap();
    let mail = Mail::default();
    let wire = |rank| LocalWire { rank, size: 2, mail: mail.clone() };
    let (led_stop, served_stop) = (Stop::default(), Stop::default());
    served_stop.request(15);
    let given = Given::default();
    let inputs = RankInputs { given: &given, resources: resources(2, 1) };
    scope(|scope| {
        let (far, stop) = (wire(1), &served_stop);
        let served = scope.spawn(move || serve_shard(&far, 1, Ok(inputs), stop));
        let shards = Arc::new(Shards::new(Box::new(wire(0))));
        let ended = led(&mut store, &shards, &resources(2, 1), &led_stop);
        shards.end();
        assert!(matches!(ended, Err(hspin::Error::Interrupted(15))));
        assert!(matches!(served.join().unwrap(), Err(hspin::Error::Interrupted(15))));
    });
}
