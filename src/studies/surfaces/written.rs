//! Mixtures and spikes as texts, the same on the command line and in configuration files.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::model::SpikeRequest;
use crate::numeric::text::real;

/// What an order with its variance is.
pub const SHARE_ALLOWED: &str = "an order and its variance, such as 2:0.5 in 2:0.5,3:0.5";
/// What a spike is.
pub const SPIKE_ALLOWED: &str = "a strength λ above 0, or λ:r with the order r from 1 to 100";

/// An order of a mixture with its variance, `P:V`; which of them there are, the model says.
pub fn share_of_text(text: &str) -> Option<(u32, f64)> {
    let (order, variance) = text.split_once(':')?;
    Some((order.trim().parse().ok()?, finite(variance)?))
}

/// A spike, `λ` or `λ:r`; which of them there are, the model says.
pub fn spike_of_text(text: &str) -> Option<SpikeRequest> {
    let (strength, order) = match text.split_once(':') {
        Some((strength, order)) => (strength, Some(order.trim().parse().ok()?)),
        None => (text, None),
    };
    Some(SpikeRequest { strength: finite(strength)?, order })
}

fn finite(text: &str) -> Option<f64> {
    real(text).filter(|value| value.is_finite())
}

/// Reads a mixture of a configuration file: `[[2, 0.5], [3, 0.5]]`, or the text of the flag.
///
/// # Errors
/// Those of the format, with what is allowed.
pub(super) fn mixture<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<(u32, f64)>>, D::Error> {
    from.deserialize_any(MixtureForm).map(Some)
}

/// Reads a spike of a configuration file: `{ strength = 1.2, order = 3 }`, λ alone, or the text of the flag.
///
/// # Errors
/// Those of the format, with what is allowed.
pub(super) fn spike<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SpikeRequest>, D::Error> {
    from.deserialize_any(SpikeForm).map(Some)
}

/// In the words in which the command line refuses a flag's value.
fn invalid<E: serde::de::Error>(text: &str, key: &str, allowed: &str) -> E {
    E::custom(format!("invalid value '{text}' for '{key}': {allowed}"))
}

struct MixtureForm;

impl<'de> Visitor<'de> for MixtureForm {
    type Value = Vec<(u32, f64)>;

    fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str("a mixture such as \"2:0.5,3:0.5\" or [[2, 0.5], [3, 0.5]]")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let share = |part| share_of_text(part).ok_or_else(|| invalid(part, "mixture", SHARE_ALLOWED));
        text.split(',').map(share).collect()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, pairs: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(pairs))
    }
}

struct SpikeForm;

impl<'de> Visitor<'de> for SpikeForm {
    type Value = SpikeRequest;

    fn expecting(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str("a spike such as \"1.2:3\" or { strength = 1.2, order = 3 }")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        spike_of_text(text).ok_or_else(|| invalid(text, "spike", SPIKE_ALLOWED))
    }

    fn visit_f64<E: serde::de::Error>(self, strength: f64) -> Result<Self::Value, E> {
        Ok(SpikeRequest { strength, order: None })
    }

    fn visit_i64<E: serde::de::Error>(self, strength: i64) -> Result<Self::Value, E> {
        Ok(SpikeRequest { strength: strength as f64, order: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, keys: A) -> Result<Self::Value, A::Error> {
        SpikeRequest::deserialize(MapAccessDeserializer::new(keys))
    }
}

#[cfg(test)]
mod tests {
    use crate::studies::surfaces::{Request, SpikeRequest};

    fn read(text: &str) -> Request {
        Request::from_toml(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn texts_are_the_same_as_lists_and_tables() {
        for text in
            ["mixture = \"2:0.5,3:0.5\"", "mixture = [[2, 0.5], [3, 0.5]]", "mixture = \" 2: .5, 3:5e-1\""]
        {
            assert_eq!(read(text).mixture, Some(vec![(2, 0.5), (3, 0.5)]), "{text}");
        }
        assert_eq!(read("mixture = [[3, 1]]").mixture, read("mixture = \"3:1\"").mixture);
        let spike = |strength, order| Some(SpikeRequest { strength, order });
        for text in [
            "spike = \"1.25:3\"",
            "spike = { strength = 1.25, order = 3 }",
            "[spike]\nstrength = 1.25\norder = 3",
        ] {
            assert_eq!(read(text).spike, spike(1.25, Some(3)), "{text}");
        }
        for text in ["spike = \"2\"", "spike = 2", "spike = 2.0", "spike = { strength = 2 }"] {
            assert_eq!(read(text).spike, spike(2.0, None), "{text}");
        }
        assert_eq!((read("").mixture, read("").spike), (None, None));
    }
}
