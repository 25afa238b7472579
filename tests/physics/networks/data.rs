//! Digits: what is read, what is refused and in which words.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use hspin::networks::data::{
    CLASSES, DigitSet, IdxFile, ORIGINAL_SIDE, Origin, PIXELS, SIDE, bundled, downsample, input, read_images,
    read_labels,
};
use hspin::rng::{Role, stream};
use hspin::studies::networks::read_digits;
use rand::RngExt;

fn idx(sizes: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, sizes.len() as u8];
    bytes.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    bytes.extend(values);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn images_error(content: &[u8]) -> String {
    read_images(&IdxFile { name: "images", content }).unwrap_err().to_string()
}

fn labels_error(content: &[u8]) -> String {
    read_labels(&IdxFile { name: "labels", content }).unwrap_err().to_string()
}

/// The mean over each new pixel, by cutting every old pixel into 5×5 equal parts and averaging 14×14 of them.
fn by_parts(image: &[u8; ORIGINAL_SIDE * ORIGINAL_SIDE]) -> Vec<u8> {
    let part = |row: usize, column: usize| u64::from(image[row / 5 * ORIGINAL_SIDE + column / 5]);
    let mean = |new: usize| {
        let (top, left) = (new / SIDE * 14, new % SIDE * 14);
        let sum: u64 = (0..196).map(|at| part(top + at / 14, left + at % 14)).sum();
        // Nearest integer to sum/196, halves up: the largest n with 2·196·n ≤ 2·sum + 196.
        (0..=255u8).rev().find(|&n| 392 * u64::from(n) <= 2 * sum + 196).unwrap()
    };
    (0..PIXELS).map(mean).collect()
}

#[test]
fn downsampling_is_the_exact_area_average() {
    let mut random = stream(1, Role::Probe, &[28, 10]);
    for _ in 0..50 {
        let dark = random.random_range(0..=255u8);
        let image = std::array::from_fn(|_| random.random::<u8>().saturating_sub(dark));
        assert_eq!(downsample(&image).to_vec(), by_parts(&image));
    }
    for grey in [0, 1, 127, 255] {
        assert_eq!(downsample(&[grey; 784]), [grey; PIXELS]);
    }
    // Pixel (0, 0) fills 25 of 196 parts, pixel (2, 2) 16 of them: half of a unit of brightness is rounded up.
    let lit = |corner: u8, inner: u8| {
        let mut image = [0; 784];
        (image[0], image[2 * ORIGINAL_SIDE + 2]) = (corner, inner);
        downsample(&image)[0]
    };
    assert_eq!((lit(2, 3), lit(2, 2)), (1, 0));
}

#[test]
fn inputs_are_exact_and_standardised() {
    let set = bundled().unwrap();
    let (mut sum, mut squares) = (0.0, 0.0);
    for digit in 0..set.train.count() {
        for &pixel in set.train.pixels(digit) {
            let x = input(pixel);
            assert_eq!(f64::from(x), (f64::from(pixel) - 33.0) / 64.0);
            sum += f64::from(x);
            squares += f64::from(x * x);
        }
    }
    let n = (set.train.count() * PIXELS) as f64;
    assert!((sum / n).abs() < 0.02 && (squares / n - 1.0).abs() < 0.02, "{} {}", sum / n, squares / n);
}

