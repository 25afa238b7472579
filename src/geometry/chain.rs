//! A chain of minima from one to another, with passes between neighbours or gaps where none is known yet.

use super::band::BandEnd;
use super::pass::{Pass, Side};
use super::same::is_same;

/// A minimum of a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its number among the minima that are known; `None` for another one.
    pub known: Option<usize>,
    /// The minimum; on an even landscape either of ±w.
    pub point: Vec<f64>,
    /// L there.
    pub energy: f64,
}

/// What joins two neighbours.
#[derive(Debug, Clone, PartialEq)]
pub enum Link {
    /// A pass.
    Pass(Saddle),
    /// Nothing yet.
    Gap(Gap),
}

/// The saddle of a pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Saddle {
    /// Where it is.
    pub point: Vec<f64>,
    /// L there.
    pub energy: f64,
    /// ‖g‖/√Λ.
    pub gradient_norm: f64,
    /// The negative eigenvalue.
    pub eigenvalue: f64,
}

/// Where a band has to find a pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// Where the band begins: points joined by arcs of great circles, from minimum to minimum.
    pub path: Vec<Vec<f64>>,
    /// Bands that found nothing here.
    pub tries: u32,
}

/// Minima, and what joins each to the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// From the first minimum to the last.
    pub nodes: Vec<Node>,
    /// One fewer than minima.
    pub links: Vec<Link>,
}

impl Chain {
    /// Two minima with a gap between them.
    pub fn between(a: Node, b: Node) -> Self {
        let path = vec![a.point.clone(), b.point.clone()];
        Self { nodes: vec![a, b], links: vec![Link::Gap(Gap { path, tries: 0 })] }
    }

    /// The first gap.
    pub fn gap(&self) -> Option<(usize, &Gap)> {
        self.links.iter().enumerate().find_map(|(at, link)| match link {
            Link::Gap(gap) => Some((at, gap)),
            Link::Pass(_) => None,
        })
    }

    /// The saddles, in order.
    pub fn saddles(&self) -> impl Iterator<Item = &Saddle> {
        self.links.iter().filter_map(|link| match link {
            Link::Pass(saddle) => Some(saddle),
            Link::Gap(_) => None,
        })
    }

    /// The highest saddle.
    pub fn top(&self) -> Option<&Saddle> {
        self.saddles().max_by(|a, b| a.energy.total_cmp(&b.energy))
    }

    /// Whether there is no gap.
    pub fn is_closed(&self) -> bool {
        self.gap().is_none()
    }

    /// Puts the pass that a band found in place of a gap, with further minima and gaps where its sides lead elsewhere than to
    /// the gap's two ends; what is gone through twice is left out. Bands of the new gaps begin along what this one passes on
    /// its side of the climbing image. Whether that brings the chain on; if not, it is as it was.
    pub fn close(
        &mut self,
        is_even: bool,
        at: usize,
        (pass, band): (Pass, &BandEnd),
        number: &dyn Fn(&[f64]) -> Option<usize>,
    ) -> bool {
        let same = |a: &Node, b: &Node| is_same(is_even, &a.point, &b.point);
        let Pass { point, energy, gradient_norm, eigenvalue, sides } = pass;
        let [down, up] = sides;
        let way_down: Vec<Vec<f64>> = band.before().iter().chain([&down.minimum]).cloned().collect();
        let way_up: Vec<Vec<f64>> = [&up.minimum].into_iter().chain(band.behind()).cloned().collect();
        let node =
            |Side { minimum, energy, .. }: Side| Node { known: number(&minimum), point: minimum, energy };
        let (left, right) = (node(down), node(up));
        let [first, last] = [self.nodes[at].clone(), self.nodes[at + 1].clone()];
        let saddle = Saddle { point, energy, gradient_norm, eigenvalue };
        if same(&left, &last) && same(&right, &first) {
            self.links[at] = Link::Pass(saddle);
            return true;
        }
        let is_loop = same(&left, &right);
        if is_loop && (same(&left, &first) || same(&left, &last)) {
            return false;
        }
        let tries = match &self.links[at] {
            Link::Gap(gap) => gap.tries,
            Link::Pass(_) => 0,
        };
        let gap = |path| Link::Gap(Gap { path, tries });
        let (mut nodes, mut links) = (Vec::new(), Vec::new());
        if !same(&left, &first) {
            links.push(gap(way_down));
            nodes.push(left);
        }
        if !is_loop {
            links.push(Link::Pass(saddle));
            nodes.push(right.clone());
        }
        if same(&right, &last) {
            nodes.pop();
        } else {
            links.push(gap(way_up));
        }
        self.links.splice(at..=at, links);
        self.nodes.splice(at + 1..at + 1, nodes);
        self.leave_out_loops(&same);
        true
    }

    /// From a minimum that the chain comes back to it goes on at once.
    fn leave_out_loops(&mut self, same: &dyn Fn(&Node, &Node) -> bool) {
        let mut at = 0;
        while at < self.nodes.len() {
            let again =
                (at + 1..self.nodes.len()).rev().find(|&later| same(&self.nodes[at], &self.nodes[later]));
            if let Some(later) = again {
                self.nodes.drain(at + 1..=later);
                self.links.drain(at..later);
            }
            at += 1;
        }
    }
}
