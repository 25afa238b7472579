//! A surface about to be drawn: its chunks can be made apart, on any threads, in any order.

use std::ops::Range;

use super::draw::SurfaceKey;
use super::field::Field;
use super::kernel::memory;
use super::layout::{CHUNKS, Layout};
use super::model::{Law, Model, dominant};
use super::order::OrderRecipe;
use super::own::OwnCouplings;
use super::spike::PlantedSpike;
use super::surface::Surface;
use super::tensor::SymmetricTensor;

/// A surface about to be drawn, as a [`Surface`] is made.
#[derive(Debug)]
pub struct Recipe<'a> {
    key: SurfaceKey,
    samples: usize,
    /// See [`Landscape::deviation`](super::Landscape::deviation).
    deviation: f64,
    /// See [`Surface::scale`].
    scale: f64,
    /// Orders from 2, ascending.
    orders: Vec<OrderRecipe<'a>>,
    field: Option<Field>,
    spike: Option<PlantedSpike>,
    /// See [`Landscape::stream_order`](super::Landscape::stream_order).
    stream_order: usize,
    /// Chunks that are made.
    held: Range<usize>,
}

/// Of each order in turn one chunk of the couplings, then the same chunk of each sample tensor.
pub type ChunkValues = Vec<memory::Portion<f32>>;

/// Runs a job for each of `0..n` and returns the results in order; the caller may use threads.
pub type ChunkMap<'a> = &'a dyn Fn(usize, &(dyn Fn(usize) -> ChunkValues + Sync)) -> Vec<ChunkValues>;

impl Surface {
    /// The random surface of one order with this key; couplings are f32 values, drawn once and exact from then on.
    pub fn draw(key: &SurfaceKey, samples: usize, map: ChunkMap) -> Self {
        Recipe::random(*key, samples).carry_out(map)
    }

    /// The random surface of a model: the pure Gaussian one is that of [`Self::draw`], to the bit.
    ///
    /// # Panics
    /// If the key has another order than the model's highest.
    pub fn draw_model(key: &SurfaceKey, model: &Model, samples: usize, map: ChunkMap) -> Self {
        Recipe::of_model(*key, model, samples).carry_out(map)
    }

    /// A surface with given couplings as they are. Sample tensors get the noise of a random surface whose entries have the
    /// [deviation](super::Landscape::deviation) of these.
    pub fn given(key: &SurfaceKey, couplings: &SymmetricTensor<f64>, samples: usize, map: ChunkMap) -> Self {
        Recipe::given(*key, couplings, samples).carry_out(map)
    }

    /// A surface with given couplings divided by their [scale](SymmetricTensor::scale) s: energies, gradients and Hessians
    /// are in units of s.
    ///
    /// # Panics
    /// If s is not a normal number.
    pub fn normalised(
        key: &SurfaceKey,
        couplings: &SymmetricTensor<f64>,
        samples: usize,
        map: ChunkMap,
    ) -> Self {
        Recipe::normalised(*key, couplings, samples).carry_out(map)
    }
}

impl<'a> Recipe<'a> {
    fn of_orders(key: SurfaceKey, samples: usize, orders: Vec<OrderRecipe<'a>>) -> Self {
        Self {
            key,
            samples,
            deviation: 1.0,
            scale: 1.0,
            orders,
            field: None,
            spike: None,
            stream_order: key.layout.spins,
            held: 0..CHUNKS,
        }
    }

    /// See [`Surface::draw`].
    pub fn random(key: SurfaceKey, samples: usize) -> Self {
        Self::of_orders(key, samples, vec![OrderRecipe::random(key, Law::Gaussian, 1.0, samples)])
    }

    /// See [`Surface::draw_model`].
    ///
    /// # Panics
    /// If the key has another order than the model's highest.
    #[track_caller]
    pub fn of_model(key: SurfaceKey, model: &Model, samples: usize) -> Self {
        assert_eq!(key.layout.spins, model.orders.highest());
        let Model { orders, law, spike } = *model;
        let (mut field, mut tensors) = (None, Vec::new());
        for (order, variance) in orders.shares() {
            let deviation = variance.sqrt();
            match order {
                1 => field = Some(Field::draw(&key, law, deviation, samples)),
                _ => tensors.push(OrderRecipe::random(at_order(&key, order), law, deviation, samples)),
            }
        }
        Self {
            deviation: orders.at_one()[0].sqrt(),
            stream_order: orders.dominant(),
            field,
            spike: spike.map(|shape| PlantedSpike::draw(&key, shape)),
            ..Self::of_orders(key, samples, tensors)
        }
    }

