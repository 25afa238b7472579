//! What a command asks of a census, before it is decided what the rest is.

use crate::descent::Rules;
use crate::error::{Error, Result};
use crate::studies::surfaces::couplings::Couplings;
use crate::studies::surfaces::spec::{Spec, same_couplings};
use crate::study::RunSpec as _;
use crate::study::spec::Growth;

/// What a command asks of a census; `None` leaves a field to its default or to the stored run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CensusRequest {
    /// H.
    pub spins: Option<u32>,
    /// Λ.
    pub dim: Option<u32>,
    /// Surfaces.
    pub instances: Option<u32>,
    /// Root of all random streams.
    pub seed: Option<u64>,
    /// The user's own tensor.
    pub couplings: Option<Couplings>,
}

const CENSUS: Growth = Growth("only instances may grow");

impl CensusRequest {
    /// The spec of a new census: H = 3, one surface and seed 1 unless asked otherwise; order and dimension of the
    /// user's own couplings.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming the first key whose value is not allowed, with the number of paths if they are too
    /// many.
    pub fn new_run(&self) -> Result<Spec> {
        let couplings = self.couplings.clone().unwrap_or_default();
        let (own_spins, own_dim) = match &couplings {
            Couplings::Random => (None, None),
            Couplings::File { shape, .. } => (u32::try_from(shape.len()).ok(), shape.first().copied()),
        };
        let Some(dim) = self.dim.or(own_dim) else {
            return Err(Error::bad_input("dim", "(missing)", "--dim N, or --couplings FILE.npy"));
        };
        if own_dim.is_some_and(|own| own != dim) {
            let own = own_dim.unwrap_or_default();
            return Err(Error::bad_input("dim", dim, format!("{own}, as the couplings have")));
        }
        let spec = Spec {
            spins: self.spins.or(own_spins).unwrap_or(3),
            seed: self.seed.unwrap_or(1),
            descent: None,
            points: true,
            trace: false,
            couplings,
            rules: Rules::CURRENT,
            dims: vec![dim],
            starts: 1,
            instances: self.instances.unwrap_or(1),
        };
        spec.check()?;
        Ok(spec)
    }

    /// A stored census enlarged by this request.
    ///
    /// # Errors
    /// [`Error::Refused`] if the run is a sweep, or naming a field that would shrink or change;
    /// [`Error::BadInput`] where the enlarged spec is not allowed.
    pub fn grow(&self, stored: &Spec) -> Result<Spec> {
        if let Some(descent) = &stored.descent {
            let name = descent.name().name();
            return Err(Error::Refused(format!(
                "the run is a sweep (protocol {name}): hspin sweep goes on with it"
            )));
        }
        CENSUS.same("spins", stored.spins, self.spins)?;
        let dim = stored.dim();
        CENSUS.same("dim", dim, self.dim)?;
        CENSUS.same("seed", stored.seed, self.seed)?;
        same_couplings(CENSUS, &stored.couplings, self.couplings.as_ref())?;
        let instances = CENSUS.grow("instances", stored.instances, self.instances)?;
        let spec = Spec { instances, ..stored.clone() };
        spec.check()?;
        Ok(spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(dim: u32, instances: u32) -> CensusRequest {
        CensusRequest { dim: Some(dim), instances: Some(instances), ..CensusRequest::default() }
    }

    #[test]
    fn a_census_has_its_own_spec_and_only_its_instances_grow() {
        let spec = asked(10, 3).new_run().unwrap();
        let text = spec.canonical().unwrap();
        assert!(spec.is_census() && !text.contains("descent"), "{text}");
        assert_eq!(Spec::from_canonical(&text).unwrap(), spec);
        let grown = asked(10, 5).grow(&spec).unwrap();
        assert_eq!((grown.instances, grown.science_hash().unwrap()), (5, spec.science_hash().unwrap()));
        for (request, part) in [
            (asked(9, 3), "dim: the run has 10, asked for 9; only instances may grow"),
            (asked(10, 2), "instances: the run has 3, asked for 2"),
            (CensusRequest { seed: Some(2), ..asked(10, 3) }, "seed: the run has 1, asked for 2"),
        ] {
            let error = request.grow(&spec).unwrap_err();
            assert_eq!(error.exit_code(), 3);
            assert!(error.to_string().starts_with(part), "{error}");
        }
    }

    #[test]
    fn a_sweep_and_a_census_do_not_go_on_with_each_other() {
        let census = asked(5, 1).new_run().unwrap();
        let sweep = Spec::new(&crate::studies::surfaces::Request::default()).unwrap();
        let error = asked(5, 1).grow(&sweep).unwrap_err().to_string();
        assert!(error.contains("a sweep (protocol sgd)"), "{error}");
        let error = census.grown(&crate::studies::surfaces::Request::default()).unwrap_err().to_string();
        assert!(error.contains("a census"), "{error}");
    }

    #[test]
    fn too_many_paths_are_refused_with_their_number() {
        let error = asked(24, 1).new_run().unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().starts_with("dim = 24: ") && error.to_string().contains("16777215"));
        assert!(asked(23, 1).new_run().is_ok());
    }
}
