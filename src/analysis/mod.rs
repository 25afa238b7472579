//! Records to tables; where data meets theory.
