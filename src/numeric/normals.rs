//! Standard normals for many points at once: a generator to each lane, the same bits on every instruction set.
//!
//! Only whole-number operations, sums, products, quotients and square roots, lane by lane and in one order, so a lane's
//! numbers depend on its own seed only. All is inlined, so that a caller can have it compiled for the instruction set it
//! runs on.

use super::lanes::{Real, Row32};

/// Lanes that are worked on together: one 512-bit register.
const WIDTH: usize = 16;
/// Registers of a row.
const PARTS: usize = <f32 as Real>::LANES / WIDTH;
/// 2^-23: spacing of the uniforms that normals are made from.
const SPACING: f32 = 1.0 / (1 << 23) as f32;

type Words = [u32; WIDTH];
type Values = [f32; WIDTH];

/// A stream of standard normals for each lane of a block of single-precision points.
///
/// Pairs come from two uniforms, `u` and `φ/(π/2) + ½` on the odd multiples of 2⁻²⁴ in (0, 1), and two signs:
/// `±√(−ln u) (cos φ ∓ sin φ)`, φ between ∓π/4, which is Box and Muller's `√(−2 ln u) (cos θ, sin θ)` with θ = φ + π/4
/// and the quadrant drawn as signs. The largest |x| is 5.77, beyond which lie 8e-9 of normals.
///
/// # Reference
/// Box, Muller (1958), *A note on the generation of random normal deviates*, Ann. Math. Stat. 29; Blackman, Vigna (2021),
/// *Scrambled linear pseudorandom number generators*, ACM Trans. Math. Softw. 47 (xoshiro128++).
#[derive(Debug, Clone)]
pub struct NormalLanes {
    parts: [Xoshiro; PARTS],
}

/// Sixteen generators xoshiro128++.
#[derive(Debug, Clone, Copy)]
struct Xoshiro {
    state: [Words; 4],
}

impl NormalLanes {
    /// Streams with these seeds, one to each of the first lanes; the others have the seed 1.
    ///
    /// # Panics
    /// If there are more seeds than lanes, or one is 0.
    pub fn new(seeds: &[u128]) -> Self {
        assert!(seeds.len() <= <f32 as Real>::LANES && seeds.iter().all(|&seed| seed != 0), "seeds");
        let mut parts = [Xoshiro { state: [[1; WIDTH], [0; WIDTH], [0; WIDTH], [0; WIDTH]] }; PARTS];
        for (lane, &seed) in seeds.iter().enumerate() {
            parts[lane / WIDTH].seed(lane % WIDTH, seed);
        }
        Self { parts }
    }

    /// `row ← factor · row + deviation · ξ` for each row, ξ a fresh normal of each lane.
    ///
    /// Rows take their normals in order, two from each pair; of the last pair of an odd number one is dropped.
    #[inline(always)]
    pub fn add_to(&mut self, rows: &mut [Row32], factor: f32, deviation: f32) {
        for (part, random) in self.parts.iter_mut().enumerate() {
            let mut generator = *random;
            for pair in rows.chunks_mut(2) {
                let normals = generator.pair();
                for (row, normal) in pair.iter_mut().zip(&normals) {
                    let values = &mut row.0[part * WIDTH..(part + 1) * WIDTH];
                    for (value, &x) in values.iter_mut().zip(normal) {
                        *value = factor * *value + deviation * x;
                    }
                }
            }
            *random = generator;
        }
    }
}

impl Xoshiro {
    fn seed(&mut self, lane: usize, seed: u128) {
        for (part, words) in self.state.iter_mut().enumerate() {
            words[lane] = (seed >> (32 * part)) as u32;
        }
    }

    /// The next word of each lane.
    #[inline(always)]
    fn next(&mut self) -> Words {
        let [a, b, c, d] = &mut self.state;
        let mut words = [0; WIDTH];
        for lane in 0..WIDTH {
            words[lane] = a[lane].wrapping_add(d[lane]).rotate_left(7).wrapping_add(a[lane]);
            let shifted = b[lane] << 9;
            c[lane] ^= a[lane];
            d[lane] ^= b[lane];
            b[lane] ^= c[lane];
            a[lane] ^= d[lane];
            c[lane] ^= shifted;
            d[lane] = d[lane].rotate_left(11);
        }
        words
    }

