#![no_main]

#[allow(dead_code)]
#[path = "../../tests/hostile/readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), bytes).expect("writing it");
    readers::changed_run_unverified(file.path());
    if let Err(error) = readers::verify(file.path()) {
        readers::refused(&error, &[2, 3, 4]);
    }
});
