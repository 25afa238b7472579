//! Geometry of the sphere of radius √Λ.
