//! Thin wrappers, each naming one library; no physics.
