//! Spikes of an order above that of the couplings, whose equations have families of solutions at infinity.

use super::harness::take;
use crate::common::serial;
use hspin::critical::census::{mixed_class_count, spiked_class_count};
use hspin::descent::StartInputs;
use hspin::explore::Explore;
use hspin::hamiltonian::{Law, Layout, Model, Orders, Spike, Surface, SurfaceKey};
use hspin::prelude::Seed;

fn spiked(shares: &[(u32, f64)], order: u32, dim: usize, instance: u64) -> Surface {
    let spike = Some(Spike { strength: 1.2, order });
    let model = Model { orders: Orders::new(shares).unwrap(), law: Law::Gaussian, spike };
    let key = SurfaceKey { seed: 5, layout: Layout { spins: model.orders.highest(), dim }, instance };
    Surface::draw_model(&key, &model, 0, &serial)
}

/// As many simple solutions are found as there can be, and no more, in each case: a bound that is wrong by one fails.
#[test]
fn every_simple_solution_is_found_and_the_census_is_certified() {
    type Shares = &'static [(u32, f64)];
    let cases: [(Shares, u32, usize); 10] = [
        (&[(3, 1.0)], 4, 3),
        (&[(3, 1.0)], 4, 5),
        (&[(3, 1.0)], 6, 3),
        (&[(2, 1.0)], 3, 6),
        (&[(2, 1.0)], 5, 4),
        (&[(4, 1.0)], 5, 3),
        (&[(2, 0.5), (3, 0.5)], 5, 4),
        (&[(1, 0.5)], 3, 6),
        (&[(1, 0.3), (2, 0.7)], 4, 5),
        (&[(1, 0.2), (4, 0.8)], 6, 3),
    ];
    for (shares, order, dim) in cases {
        let highest = Orders::new(shares).unwrap().highest();
        for instance in 0..4 {
            let found = take(&spiked(shares, order, dim, instance));
            let label = format!("{shares:?} {order} Λ = {dim} {instance}: {:?}", found.tally);
            assert_eq!(
                Some(found.expected_complex),
                spiked_class_count(highest, order as usize, dim),
                "{label}"
            );
            assert!(found.is_certified() && found.attempts == 1 && found.retried == 0, "{label}");
            // The other paths end at t = 0.
            let paths = mixed_class_count(order as usize, dim).unwrap();
            assert_eq!(found.tally.singular, paths - found.expected_complex, "{label}");
        }
    }
}

/// Descents and saddle searches, which know nothing of the census, end at its points and at no other; and nearly all are found.
#[test]
fn searches_find_the_points_of_the_census_and_no_other() {
    for instance in 0..3 {
        let surface = spiked(&[(3, 1.0)], 4, 5, instance);
        let found = take(&surface);
        assert!(found.is_certified());
        let mut met = vec![false; found.points.len()];
        let starts = StartInputs::on(&surface, Seed(3));
        for start in 0..600 {
            let point = surface.critical_point_near(&starts.start(start).point);
            let Some(point) = point.ok().filter(|point| point.gradient_norm < 1e-10) else { continue };
            let near = found
                .points
                .iter()
                .position(|known| known.point.iter().zip(&point.point).all(|(a, b)| (a - b).abs() < 1e-6));
            met[near.unwrap_or_else(|| panic!("instance {instance}: {point:?} is not in the census"))] = true;
        }
        let share = met.iter().filter(|&&met| met).count() as f64 / met.len() as f64;
        assert!(share > 0.7, "{instance}: {share}");
    }
}