#[test]
fn the_bundled_digits_are_balanced_and_pinned() {
    let set = bundled().unwrap();
    assert_eq!((set.train.count(), set.test.count(), set.origin), (5000, 1000, Origin::Bundled));
    for (digits, each) in [(&set.train, 500), (&set.test, 100)] {
        for class in 0..CLASSES as u8 {
            assert_eq!(digits.labels().iter().filter(|&&label| label == class).count(), each);
        }
    }
    let hex = |bytes: [u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(&hex(set.train.sha256())[..16], "7592c406a7d82e14");
    assert_eq!(&hex(set.test.sha256())[..16], "ef60c1200b7f0f0e");
    assert_eq!(set.train.first(5000), set.train);
    assert_eq!(set.train.first(7).count(), 7);
    assert_ne!(set.train.first(7).sha256(), set.train.sha256());
}

#[test]
fn plain_and_compressed_files_are_the_same_digits() {
    let small = idx(&[2, 10, 10], &[7; 200]);
    for content in [small.clone(), gzip(&small)] {
        let images = read_images(&IdxFile { name: "images", content: &content }).unwrap();
        assert_eq!((images.count(), images.side), (2, 10));
        assert_eq!(images.pixels, [7; 200]);
    }
}

/// What `cat a.gz b.gz` and parallel compressors write.
#[test]
fn a_compressed_file_of_many_members_is_one_file() {
    let whole = idx(&[2, 10, 10], &[7; 200]);
    for cut in [0, 3, 10, 16, 100, whole.len()] {
        let (first, second) = whole.split_at(cut);
        let content = [gzip(first), gzip(second), gzip(&[])].concat();
        let images = read_images(&IdxFile { name: "images", content: &content }).unwrap();
        assert_eq!((images.count(), &images.pixels), (2, &vec![7; 200]), "{cut}");
        assert_eq!(images.sha256, read_images(&IdxFile { name: "images", content: &whole }).unwrap().sha256);
        // The last member's end is checked, too.
        let mut damaged = content.clone();
        let at = damaged.len() - 6;
        damaged[at] ^= 1;
        assert!(
            images_error(&damaged).starts_with("images = a damaged file ("),
            "{}",
            images_error(&damaged)
        );
        let short = &content[..content.len() - 3];
        assert!(images_error(short).starts_with("images = a file that ends too soon"), "{cut}");
    }
}

#[test]
fn bad_files_are_refused_with_their_reason() {
    let good = idx(&[2, 28, 28], &[0; 2 * 784]);
    let cases: [(Vec<u8>, &str); 9] = [
        (vec![], "images = a file that ends too soon: a whole IDX file, plain or gzip-compressed"),
        (
            idx(&[2], &[1, 2]).into_iter().chain([0; 16]).collect(),
            "images = first bytes 00000801: an IDX file of bytes in 3 dimensions, which begins with 00000803",
        ),
        (
            good[..good.len() - 1].to_vec(),
            "images = fewer than 1568 bytes after its header: as many as its size 2×28×28 says",
        ),
        (
            good.iter().copied().chain([0]).collect(),
            "images = more than 1568 bytes after its header: as many as its size 2×28×28 says",
        ),
        (idx(&[1, 27, 28], &[0; 27 * 28]), "images = 1 images of 27×28: images of 28×28 or 10×10 pixels"),
        (
            idx(&[u32::MAX, u32::MAX, u32::MAX], &[0; 9]),
            "images = size 4294967295×4294967295×4294967295: at most 1000000 digits of 28×28",
        ),
        (
            // Promises 784 MB and holds nothing: refused at once, and nothing of that size is taken.
            idx(&[1_000_000, 28, 28], &[]),
            "images = fewer than 784000000 bytes after its header: as many as its size 1000000×28×28 says",
        ),
        (
            gzip(&good).into_iter().chain([1; 30]).collect(),
            "images = a damaged file (invalid gzip header): a whole IDX file, plain or gzip-compressed",
        ),
        (
            // A second member with one byte more than there should be.
            [gzip(&good), gzip(&[0])].concat(),
            "images = more than 1568 bytes after its header: as many as its size 2×28×28 says",
        ),
    ];
    for (content, expected) in cases {
        assert_eq!(images_error(&content), expected);
    }
    let mut damaged = gzip(&good);
    let at = damaged.len() - 6;
    damaged[at] ^= 1;
    assert!(images_error(&damaged).starts_with("images = a damaged file ("), "{}", images_error(&damaged));
    let cut = &gzip(&good)[..20];
    assert!(images_error(cut).starts_with("images = a file that ends too soon"), "{}", images_error(cut));
    assert_eq!(labels_error(&idx(&[3], &[0, 9, 10])), "labels = label 10 of item 2: labels from 0 to 9");
}

fn set_error(files: [&[u8]; 4]) -> String {
    let names = ["a", "b", "c", "d"];
    let files = std::array::from_fn(|at| IdxFile { name: names[at], content: files[at] });
    DigitSet::read(&files).unwrap_err().to_string()
}

#[test]
fn images_and_labels_must_fit_each_other() {
    let (images, labels) = (idx(&[2, 10, 10], &[0; 200]), idx(&[2], &[3, 4]));
    let (none, no_labels) = (idx(&[0, 10, 10], &[]), idx(&[0], &[]));
    let three = idx(&[3], &[1, 2, 3]);
    assert_eq!(
        set_error([&images, &labels, &images, &three]),
        "d = 3 labels: as many labels as c has images, 2"
    );
    assert_eq!(set_error([&none, &no_labels, &images, &labels]), "a = 0 images: at least one image");
    assert_eq!(
        set_error([&labels, &images, &images, &labels]),
        "a = first bytes 00000801: an IDX file of bytes in 3 dimensions, which begins with 00000803"
    );
}

fn folder_with(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

#[test]
fn a_folder_of_files_is_read_and_a_missing_file_is_named() {
    let (images, labels) = (idx(&[2, 10, 10], &[9; 200]), idx(&[2], &[3, 4]));
    let folder = folder_with(&[
        ("train-images-idx3-ubyte", images.clone()),
        ("train-labels-idx1-ubyte.gz", gzip(&labels)),
        ("t10k-images-idx3-ubyte.gz", gzip(&images)),
        ("t10k-labels-idx1-ubyte", labels),
    ]);
    let set = read_digits(folder.path()).unwrap();
    assert_eq!((set.origin, set.test.count(), set.test.labels()), (Origin::Other, 2, &[3, 4][..]));
    assert_eq!(set.train.pixels(1), [9; PIXELS]);
    fs::remove_file(folder.path().join("t10k-labels-idx1-ubyte")).unwrap();
    let error = read_digits(folder.path()).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    let text = error.to_string();
    assert!(text.starts_with("--data = ") && text.ends_with("(t10k-labels-idx1-ubyte is missing)"), "{text}");
}

/// MNIST's own files: where `HSPIN_MNIST` says, and then they must be there, or in ../shared/data/mnist if they are.
/// They are data to be fetched, not an ability of the machine: `HSPIN_NO_SKIP` does not ask for them.
fn mnist() -> Option<PathBuf> {
    let holds_them = |folder: &PathBuf| folder.join("train-images-idx3-ubyte.gz").is_file();
    if let Some(named) = std::env::var_os("HSPIN_MNIST").map(PathBuf::from) {
        assert!(holds_them(&named), "HSPIN_MNIST = {}: no MNIST files are there", named.display());
        return Some(named);
    }
    Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/mnist")).filter(holds_them)
}

#[test]
fn the_bundled_digits_are_those_of_mnist() {
    let Some(folder) = mnist() else {
        println!(
            "optional: without MNIST's files (HSPIN_MNIST) the bundled digits are held by their checksums alone"
        );
        return;
    };
    let (full, small) = (read_digits(&folder).unwrap(), bundled().unwrap());
    assert_eq!((full.train.count(), full.test.count(), full.origin), (60_000, 10_000, Origin::Mnist));
    for (full, small) in [(&full.train, &small.train), (&full.test, &small.test)] {
        let mut left = [small.count() / CLASSES; CLASSES];
        let mut chosen = (0..full.count()).filter(|&digit| {
            let left = &mut left[usize::from(full.labels()[digit])];
            *left > 0 && {
                *left -= 1;
                true
            }
        });
        for digit in 0..small.count() {
            let from = chosen.next().unwrap();
            assert_eq!(small.pixels(digit), full.pixels(from));
            assert_eq!(small.labels()[digit], full.labels()[from]);
        }
    }
    // Train files where test files belong.
    let read = |name: &str| fs::read(folder.join(format!("{name}.gz"))).unwrap();
    let (images, labels) = (read("train-images-idx3-ubyte"), read("train-labels-idx1-ubyte"));
    let (test_images, test_labels) = (read("t10k-images-idx3-ubyte"), read("t10k-labels-idx1-ubyte"));
    assert_eq!(
        set_error([&test_images, &test_labels, &images, &labels]),
        "a = the content of t10k-images-idx3-ubyte: the content of train-images-idx3-ubyte"
    );
}
