//! A climbing-image nudged elastic band on the sphere.

use super::arc::{arcs, spread};
use super::slopes::Slope;
use crate::numeric::dense::{dot, norm};
use crate::sphere::retract;

/// Images of a band, both ends included.
pub const IMAGES: usize = 17;
/// Most steps of a band.
pub const MOST_BAND_STEPS: u32 = 2000;
/// Length of the force on the highest image, over √Λ and in units of the landscape's deviation, below which it begins to climb,
/// and at which the band has come to rest.
const CLIMB_BELOW: f64 = 0.3;
const AT_REST: f64 = 0.05;
/// Steps after which the highest image climbs in any case.
const CLIMB_AFTER: u32 = 200;
/// Share of its velocity that an image keeps from step to step.
const MOMENTUM: f64 = 0.8;
/// Longest step of an image, relative to √Λ.
const LONGEST: f64 = 0.05;
/// Where the spacings on both sides of the climbing image differ by this factor, images move from one side to the other.
const UNEVEN: f64 = 2.5;

named! {
    /// How a band ended.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum BandOutcome {
        /// The climbing image came to rest.
        AtRest = "at_rest",
        /// It took as many steps as are allowed.
        MaxSteps = "max_steps",
        /// An energy or a gradient was not finite.
        NonFinite = "non_finite",
    }
}

/// A band between two points under way: evaluate its [images](Self::interior), [tell](Self::tell) it what was found, until it
/// ends.
///
/// Images are joined by arcs of great circles and spread evenly by arc length. With τ the unit tangent of the band at an image,
/// taken towards the higher neighbour, and g the Riemannian gradient, the image feels the force `−g + (g·τ) τ`, and the highest
/// one, once it climbs, `−g + 2 (g·τ) τ`: its resting places are saddles. Images have momentum, which is dropped where it
/// points against the force. After each step they are spread anew, on both sides of the climbing image.
///
/// # Reference
/// Henkelman, Uberuaga, Jónsson (2000); Henkelman, Jónsson (2000), *Improved tangent estimate in the nudged elastic band
/// method*, J. Chem. Phys. 113; E, Ren, Vanden-Eijnden (2007), for the spreading.
#[derive(Debug, Clone)]
pub struct Band {
    images: Vec<Vec<f64>>,
    /// What each image moved by, per rate.
    velocities: Vec<Vec<f64>>,
    /// L at both ends.
    end_energies: [f64; 2],
    climbing: Option<usize>,
    steps: u32,
    most_steps: u32,
    deviation: f64,
    rate: f64,
}

/// Where a band ended.
#[derive(Debug, Clone, PartialEq)]
pub struct BandEnd {
    /// All images, ends included.
    pub images: Vec<Vec<f64>>,
    /// L at each of them.
    pub energies: Vec<f64>,
    /// Which one climbed.
    pub top: usize,
    /// Unit tangent of the band there, towards its second end.
    pub tangent: Vec<f64>,
    /// Steps taken.
    pub steps: u32,
    /// How it ended.
    pub outcome: BandOutcome,
}

impl BandEnd {
    /// The images from the first end to the lowest place below the climbing image, as one goes down from it.
    pub fn before(&self) -> &[Vec<f64>] {
        let falls = |at: &usize| self.energies[at - 1] < self.energies[*at];
        let down = (1..=self.top).rev().take_while(falls).count();
        &self.images[..=self.top - down]
    }

    /// The same on the other side, to the second end.
    pub fn behind(&self) -> &[Vec<f64>] {
        let falls = |at: &usize| self.energies[at + 1] < self.energies[*at];
        let down = (self.top..self.images.len() - 1).take_while(falls).count();
        &self.images[self.top + down..]
    }
}

/// What bands are made with on a landscape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandSettings {
    /// Images, both ends included; at least 3.
    pub images: usize,
    /// Most steps.
    pub most_steps: u32,
    /// The landscape's deviation.
    pub deviation: f64,
    /// A rate at which gradient steps are stable.
    pub rate: f64,
}

