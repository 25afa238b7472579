use std::sync::LazyLock;

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::message::{Reader, Writer, put_row, take_row};
use super::*;
use crate::columns;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    Good,
    Bad,
}

impl Named for Ending {
    const ANY: Self = Self::Good;

    fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Good, Self::Bad].into_iter().find(|ending| ending.name() == name)
    }
}

#[derive(Debug, Clone)]
struct Toy {
    id: u32,
    energy: f64,
    index: Option<u32>,
    steps: u64,
    sum: i64,
    certain: bool,
    ending: Ending,
}

columns! {
    Toy in "toys" key [id]
    digest [id, steps, energy, index, ending]
    {
        id: u32, "", "Number of the toy.";
        energy: f64, "energy", "Its energy.";
        index: Option<u32>, "", "Its index.";
        steps: u64, "", "Steps.";
        sum: i64, "", "A sum with a sign.";
        certain: bool, "", "Whether it is certain.";
        ending: Ending, "", "How it ended.";
    }
}

static TOYS: LazyLock<Table> = Table::of::<Toy>();

fn toys() -> Vec<Toy> {
    let toy = Toy {
        id: 1,
        energy: -0.1,
        index: Some(0),
        steps: 1 << 40,
        sum: -2,
        certain: true,
        ending: Ending::Bad,
    };
    let unknown = Toy { id: 2, energy: f64::NAN, index: None, certain: false, ..toy.clone() };
    vec![toy, unknown]
}

#[test]
fn the_table_is_made_written_and_read_back_to_the_bit() {
    let conn = Connection::open_in_memory().unwrap();
    assert_eq!(
        TOYS.create,
        "CREATE TABLE toys ( id INTEGER NOT NULL, energy REAL, \"index\" INTEGER, steps INTEGER NOT NULL, sum INTEGER \
         NOT NULL, certain INTEGER NOT NULL, ending TEXT NOT NULL, PRIMARY KEY (id) ) STRICT, WITHOUT ROWID"
    );
    conn.execute_batch(&TOYS.create).unwrap();
    toys().iter().try_for_each(|toy| TOYS.insert(&conn, toy)).unwrap();
    let back: Vec<Toy> = TOYS.select(&conn, "", &[]).unwrap();
    assert!(back.len() == 2 && back.iter().zip(&toys()).all(|(a, b)| same_bits(a, b)), "{back:?}");
    let second: Vec<Toy> = TOYS.select(&conn, "WHERE id > ?1", &[&1]).unwrap();
    assert!(same_bits(&second[0], &toys()[1]));
    for wrong in ["ending = 'neither'", "id = -1", "steps = -1", "certain = 2"] {
        let wronged = Connection::open_in_memory().unwrap();
        wronged.execute_batch(&TOYS.create).unwrap();
        TOYS.insert(&wronged, &toys()[0]).unwrap();
        wronged.execute_batch(&format!("UPDATE toys SET {wrong}")).unwrap();
        assert!(TOYS.select::<Toy>(&wronged, "", &[]).is_err(), "{wrong}");
    }
    let beyond = Toy { steps: u64::MAX, id: 3, ..toys()[0].clone() };
    assert!(TOYS.insert(&conn, &beyond).is_err());
}

#[test]
fn a_message_reads_back_and_nothing_shorter_does() {
    for toy in toys() {
        let mut out = Writer::default();
        put_row(&mut out, &toy);
        let back: Toy = take_row(&mut Reader(&out.0)).unwrap();
        assert!(same_bits(&back, &toy));
        assert!((0..out.0.len()).all(|len| take_row::<Toy>(&mut Reader(&out.0[..len])).is_none()));
    }
}

#[test]
fn every_declared_column_changes_the_checksum_and_no_other_does() {
    let sum = |toy: &Toy| {
        let mut hash = Sha256::new();
        feed(&mut hash, toy);
        <[u8; 32]>::from(hash.finalize())
    };
    let toy = &toys()[0];
    let changed = [
        Toy { id: 7, ..toy.clone() },
        Toy { energy: 0.1, ..toy.clone() },
        Toy { index: None, ..toy.clone() },
        Toy { steps: 0, ..toy.clone() },
        Toy { ending: Ending::Good, ..toy.clone() },
    ];
    assert!(changed.iter().all(|other| sum(other) != sum(toy)));
    assert_eq!(sum(&Toy { sum: 5, certain: false, ..toy.clone() }), sum(toy));
}

#[test]
fn the_canonical_form_has_one_nan_and_one_zero() {
    let toy = Toy { energy: f64::INFINITY, ..toys()[0].clone() };
    assert_eq!(canonical(&toy).energy.to_bits(), f64::NAN.to_bits());
    let toy = Toy { energy: -0.0, ..toy };
    assert_eq!(canonical(&toy).energy.to_bits(), 0.0f64.to_bits());
}

#[test]
fn dump_and_page_have_all_columns() {
    assert_eq!(dump_line(&toys()[1]), "toys 2 7ff8000000000000 - 1099511627776 -2 0 bad");
    let page = page::<Toy>();
    assert_eq!(page.lines().count(), 4 + Toy::columns().len());
    assert!(page.contains("| energy | float | energy | Its energy. |"), "{page}");
}
