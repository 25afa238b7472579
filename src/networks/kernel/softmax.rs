//! Softmax in single precision, of nothing but exactly rounded operations: the same bits on every machine.

use super::batch::Batch;
use super::lanes::Lanes;
use super::space::Sizes;

/// Outputs → probabilities less 1 at the label: the derivative of the cross-entropy by the outputs.
#[inline(always)]
pub fn derivatives(sizes: &Sizes, batch: &Batch, outputs: &mut [Lanes]) {
    for (number, example) in outputs.chunks_exact_mut(sizes.outputs).take(sizes.count).enumerate() {
        let classes = &mut example[..sizes.classes];
        let mut top = classes[0];
        for row in &classes[1..] {
            for (top, &value) in top.0.iter_mut().zip(&row.0) {
                *top = if value > *top { value } else { *top };
            }
        }
        let mut sum = Lanes::ZERO;
        for row in &mut *classes {
            for ((value, top), sum) in row.0.iter_mut().zip(&top.0).zip(&mut sum.0) {
                *value = exponential(*value - top);
                *sum += *value;
            }
        }
        for row in &mut *classes {
            for (value, sum) in row.0.iter_mut().zip(&sum.0) {
                *value /= sum;
            }
        }
        match batch {
            Batch::Shared(batch) => {
                for value in &mut classes[usize::from(batch.labels[number])].0 {
                    *value -= 1.0;
                }
            }
            Batch::Own(batch) => {
                for (network, &label) in batch.labels[number].iter().enumerate() {
                    classes[usize::from(label)].0[network] -= 1.0;
                }
            }
        }
    }
}

/// e^x for x ≤ 0, to 2 units in the last place; below −87, where e^x leaves the normal numbers, e^−87. NaN stays NaN.
#[inline(always)]
fn exponential(x: f32) -> f32 {
    /// ln 2 in two parts, of which the first times a small whole number is exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    /// Adding it leaves the nearest whole number in the last bits.
    const SHIFT: f32 = 12_582_912.0;
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x.mul_add(std::f32::consts::LOG2_E, SHIFT);
    let whole = shifted - SHIFT;
    let rest = whole.mul_add(-LN_2[1], whole.mul_add(-LN_2[0], x));
    // Taylor's series at |rest| ≤ ln 2 / 2.
    let mut power = 1.0 / 5040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        power = rest.mul_add(power, coefficient);
    }
    power * f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0f32.to_bits()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_good_to_two_units_in_the_last_place() {
        let mut worst = 0.0f64;
        for at in 0..=870_000 {
            let x = -(at as f32) * 1e-4;
            worst = worst.max((f64::from(exponential(x)) / f64::from(x).exp() - 1.0).abs());
        }
        assert!(worst < 2.0 * f64::from(f32::EPSILON), "{worst}");
        assert_eq!(exponential(0.0), 1.0);
        assert_eq!(exponential(f32::NEG_INFINITY), exponential(-87.0));
        assert!(exponential(f32::NAN).is_nan());
    }
}
