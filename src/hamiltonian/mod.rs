//! Couplings, their symmetric layout, and the contraction kernels.