    /// Two normals of each lane.
    #[inline(always)]
    fn pair(&mut self) -> [Values; 2] {
        let (radii, angles) = (self.next(), self.next());
        let (mut first, mut second) = ([0.0; WIDTH], [0.0; WIDTH]);
        for lane in 0..WIDTH {
            (first[lane], second[lane]) = normal_pair(radii[lane], angles[lane]);
        }
        [first, second]
    }
}

/// A pair of normals from 23 bits of one word and 25 bits of another.
#[inline(always)]
fn normal_pair(radius: u32, angle: u32) -> (f32, f32) {
    let r = minus_ln(uniform(radius)).sqrt();
    let (cos, sin) = cos_sin_of_turn(uniform(angle << 2) - 0.5);
    let signed = |x: f32, sign: u32| f32::from_bits(x.to_bits() ^ (sign & 0x8000_0000));
    (signed(r * (cos - sin), angle), signed(r * (cos + sin), angle << 1))
}

/// The highest 23 bits as an odd multiple of 2⁻²⁴ in (0, 1), exact.
#[inline(always)]
fn uniform(word: u32) -> f32 {
    ((word >> 9) as i32 as f32 + 0.5) * SPACING
}

/// −ln u for 0 < u < 1: with u = m 2^e and m about 1, `ln m = 2 artanh s`, s = (m − 1)/(m + 1), |s| ≤ 0.1716; the series
/// ends where a term is below 1e-8 of the sum.
#[inline(always)]
fn minus_ln(u: f32) -> f32 {
    /// Bits of √½: m lies between √½ and √2.
    const LEAST: i32 = 0x3f35_04f3;
    let bits = u.to_bits() as i32;
    let e = (bits - LEAST) >> 23;
    let m = f32::from_bits((bits - (e << 23)) as u32);
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let series = 1.0 + z * (1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0))));
    -(e as f32 * std::f32::consts::LN_2 + 2.0 * s * series)
}

