//! Spectrum, index and distinct points.