    /// See [`Surface::given`].
    ///
    /// # Panics
    /// If the couplings have another order or dimension than the key.
    pub fn given(key: SurfaceKey, couplings: &'a SymmetricTensor<f64>, samples: usize) -> Self {
        assert_eq!(couplings.layout(), key.layout);
        let deviation = couplings.weighted_root_mean_square();
        let order = OrderRecipe::given(key, couplings, (1.0, deviation), samples);
        Self { deviation, ..Self::of_orders(key, samples, vec![order]) }
    }

    /// See [`Surface::normalised`].
    ///
    /// # Panics
    /// If the couplings have another order or dimension than the key, or a scale that is not a normal number.
    pub fn normalised(key: SurfaceKey, couplings: &'a SymmetricTensor<f64>, samples: usize) -> Self {
        assert_eq!(couplings.layout(), key.layout);
        let scale = couplings.scale();
        assert!(scale.is_normal(), "couplings of scale {scale}");
        let order = OrderRecipe::given(key, couplings, (scale, 1.0), samples);
        Self { scale, ..Self::of_orders(key, samples, vec![order]) }
    }

    /// The user's couplings of one or several orders, divided by their common scale.
    ///
    /// # Panics
    /// As [`Self::normalised`].
    pub fn own(key: SurfaceKey, couplings: &'a OwnCouplings, samples: usize) -> Self {
        if let ([tensor], None) = (couplings.tensors(), couplings.field()) {
            return Self::normalised(key, tensor, samples);
        }
        assert_eq!(couplings.layout(), key.layout);
        let scale = couplings.scale();
        assert!(scale.is_normal(), "couplings of scale {scale}");
        let orders = couplings.tensors().iter().map(|tensor| {
            let key = at_order(&key, tensor.layout().spins);
            OrderRecipe::given(key, tensor, (scale, tensor.scale() / scale), samples)
        });
        let field = couplings.field().map(|field| Field::given(&key, field, scale, samples));
        let stream_order = dominant(couplings.scales().into_iter()).unwrap_or(key.layout.spins);
        Self { scale, field, stream_order, ..Self::of_orders(key, samples, orders.collect()) }
    }

    /// The same surface, to the bit, stored for passes with few points: leaves of random couplings of order 3 lie side by
    /// side. Other orders and given couplings are stored as ever.
    pub fn for_few_points(self) -> Self {
        Self { orders: self.orders.into_iter().map(OrderRecipe::for_few_points).collect(), ..self }
    }

    /// Of the same surface, these chunks alone.
    pub fn share(self, held: Range<usize>) -> Self {
        Self { held, ..self }
    }

    /// Makes chunk number `chunk`, once.
    ///
    /// # Panics
    /// If it was made before, or is not among those that are held.
    pub fn part(&self, chunk: usize) -> ChunkValues {
        self.orders.iter().flat_map(|order| order.part(&self.held, chunk)).collect()
    }

    /// The surface of all parts, in order.
    ///
    /// # Panics
    /// If a part is missing.
    pub fn assemble(&self, mut parts: Vec<ChunkValues>) -> Surface {
        // Each order takes its own chunks off the end.
        let mut tensors: Vec<_> = self
            .orders
            .iter()
            .rev()
            .map(|order| {
                let of_order = |part: &mut ChunkValues| part.split_off(part.len() - order.tensors());
                order.assemble(&self.held, parts.iter_mut().map(of_order).collect())
            })
            .collect();
        tensors.reverse();
        Surface {
            layout: self.key.layout,
            tensors,
            field: self.field.clone(),
            spike: self.spike.clone(),
            stream_order: self.stream_order,
            samples: self.samples,
            deviation: self.deviation,
            scale: self.scale,
            others: None,
        }
    }

    /// Makes all of them.
    pub fn carry_out(self, map: ChunkMap) -> Surface {
        self.assemble(map(self.held.len(), &|number| self.part(self.held.start + number)))
    }
}

/// The same surface at another order: streams of couplings are named by it.
fn at_order(key: &SurfaceKey, order: usize) -> SurfaceKey {
    SurfaceKey { layout: Layout { spins: order, ..key.layout }, ..*key }
}
