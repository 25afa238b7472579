//! Spec, plan, units, store and executor.
