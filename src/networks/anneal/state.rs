//! A three-valued network with its sums over all digits, kept up to date move by move.

use super::shares::Shares;
use crate::networks::data::{Digits, PIXEL_UNIT, PIXEL_ZERO};
use crate::networks::shape::Shape;

/// The state of a chain, and one proposed move beside it.
///
/// Sums are whole numbers in units of 1/64, the unit of inputs: at most 100 · 222 into a unit, and n₁ times that out.
pub struct State<'a> {
    shape: Shape,
    /// Loss per unit of the integer outputs.
    scale: f64,
    shares: &'a Shares,
    values: Vec<i8>,
    weights: Vec<i8>,
    labels: &'a [u8],
    /// 64 x: \[input\]\[digit\].
    inputs: Vec<i32>,
    /// Sums into hidden units: \[unit\]\[digit\].
    sums: Vec<i32>,
    /// Outputs: \[class\]\[digit\].
    outputs: Vec<i32>,
    /// Cross-entropy of each digit.
    losses: Vec<f64>,
    loss: f64,
    proposal: Proposal,
}

/// A move that has been worked out.
#[derive(Default)]
struct Proposal {
    chosen: usize,
    value: i8,
    /// Units whose sums change, with the new sums one after the other.
    units: Vec<usize>,
    sums: Vec<i32>,
    outputs: Vec<i32>,
    losses: Vec<f64>,
    loss: f64,
}

impl<'a> State<'a> {
    pub fn new(shape: &Shape, gain: f64, shares: &'a Shares, values: Vec<i8>, digits: &'a Digits) -> Self {
        let count = digits.count();
        let mut weights = vec![0; shape.parameters()];
        for (value, &level) in values.iter().enumerate() {
            shares.weights(value).iter().for_each(|&place| weights[place as usize] = level);
        }
        let mut inputs = vec![0; shape.inputs * count];
        for digit in 0..count {
            for (i, &pixel) in digits.pixels(digit).iter().enumerate() {
                inputs[i * count + digit] = i32::from(pixel) - PIXEL_ZERO;
            }
        }
        let layers = (shape.inputs as f64).sqrt() * (shape.hidden as f64).sqrt();
        let mut state = Self {
            shape: *shape,
            scale: gain / (layers * f64::from(PIXEL_UNIT)),
            shares,
            values,
            weights,
            labels: digits.labels(),
            inputs,
            sums: vec![0; shape.hidden * count],
            outputs: vec![0; shape.outputs * count],
            losses: vec![0.0; count],
            loss: 0.0,
            proposal: Proposal::default(),
        };
        state.work_out();
        state
    }

    /// Everything from the weights.
    fn work_out(&mut self) {
        let count = self.labels.len();
        for unit in 0..self.shape.hidden {
            let sums = &mut self.sums[unit * count..][..count];
            for i in 0..self.shape.inputs {
                let weight = self.weights[unit * self.shape.inputs + i];
                add(weight, &self.inputs[i * count..][..count], sums);
            }
            let active: Vec<i32> = sums.iter().map(|&sum| sum.max(0)).collect();
            for class in 0..self.shape.outputs {
                let weight = self.weights[self.outgoing(unit) + class];
                add(weight, &active, &mut self.outputs[class * count..][..count]);
            }
        }
        for digit in 0..count {
            self.losses[digit] = self.cross_entropy(&self.outputs, digit);
        }
        self.loss = self.losses.iter().sum::<f64>() / count as f64;
    }

    fn outgoing(&self, unit: usize) -> usize {
        self.shape.incoming() + unit * self.shape.outputs
    }

    /// The hidden unit that a weight leads into or out of.
    fn unit_of(&self, place: usize) -> usize {
        match place.checked_sub(self.shape.incoming()) {
            None => place / self.shape.inputs,
            Some(outgoing) => outgoing / self.shape.outputs,
        }
    }

    /// Mean cross-entropy.
    pub fn loss(&self) -> f64 {
        self.loss
    }

    /// The present level of a free value.
    pub fn value(&self, chosen: usize) -> i8 {
        self.values[chosen]
    }

    /// All weights.
    pub fn weights(&self) -> &[i8] {
        &self.weights
    }