impl Band {
    /// Along a path of at least two points, joined by arcs of great circles, with the energies L of its ends.
    pub fn along(path: &[Vec<f64>], end_energies: [f64; 2], settings: BandSettings) -> Self {
        let BandSettings { images, most_steps, deviation, rate } = settings;
        let images = spread(path, images.max(3));
        let velocities = images.iter().map(|image| vec![0.0; image.len()]).collect();
        Self { images, velocities, end_energies, climbing: None, steps: 0, most_steps, deviation, rate }
    }

    /// The images between the ends, which are to be evaluated.
    pub fn interior(&self) -> &[Vec<f64>] {
        &self.images[1..self.images.len() - 1]
    }

    /// Takes energies and gradients of [`Self::interior`]; where it ended, once it has.
    pub fn tell(&mut self, slopes: &[Slope]) -> Option<BandEnd> {
        self.steps += 1;
        let is_finite = slopes.iter().all(|slope| slope.energy.is_finite() && slope.norm().is_finite());
        if !is_finite {
            return Some(self.end(1, Vec::new(), Vec::new(), BandOutcome::NonFinite));
        }
        let [first, last] = self.end_energies;
        let between = slopes.iter().map(|slope| slope.energy);
        let energies: Vec<f64> = [first].into_iter().chain(between).chain([last]).collect();
        let top = self.climbing.unwrap_or_else(|| highest(&energies));
        let tangents: Vec<Vec<f64>> =
            (1..self.images.len() - 1).map(|at| tangent(&self.images, &energies, at)).collect();
        let force = |at: usize| {
            let (slope, tangent) = (&slopes[at - 1], &tangents[at - 1]);
            let along = dot(&slope.gradient, tangent);
            let kept = if self.climbing == Some(at) { 2.0 * along } else { along };
            slope.gradient.iter().zip(tangent).map(|(g, t)| kept * t - g).collect::<Vec<f64>>()
        };
        let forces: Vec<Vec<f64>> = (1..self.images.len() - 1).map(force).collect();
        let unit = self.deviation * (self.images[0].len() as f64).sqrt();
        let pull = norm(&forces[top - 1]) / unit;
        let outcome = match self.climbing {
            Some(_) if pull <= AT_REST => Some(BandOutcome::AtRest),
            _ if self.steps >= self.most_steps => Some(BandOutcome::MaxSteps),
            _ => None,
        };
        if let Some(outcome) = outcome {
            return Some(self.end(top, energies, tangents[top - 1].clone(), outcome));
        }
        if self.climbing.is_none() && (pull <= CLIMB_BELOW || self.steps >= CLIMB_AFTER) {
            self.climbing = Some(top);
        } else {
            self.follow_the_top(&energies);
        }
        self.step(&forces);
        None
    }

    /// Another image climbs where one beside the climbing one has become higher.
    fn follow_the_top(&mut self, energies: &[f64]) {
        if let Some(at) = self.climbing {
            let top = highest(energies);
            if top != at && energies[top] > energies[at] {
                self.climbing = Some(top);
                self.velocities[top].fill(0.0);
            }
        }
    }

    fn step(&mut self, forces: &[Vec<f64>]) {
        let longest = LONGEST * (self.images[0].len() as f64).sqrt();
        let last = self.images.len() - 1;
        let moving = self.images[1..last].iter_mut().zip(&mut self.velocities[1..last]);
        for ((image, velocity), force) in moving.zip(forces) {
            let kept = if dot(velocity, force) > 0.0 { MOMENTUM } else { 0.0 };
            velocity.iter_mut().zip(force).for_each(|(v, f)| *v = kept * *v + self.rate * f);
            let length = norm(velocity);
            if length > longest {
                velocity.iter_mut().for_each(|v| *v *= longest / length);
            }
            image.iter_mut().zip(&*velocity).for_each(|(w, v)| *w += v);
            retract(image);
            make_tangent(velocity, image);
        }
        self.spread_anew();
    }

