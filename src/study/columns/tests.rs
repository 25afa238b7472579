use rusqlite::Connection;

use super::message::Sent;
use super::*;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ending {
    Good,
    Bad,
}

impl Named for Ending {
    const ALL: &'static [Self] = &[Self::Good, Self::Bad];

    fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}

columns! {
    /// A row of every kind of column.
    #[derive(Debug, Clone)]
    pub struct Toy in "toys" {
        /// Number of the toy.
        pub id: u32, "";
        /// Its energy,
        /// after all.
        pub energy: f64, "couplings";
        /// Its index.
        pub index: Option<u32>, "";
        /// Steps.
        pub steps: u64, "";
        /// A sum with a sign.
        pub sum: i64, "";
        /// Whether it is certain.
        pub certain: bool, "";
        /// How it ended.
        pub ending: Ending, "";
    }
    key [id]
    digest own [id, steps, energy, index, ending]
}

columns! {
    /// A row whose checksum is of wide numbers.
    #[derive(Debug)]
    pub struct Wide in "wide" {
        /// A count.
        pub count: u32, "";
        /// A sum with a sign.
        pub sum: i64, "";
        /// Yes or no.
        pub flag: bool, "";
    }
    key [count]
    digest wide [count, sum, flag]
}

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
    let (conn, table) = (Connection::open_in_memory().unwrap(), Toy::table());
    assert_eq!(
        table.create,
        "CREATE TABLE toys ( id INTEGER NOT NULL, energy REAL, \"index\" INTEGER, steps INTEGER NOT NULL, sum INTEGER \
         NOT NULL, certain INTEGER NOT NULL, ending TEXT NOT NULL, PRIMARY KEY (id) ) STRICT, WITHOUT ROWID"
    );
    conn.execute_batch(&table.create).unwrap();
    toys().iter().try_for_each(|toy| table.insert(&conn, toy)).unwrap();
    let back: Vec<Toy> = table.select(&conn, "", &[]).unwrap();
    assert!(back.len() == 2 && back.iter().zip(&toys()).all(|(a, b)| differing(a, b).is_empty()), "{back:?}");
    let second: Vec<Toy> = table.select(&conn, "WHERE id > ?1", &[&1]).unwrap();
    assert_eq!(differing(&second[0], &toys()[1]), Vec::<&str>::new());
    for wrong in ["ending = 'neither'", "id = -1", "steps = -1", "certain = 2"] {
        let wronged = Connection::open_in_memory().unwrap();
        wronged.execute_batch(&table.create).unwrap();
        table.insert(&wronged, &toys()[0]).unwrap();
        wronged.execute_batch(&format!("UPDATE toys SET {wrong}")).unwrap();
        assert!(table.select(&wronged, "", &[]).is_err(), "{wrong}");
    }
    let beyond = Toy { steps: u64::MAX, id: 3, ..toys()[0].clone() };
    assert!(table.insert(&conn, &beyond).is_err());
}

#[test]
fn a_message_reads_back_and_nothing_shorter_does() {
    for toy in toys() {
        let bytes = toy.encode();
        assert_eq!(differing(&Toy::decode(&bytes).unwrap(), &toy), Vec::<&str>::new());
        assert!((0..bytes.len()).all(|len| Toy::decode(&bytes[..len]).is_none()));
    }
}

#[test]
fn every_declared_column_changes_the_checksum_and_no_other_does() {
    let sum = |toy: &Toy| {
        let mut bytes = Vec::new();
        toy.digest(&mut bytes);
        bytes
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
    // Little-endian; one more than the index.
    let expected = [
        &[1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0][..],
        &(-0.1_f64).to_le_bytes(),
        &[1, 0, 0, 0, 0, 0, 0, 0],
        b"bad",
    ];
    assert_eq!(sum(toy), expected.concat());
    let mut wide = Vec::new();
    Wide { count: 7, sum: -1, flag: true }.digest(&mut wide);
    assert_eq!(wide, [7_i128, -1, 1].map(i128::to_le_bytes).concat());
}

#[test]
fn columns_that_differ_are_named() {
    let toy = &toys()[0];
    let other = Toy { energy: 0.0, ending: Ending::Good, ..toy.clone() };
    assert_eq!(differing(toy, &other), ["energy", "ending"]);
    assert!(is_finite(toy) && !is_finite(&toys()[1]));
    assert_eq!(differing(&toys()[1], &toys()[1]), Vec::<&str>::new());
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
    assert!(page.contains("| energy | float | couplings | Its energy, after all. |"), "{page}");
}
