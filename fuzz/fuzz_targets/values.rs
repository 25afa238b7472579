#![no_main]

use std::ffi::OsString;

use hspin::cli::{self, values};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = (values::within(values::DIM)(text), values::within(values::STARTS)(text), values::seed(text));
    let _ = (values::energies(text), values::bounds(text), values::indices(text, 7));
    let words = text.split('\n').map(OsString::from);
    if let Err(said) = cli::check([OsString::from("hspin")].into_iter().chain(words)) {
        assert!([0, 2].contains(&said.code) && !said.text.is_empty());
    }
});
