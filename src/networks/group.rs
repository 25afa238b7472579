//! Sixteen networks side by side: one row per weight, one lane per network.

use super::kernel::lanes::{Lanes, TILE};
use super::shape::{Network, Shape};

/// Networks that are trained together, one to a lane of a 512-bit register.
pub const GROUP: usize = Lanes::WIDTH;

/// The weights of sixteen networks of one shape.
///
/// Every layer is padded to a multiple of [`TILE`] units whose weights are zero and stay zero.
#[derive(Debug, Clone)]
pub struct NetworkGroup {
    shape: Shape,
    /// Incoming weights \[hidden\]\[input\], padded.
    pub(super) incoming: Vec<Lanes>,
    /// Outgoing weights \[hidden\]\[output\], padded.
    pub(super) outgoing: Vec<Lanes>,
}

impl NetworkGroup {
    /// Puts networks into lanes.
    ///
    /// # Panics
    /// If there are not sixteen, or their shapes differ.
    pub fn new(networks: &[Network]) -> Self {
        assert_eq!(networks.len(), GROUP, "a group has {GROUP} networks");
        let shape = networks[0].shape;
        assert!(networks.iter().all(|network| network.shape == shape), "shapes differ");
        let padded = padded(&shape);
        let mut group = Self {
            shape,
            incoming: vec![Lanes::ZERO; padded.hidden * padded.inputs],
            outgoing: vec![Lanes::ZERO; padded.hidden * padded.outputs],
        };
        for (at, row) in group.rows() {
            for (lane, network) in networks.iter().enumerate() {
                row.0[lane] = network.weights[at];
            }
        }
        group
    }

    /// Units by layer.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Takes the networks out of their lanes.
    pub fn networks(mut self) -> Vec<Network> {
        let shape = self.shape;
        let mut networks = vec![Network { shape, weights: vec![0.0; shape.parameters()] }; GROUP];
        for (at, row) in self.rows() {
            for (network, &weight) in networks.iter_mut().zip(&row.0) {
                network.weights[at] = weight;
            }
        }
        networks
    }

    /// Rows that hold weights, with the place of each in a network's vector.
    fn rows(&mut self) -> impl Iterator<Item = (usize, &mut Lanes)> {
        let (shape, padded) = (self.shape, padded(&self.shape));
        let incoming = self.incoming.chunks_exact_mut(padded.inputs).take(shape.hidden);
        let outgoing = self.outgoing.chunks_exact_mut(padded.outputs).take(shape.hidden);
        let rows = incoming.flat_map(move |unit| unit.iter_mut().take(shape.inputs));
        rows.chain(outgoing.flat_map(move |unit| unit.iter_mut().take(shape.outputs))).enumerate()
    }
}

/// Every layer rounded up to whole tiles.
pub(super) fn padded(shape: &Shape) -> Shape {
    Shape {
        inputs: shape.inputs.next_multiple_of(TILE),
        hidden: shape.hidden.next_multiple_of(TILE),
        outputs: shape.outputs.next_multiple_of(TILE),
    }
}
