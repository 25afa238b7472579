#![no_main]

#[allow(dead_code)]
#[path = "../../tests/hostile/readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    readers::stored_spec(bytes);
    readers::stored_networks_spec(bytes);
});
