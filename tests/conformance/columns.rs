//! `docs/columns.md` is what the declarations of the columns say.
//!
//! To write the file anew: `HSPIN_REWRITE_COLUMNS=1 cargo test --release --test conformance columns`.

use hspin::studies::columns_page;
use std::fs;
use std::path::Path;

#[test]
fn the_page_of_columns_is_that_of_the_declarations() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/columns.md");
    let expected = columns_page();
    if std::env::var_os("HSPIN_REWRITE_COLUMNS").is_some() {
        fs::write(&path, &expected).unwrap();
        panic!(
            "docs/columns.md was written anew: look at what changed, then test without HSPIN_REWRITE_COLUMNS"
        );
    }
    assert!(
        fs::read_to_string(&path).unwrap() == expected,
        "docs/columns.md is not that of the declarations"
    );
}
