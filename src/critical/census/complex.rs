//! Complex numbers of several paths side by side: plain products and sums in one order, so that a path's bits depend
//! on its own data only, whatever its lane, its neighbours and the machine.

/// One complex number in each of W lanes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ComplexLanes<const W: usize> {
    pub re: [f64; W],
    pub im: [f64; W],
}

impl<const W: usize> ComplexLanes<W> {
    pub const ZERO: Self = Self { re: [0.0; W], im: [0.0; W] };
    pub const ONE: Self = Self { re: [1.0; W], im: [0.0; W] };

    /// The same number in every lane.
    pub fn splat([re, im]: [f64; 2]) -> Self {
        Self { re: [re; W], im: [im; W] }
    }

    /// The number in one lane.
    pub fn lane(&self, lane: usize) -> [f64; 2] {
        [self.re[lane], self.im[lane]]
    }

    /// Sets the number in one lane.
    pub fn set_lane(&mut self, lane: usize, [re, im]: [f64; 2]) {
        self.re[lane] = re;
        self.im[lane] = im;
    }

    /// `self + a·x` with a real number a, the same for all lanes.
    #[inline(always)]
    pub fn add_real_product(&mut self, a: f64, x: &Self) {
        for lane in 0..W {
            self.re[lane] += a * x.re[lane];
        }
        for lane in 0..W {
            self.im[lane] += a * x.im[lane];
        }
    }

    /// `self + a·x`.
    #[inline(always)]
    pub fn add_product(&mut self, a: &Self, x: &Self) {
        for lane in 0..W {
            self.re[lane] += a.re[lane] * x.re[lane] - a.im[lane] * x.im[lane];
        }
        for lane in 0..W {
            self.im[lane] += a.re[lane] * x.im[lane] + a.im[lane] * x.re[lane];
        }
    }

    /// `self − a·x`.
    #[inline(always)]
    pub fn sub_product(&mut self, a: &Self, x: &Self) {
        for lane in 0..W {
            self.re[lane] -= a.re[lane] * x.re[lane] - a.im[lane] * x.im[lane];
        }
        for lane in 0..W {
            self.im[lane] -= a.re[lane] * x.im[lane] + a.im[lane] * x.re[lane];
        }
    }

    /// `self · x`.
    #[inline(always)]
    pub fn times(&self, x: &Self) -> Self {
        let mut product = Self::ZERO;
        product.add_product(self, x);
        product
    }

    /// `factor · self` with a real factor for each lane.
    #[inline(always)]
    pub fn scaled(&self, factor: &[f64; W]) -> Self {
        Self {
            re: std::array::from_fn(|lane| factor[lane] * self.re[lane]),
            im: std::array::from_fn(|lane| factor[lane] * self.im[lane]),
        }
    }

    /// `self + x`.
    #[inline(always)]
    pub fn plus(&self, x: &Self) -> Self {
        let mut sum = *self;
        sum.add_real_product(1.0, x);
        sum
    }

    /// `self − x`.
    #[inline(always)]
    pub fn minus(&self, x: &Self) -> Self {
        let mut difference = *self;
        difference.add_real_product(-1.0, x);
        difference
    }

    /// Complex conjugate.
    #[inline(always)]
    pub fn conjugate(&self) -> Self {
        Self { re: self.re, im: self.im.map(|im| -im) }
    }

    /// |self|².
    #[inline(always)]
    pub fn square(&self) -> [f64; W] {
        std::array::from_fn(|lane| self.re[lane] * self.re[lane] + self.im[lane] * self.im[lane])
    }

    /// 1/self.
    #[inline(always)]
    pub fn inverse(&self) -> Self {
        let square = self.square();
        Self {
            re: std::array::from_fn(|lane| self.re[lane] / square[lane]),
            im: std::array::from_fn(|lane| -self.im[lane] / square[lane]),
        }
    }
}

/// Euclidean norm of a vector in each lane.
pub fn norm<const W: usize>(vector: &[ComplexLanes<W>]) -> [f64; W] {
    let mut squares = [0.0; W];
    for x in vector {
        for (sum, square) in squares.iter_mut().zip(x.square()) {
            *sum += square;
        }
    }
    squares.map(f64::sqrt)
}

/// |z|, rounded up.
#[inline]
pub fn modulus(z: &ComplexLanes<1>) -> f64 {
    z.square()[0].sqrt() * (1.0 + 4.0 * f64::EPSILON)
}

/// Cosine and sine of half the angle of z ≠ 0, from roots alone: the same bits on every machine.
pub fn half_angle([re, im]: [f64; 2]) -> [f64; 2] {
    let length = (re * re + im * im).sqrt();
    let (cos, sin) = (re / length, im / length);
    if cos >= 0.0 {
        let half = (0.5 * (1.0 + cos)).sqrt();
        [half, 0.5 * sin / half]
    } else {
        let half = (0.5 * (1.0 - cos)).sqrt();
        [0.5 * sin / half, half]
    }
}

/// A square root of z, from real roots alone.
pub fn square_root([re, im]: [f64; 2]) -> [f64; 2] {
    let length = (re * re + im * im).sqrt();
    if length == 0.0 {
        return [0.0; 2];
    }
    half_angle([re, im]).map(|part| length.sqrt() * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_is_that_of_complex_numbers() {
        let (a, b) = (ComplexLanes::<2>::splat([1.0, 2.0]), ComplexLanes::splat([3.0, -5.0]));
        assert_eq!(a.times(&b).lane(1), [13.0, 1.0]);
        assert_eq!(a.plus(&b).lane(0), [4.0, -3.0]);
        assert_eq!(a.minus(&b).lane(0), [-2.0, 7.0]);
        assert_eq!(a.times(&a.conjugate()).lane(0), [5.0, 0.0]);
        assert_eq!(a.times(&a.inverse()).lane(0), [1.0, 0.0]);
        assert_eq!(norm(&[a, b]), [39f64.sqrt(); 2]);
        let mut sum = a;
        sum.sub_product(&a, &b);
        assert_eq!(sum.lane(1), [-12.0, 1.0]);
    }

    #[test]
    fn half_angles_and_roots_square_to_the_direction() {
        for [re, im] in [[1.0, 0.0], [-1.0, 0.0], [3.0, 4.0], [-3.0, 4.0], [-3.0, -4.0], [0.0, -2.0]] {
            let [cos, sin] = half_angle([re, im]);
            let length = f64::hypot(re, im);
            assert!((cos * cos - sin * sin - re / length).abs() < 1e-15, "{re} {im}");
            assert!((2.0 * cos * sin - im / length).abs() < 1e-15, "{re} {im}");
            let [a, b] = square_root([re, im]);
            assert!((a * a - b * b - re).abs() + (2.0 * a * b - im).abs() < 4e-15, "{re} {im}");
        }
    }
}
