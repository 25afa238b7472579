//! Auffinger–Ben Arous theory; knows nothing of simulation.