/// Cosine and sine of φ = (π/2) t, |t| ≤ ½, by their series: the first terms left out are below 3e-8.
#[inline(always)]
fn cos_sin_of_turn(t: f32) -> (f32, f32) {
    let phi = t * std::f32::consts::FRAC_PI_2;
    let z = phi * phi;
    let cos = 1.0 - z * (0.5 - z * (1.0 / 24.0 - z * (1.0 / 720.0 - z * (1.0 / 40_320.0))));
    let sin = phi * (1.0 - z * (1.0 / 6.0 - z * (1.0 / 120.0 - z * (1.0 / 5040.0 - z * (1.0 / 362_880.0)))));
    (cos, sin)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANES: usize = <f32 as Real>::LANES;

    /// Normals of all lanes, `rows` of each.
    fn drawn(seeds: &[u128], rows: usize) -> Vec<Row32> {
        let mut out = vec![f32::ZEROS; rows];
        NormalLanes::new(seeds).add_to(&mut out, 0.0, 1.0);
        out
    }

    fn seeds() -> Vec<u128> {
        (1..=LANES as u128).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)).collect()
    }

    #[test]
    fn words_are_those_of_the_published_generator() {
        // The authors' program from the state (1, 2, 3, 4).
        let mut random = Xoshiro { state: [[1; WIDTH], [2; WIDTH], [3; WIDTH], [4; WIDTH]] };
        for word in [641, 1_573_767, 3_222_811_527_u32, 3_517_856_514, 836_907_274, 4_247_214_768] {
            assert_eq!(random.next(), [word; WIDTH]);
        }
    }

    #[test]
    fn a_pair_is_what_double_precision_makes_of_the_same_bits() {
        let mut random = Xoshiro { state: [[7; WIDTH], [8; WIDTH], [9; WIDTH], [10; WIDTH]] };
        let ends = [(0, 0), (u32::MAX, u32::MAX), (0, u32::MAX), (u32::MAX, 0)];
        let words = std::iter::repeat_with(|| (random.next()[0], random.next()[0])).take(100_000);
        for (radius, angle) in ends.into_iter().chain(words) {
            let (x, y) = normal_pair(radius, angle);
            let exact = |word: u32| (f64::from(word >> 9) + 0.5) / f64::from(1 << 23);
            let r = (-2.0 * libm::log(exact(radius))).sqrt();
            let theta = std::f64::consts::FRAC_PI_2 * exact(angle << 2);
            let sign = |bit: u32| if angle >> bit & 1 == 1 { -1.0 } else { 1.0 };
            let error = (f64::from(x) - sign(31) * r * theta.cos()).abs();
            let error = error.max((f64::from(y) - sign(30) * r * theta.sin()).abs());
            assert!(error <= 4e-7 * r.max(1e-3), "{radius} {angle}: {error}");
        }
    }

    #[test]
    fn a_lane_has_its_own_numbers_whatever_its_neighbours() {
        let all = drawn(&seeds(), 9);
        let few = drawn(&seeds()[20..22], 9);
        for (all, few) in all.iter().zip(&few) {
            assert_eq!(all.0[20..22], few.0[..2]);
        }
        // In two helpings, whole pairs each.
        let mut random = NormalLanes::new(&seeds());
        let mut rows = vec![f32::ZEROS; 9];
        random.add_to(&mut rows[..4], 0.0, 1.0);
        random.add_to(&mut rows[4..], 0.0, 1.0);
        assert!(rows.iter().zip(&all).all(|(a, b)| a.0 == b.0));
    }

    #[test]
    fn the_law_is_that_of_independent_normals() {
        // 48 lanes × 20,000; every statistic below is normal with a known deviation, and alarms beyond 5.5 of them: one
        // or more of the 56 do so falsely for 2e-6 of seeds.
        let rows = drawn(&seeds(), 20_000);
        let n = (rows.len() * LANES) as f64;
        let all = || rows.iter().flat_map(|row| row.0).map(f64::from);
        let near = |sum: f64, expected: f64, variance: f64, what: &str| {
            let z = (sum / n - expected) / (variance / n).sqrt();
            assert!(z.abs() < 5.5, "{what}: {z}");
        };
        near(all().sum(), 0.0, 1.0, "mean");
        near(all().map(|x| x * x).sum(), 1.0, 2.0, "variance");
        near(all().map(|x| x.powi(3)).sum(), 0.0, 15.0, "third moment");
        near(all().map(|x| x.powi(4)).sum(), 3.0, 96.0, "fourth moment");
        let products = |lag: usize| {
            rows.iter()
                .zip(&rows[lag..])
                .flat_map(|(a, b)| a.0.into_iter().zip(b.0))
                .map(|(a, b)| f64::from(a * b))
        };
        for lag in 1..4 {
            near(products(lag).sum(), 0.0, 1.0, "rows");
        }
        let beside =
            rows.iter().flat_map(|row| (0..LANES - 1).map(|lane| f64::from(row.0[lane] * row.0[lane + 1])));
        near(beside.sum(), 0.0, 1.0, "lanes");
        // Squares of the two of a pair share their radius: their product shows whether the angle is uniform.
        let squares = rows.chunks_exact(2).flat_map(|pair| pair[0].0.into_iter().zip(pair[1].0));
        near(
            2.0 * squares.map(|(a, b)| f64::from(a * a * b * b)).sum::<f64>(),
            1.0,
            16.0,
            "squares of a pair",
        );
        for edge in (-23..=23).map(|step| f64::from(step) * 0.2) {
            let below = 0.5 * libm::erfc(-edge / std::f64::consts::SQRT_2);
            let count = all().filter(|&x| x < edge).count() as f64;
            near(count, below, below * (1.0 - below), "share below an edge");
        }
    }
}
