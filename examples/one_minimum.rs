//! From a random point of a random surface to a minimum, and a saddle beside it.

use hspin::prelude::*;
use hspin::sphere::overlap;
use hspin::theory::Thresholds;

/// Prints what it finds.
pub fn main() -> Result<()> {
    let surface = Surface::random(3, 50, Seed(1));
    let start = surface.random_point(Seed(2));
    let (energy, _) = surface.energy_gradient(&start);
    let minimum = surface.descend(&start, Protocol::gd(3))?;
    println!("start    u = {:+.4}", energy / 50.0);
    println!(
        "minimum  u = {:+.4}  index {:?}  smallest eigenvalue {:.4}  overlap with the start {:.3}",
        minimum.energy_per_spin,
        minimum.index,
        minimum.min_eigenvalue,
        overlap(&start, &minimum.point)
    );
    let saddle = surface.critical_point_near(&start)?;
    println!("near it  u = {:+.4}  index {:?}  {:?}", saddle.energy_per_spin, saddle.index, saddle.outcome);
    // Where minima lie in the limit of large Λ.
    let thresholds = Thresholds::new(3)?;
    println!("theory   −E_0 = {:+.4}, −E_∞ = {:+.4}", -thresholds.e(0)?, -thresholds.e_inf());
    Ok(())
}