    /// Spreads the images evenly, on both sides of the climbing one.
    fn spread_anew(&mut self) {
        let last = self.images.len() - 1;
        let Some(top) = self.climbing else {
            self.images = spread(&self.images, last + 1);
            return;
        };
        let arcs = arcs(&self.images);
        let [before, after] = [&arcs[..top], &arcs[top..]].map(|arcs| arcs.iter().sum::<f64>());
        let ratio = (before / top as f64) / (after / (last - top) as f64);
        let mut at = top;
        if !(1.0 / UNEVEN..=UNEVEN).contains(&ratio) {
            let share = before / (before + after);
            at = ((share * last as f64).round() as usize).clamp(1, last - 1);
            let velocity = std::mem::take(&mut self.velocities[top]);
            self.velocities.iter_mut().for_each(|velocity| velocity.fill(0.0));
            self.velocities[top] = vec![0.0; velocity.len()];
            self.velocities[at] = velocity;
            self.climbing = Some(at);
        }
        let mut images = spread(&self.images[..=top], at + 1);
        images.extend(spread(&self.images[top..], last - at + 1).into_iter().skip(1));
        self.images = images;
    }

    fn end(&mut self, top: usize, energies: Vec<f64>, tangent: Vec<f64>, outcome: BandOutcome) -> BandEnd {
        let images = std::mem::take(&mut self.images);
        BandEnd { images, energies, top, tangent, steps: self.steps, outcome }
    }
}

/// The highest of the places between the ends.
fn highest(energies: &[f64]) -> usize {
    let inner = 1..energies.len() - 1;
    inner.max_by(|&a, &b| energies[a].total_cmp(&energies[b])).unwrap_or(1)
}

/// Unit tangent of a band at one of its images: towards the higher neighbour; where both are higher or both lower, a mean of
/// the two directions, with more weight on the one along which the energy changes more.
fn tangent(images: &[Vec<f64>], energies: &[f64], at: usize) -> Vec<f64> {
    let (w, before, after) = (&images[at], &images[at - 1], &images[at + 1]);
    let [down, here, up] = [energies[at - 1], energies[at], energies[at + 1]];
    let [more, less] = {
        let (a, b) = ((up - here).abs(), (down - here).abs());
        [a.max(b), a.min(b)]
    };
    let (forward, backward) = if up > here && here > down {
        (1.0, 0.0)
    } else if up < here && here < down {
        (0.0, 1.0)
    } else if up > down {
        (more, less)
    } else {
        (less, more)
    };
    let direction = |i: usize| forward * (after[i] - w[i]) + backward * (w[i] - before[i]);
    let mut tangent: Vec<f64> = (0..w.len()).map(direction).collect();
    make_tangent(&mut tangent, w);
    let length = norm(&tangent);
    if length > 0.0 {
        tangent.iter_mut().for_each(|t| *t /= length);
    }
    tangent
}

/// Takes the part of a vector along a point away.
fn make_tangent(vector: &mut [f64], point: &[f64]) {
    let along = dot(vector, point) / dot(point, point);
    vector.iter_mut().zip(point).for_each(|(v, w)| *v -= along * w);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tangent_points_towards_the_higher_neighbour() {
        let images = [vec![1.0, 0.0, 0.0], vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0]];
        assert_eq!(tangent(&images, &[0.0, 1.0, 2.0], 1), [0.0, 0.0, 1.0]);
        assert_eq!(tangent(&images, &[2.0, 1.0, 0.0], 1), [-1.0, 0.0, 0.0]);
        let top = tangent(&images, &[0.0, 1.0, 0.0], 1);
        assert!((top[2] - 0.5f64.sqrt()).abs() < 1e-15 && (top[0] + top[2]).abs() < 1e-15);
    }
}
