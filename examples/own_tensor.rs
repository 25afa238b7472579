//! The critical points of a tensor of one's own: all of them, and the minima that descents find.

use hspin::prelude::*;

const DIM: usize = 4;

/// The symmetric array of L ∝ Σ_i a_i w_i³, in C order.
///
/// Its critical points are known: w_i = c/a_i on any set of axes, 0 elsewhere, and their negatives. Of index k there are
/// C(Λ+1, k+1), of which one minimum has all w_i > 0 and the others lie on the negative axes, at u = −a_i/√Λ.
fn array() -> Vec<f64> {
    let mut values = vec![0.0; DIM.pow(3)];
    for (i, a) in [1.0, 1.5, 2.0, 2.5].into_iter().enumerate() {
        values[(i * DIM + i) * DIM + i] = a;
    }
    values
}

/// Prints what it finds.
pub fn main() -> Result<()> {
    let surface = Surface::from_array(&array(), DIM)?;
    let scale = surface.scale();
    println!("energies are in units of the array's scale, {scale:.4}");
    let census = surface.census(Seed(1))?;
    println!("critical points by index: {:?}; none is missing: {}", census.by_index(), census.is_certified());
    assert_eq!(census.by_index(), [5, 10, 10, 5]);
    let minima = surface.descend_all(&surface.random_points(Seed(1), 60), Protocol::gd(3))?;
    let ids = surface.distinct(&minima);
    for (number, minimum) in
        minima.iter().enumerate().filter(|&(number, _)| !ids[..number].contains(&ids[number]))
    {
        let reached = ids.iter().filter(|&&id| id == ids[number]).count();
        println!(
            "minimum at u = {:+.6}, reached by {reached} of 60 descents",
            scale * minimum.energy_per_spin
        );
    }
    let deepest = minima.iter().map(|minimum| scale * minimum.energy_per_spin).fold(f64::INFINITY, f64::min);
    assert!((deepest + 1.25).abs() < 1e-12, "{deepest} in place of −2.5/√4");
    Ok(())
}