    /// Works out the mean cross-entropy with one free value at another level.
    pub fn propose(&mut self, chosen: usize, value: i8) -> f64 {
        let mut proposal = std::mem::take(&mut self.proposal);
        (proposal.chosen, proposal.value) = (chosen, value);
        proposal.units.clear();
        proposal.sums.clear();
        proposal.outputs.clone_from(&self.outputs);
        let count = self.labels.len();
        let shares = self.shares;
        let places = shares.weights(chosen);
        let mut units: Vec<usize> = places.iter().map(|&place| self.unit_of(place as usize)).collect();
        units.sort_unstable();
        units.dedup();
        let mut active = vec![0; count];
        for unit in units {
            let here = &self.sums[unit * count..][..count];
            self.add_unit(unit, -1, here, &mut active, &mut proposal.outputs);
            let first = proposal.sums.len();
            proposal.sums.extend_from_slice(here);
            let change = value - self.values[chosen];
            let own = places.iter().map(|&place| place as usize).filter(|&place| self.unit_of(place) == unit);
            for place in own.filter(|&place| place < self.shape.incoming()) {
                let i = place % self.shape.inputs;
                let inputs = &self.inputs[i * count..][..count];
                for _ in 0..change.abs() {
                    add(change.signum(), inputs, &mut proposal.sums[first..]);
                }
            }
            proposal.units.push(unit);
        }
        // The weights are those of the proposal while its units are added, and then again as they were.
        self.set_weights(chosen, value);
        for (at, &unit) in proposal.units.iter().enumerate() {
            let sums = &proposal.sums[at * count..][..count];
            self.add_unit(unit, 1, sums, &mut active, &mut proposal.outputs);
        }
        self.set_weights(chosen, self.values[chosen]);
        proposal.losses.clone_from(&self.losses);
        for digit in 0..count {
            let is_changed = (0..self.shape.outputs)
                .any(|class| proposal.outputs[class * count + digit] != self.outputs[class * count + digit]);
            if is_changed {
                proposal.losses[digit] = self.cross_entropy(&proposal.outputs, digit);
            }
        }
        proposal.loss = proposal.losses.iter().sum::<f64>() / count as f64;
        self.proposal = proposal;
        self.proposal.loss
    }

    /// Makes the proposed move.
    ///
    /// # Panics
    /// If none was proposed since the last.
    pub fn accept(&mut self) {
        let mut proposal = std::mem::take(&mut self.proposal);
        let count = self.labels.len();
        assert_eq!(proposal.outputs.len(), self.outputs.len(), "a move was proposed");
        self.set_weights(proposal.chosen, proposal.value);
        self.values[proposal.chosen] = proposal.value;
        for (at, &unit) in proposal.units.iter().enumerate() {
            self.sums[unit * count..][..count].copy_from_slice(&proposal.sums[at * count..][..count]);
        }
        std::mem::swap(&mut self.outputs, &mut proposal.outputs);
        std::mem::swap(&mut self.losses, &mut proposal.losses);
        self.loss = proposal.loss;
        // Its space serves again, its content does not.
        proposal.outputs.clear();
        self.proposal = proposal;
    }

    fn set_weights(&mut self, chosen: usize, value: i8) {
        let shares = self.shares;
        shares.weights(chosen).iter().for_each(|&place| self.weights[place as usize] = value);
    }

    /// Adds or takes away what a unit with these sums gives to the outputs.
    fn add_unit(&self, unit: usize, sign: i8, sums: &[i32], active: &mut [i32], outputs: &mut [i32]) {
        active.iter_mut().zip(sums).for_each(|(active, &sum)| *active = sum.max(0));
        for (class, outputs) in outputs.chunks_exact_mut(active.len()).enumerate() {
            add(sign * self.weights[self.outgoing(unit) + class], active, outputs);
        }
    }

    fn cross_entropy(&self, outputs: &[i32], digit: usize) -> f64 {
        let (count, label) = (self.labels.len(), usize::from(self.labels[digit]));
        let output = |class: usize| outputs[class * count + digit];
        let top = (0..self.shape.outputs).map(output).max().unwrap_or(0);
        let terms = (0..self.shape.outputs).map(|k| libm::exp(self.scale * f64::from(output(k) - top)));
        libm::log(terms.sum()) + self.scale * f64::from(top - output(label))
    }
}

/// to + weight · from, for a weight of −1, 0 or 1.
fn add(weight: i8, from: &[i32], to: &mut [i32]) {
    match weight {
        1 => to.iter_mut().zip(from).for_each(|(to, from)| *to += from),
        -1 => to.iter_mut().zip(from).for_each(|(to, from)| *to -= from),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::data::bundled;
    use crate::rng::{Role, stream};
    use rand::RngExt;

    #[test]
    fn sums_after_many_moves_are_those_of_a_fresh_start() {
        let digits = bundled().unwrap().train.first(37);
        let shape = Shape::digits(6);
        for kept in [0.05, 1.0] {
            let mut random = stream(2, Role::Probe, &[6]);
            let shares = Shares::deal(&shape, kept, &mut random);
            let values = (0..shares.free()).map(|_| random.random_range(-1..=1i8)).collect();
            let mut state = State::new(&shape, 5.0, &shares, values, &digits);
            let start = state.loss();
            for _ in 0..300 {
                let chosen = random.random_range(0..shares.free());
                let proposed = state.propose(chosen, random.random_range(-1..=1));
                if random.random::<bool>() {
                    state.accept();
                    assert_eq!(state.loss(), proposed);
                }
            }
            let fresh = State::new(&shape, 5.0, &shares, state.values.clone(), &digits);
            assert_eq!((&fresh.weights, &fresh.sums), (&state.weights, &state.sums));
            assert_eq!((&fresh.outputs, &fresh.losses), (&state.outputs, &state.losses));
            assert_eq!(fresh.loss, state.loss);
            assert_ne!(fresh.loss, start);
        }
    }
}
