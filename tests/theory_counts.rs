//! Exact mean counts against high-precision tables, closed forms and identities.

use hspin::theory::MeanCounts;

fn counts(spins: u32, dim: u32) -> MeanCounts {
    MeanCounts::new(spins, dim).unwrap()
}

/// Rows of a table under tests/data.
fn rows(name: &str) -> Vec<csv::StringRecord> {
    let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    csv::Reader::from_path(path).unwrap().records().map(|row| row.unwrap()).collect()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

#[test]
fn probe() {
    let t = std::time::Instant::now();
    for row in rows("mean_counts.csv") {
        let c = counts(row[1].parse().unwrap(), row[0].parse().unwrap()).total(&[number(&row[2])]).unwrap()[0];
        let e = c.value() / number(&row[3]) - 1.0;
        if e.abs() > 1e-12 { println!("{row:?} {e:.1e} {:.1e}", c.relative_error); }
    }
    println!("{:?}", t.elapsed());
    let mut worst = 0f64;
    let mut c = counts(3, 2);
    let mut dim = 2u32;
    for row in rows("mean_counts_by_index.csv") {
        let t = std::time::Instant::now();
        let d: u32 = row[0].parse().unwrap();
        if d != dim { dim = d; c = counts(3, d); }
        c = c.at_order(row[1].parse().unwrap()).unwrap();
        let c = c.by_index(row[3].parse().unwrap(), &[number(&row[2])]).unwrap()[0].unwrap();
        let e = c.value() / number(&row[4]) - 1.0;
        worst = worst.max(e.abs());
        if e.abs() > 1e-11 || t.elapsed().as_secs_f64() > 0.3 { println!("{row:?} {e:.1e} {:.1e} {:?}", c.relative_error, t.elapsed()); }
    }
    println!("by index worst {worst:.1e} {:?}", t.elapsed());
    for dim in [50, 100] {
    let mut c = counts(3, dim);
    for row in rows("log_mean_counts_by_index.csv") {
        if row[0] != dim.to_string() { continue }
        let t = std::time::Instant::now();
        let c = c.by_index(row[3].parse().unwrap(), &[number(&row[2])]).unwrap()[0].unwrap();
        let e = c.log - number(&row[4]);
        if e.abs() > 1e-11 || t.elapsed().as_secs_f64() > 0.5 { println!("{row:?} {e:.1e} {:.1e} {:?}", c.relative_error, t.elapsed()); }
    }
    println!("{:?}", t.elapsed());
    }
    for row in rows("minima_law.csv") {
        let law = counts(3, row[0].parse().unwrap()).energy_law(0).unwrap();
        println!("{row:?} {law:?} {:?}", t.elapsed());
    }
}
