//! Descent methods and their driver.
