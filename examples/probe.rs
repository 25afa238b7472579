use hspin::theory::MeanCounts;
use std::time::Instant;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let (dim, kmax): (u32, u32) = (a[1].parse().unwrap(), a[2].parse().unwrap());
    let us: Vec<f64> = a[3].split(',').map(|x| x.parse().unwrap()).collect();
    let mut c = MeanCounts::new(3, dim).unwrap();
    let t0 = Instant::now();
    for k in 0..kmax {
        let t = Instant::now();
        let r = c.by_index(k, &us).unwrap();
        println!("{k} {:?} {:?} {:?}", r[0].map(|r| r.log), r.last().unwrap().map(|r| r.log), t.elapsed());
    }
    println!("{:?}", t0.elapsed());
}
