//! Seeded mutations of valid input: the case's number decides everything.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

/// Numbers at which lengths, counts and signs go wrong.
const EDGES: [u64; 14] = [
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
];

pub struct Mutator {
    rng: Pcg64,
}

impl Mutator {
    pub fn of(case: u64) -> Self {
        Self { rng: Pcg64::seed_from_u64(case) }
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.rng.random_range(0..end.max(1))
    }

    pub fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// One of the seeds, changed in one to six places; `words` are pieces of the format.
    pub fn mutated(&mut self, seeds: &[Vec<u8>], words: &[&[u8]]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        for _ in 0..self.rng.random_range(1..=6) {
            self.change(&mut bytes, seeds, words);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[&[u8]]) {
        let at = self.place(bytes);
        match self.below(10) {
            0 | 1 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            2 if !bytes.is_empty() => bytes[at] = self.rng.random(),
            3 | 4 => self.put_edge(bytes, at),
            5 => {
                let end = (at + self.below(24)).min(bytes.len());
                bytes.drain(at..end);
            }
            6 => {
                let end = (at + self.below(64)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            7 if !words.is_empty() => {
                let word = words[self.below(words.len())];
                let end = if self.rng.random() { at } else { (at + word.len()).min(bytes.len()) };
                bytes.splice(at..end, word.iter().copied());
            }
            8 => {
                let other = &seeds[self.below(seeds.len())];
                let from = self.below(other.len());
                let to = (from + self.below(200)).min(other.len());
                let end = (at + to - from).min(bytes.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            9 if self.below(4) == 0 => bytes.truncate(at),
            _ => bytes.insert(at, self.rng.random()),
        }
    }

    /// Any place, but rarely inside the long runs of zeros that a database file is made of.
    fn place(&mut self, bytes: &[u8]) -> usize {
        let at = self.below(bytes.len());
        let empty = |at: usize| bytes.get(at) == Some(&0) && bytes.get(at + 1) == Some(&0);
        (0..8).map(|_| self.below(bytes.len())).find(|&at| !empty(at)).unwrap_or(at)
    }

    fn put_edge(&mut self, bytes: &mut [u8], at: usize) {
        let edge = self.one_of(&EDGES);
        let width = self.one_of(&[1, 2, 4, 8]);
        let big = edge.to_be_bytes();
        let little = edge.to_le_bytes();
        let digits = if self.rng.random() { &big[8 - width..] } else { &little[..width] };
        for (to, from) in bytes.iter_mut().skip(at).zip(digits) {
            *to = *from;
        }
    }
}
