//! A mini-batch, packed in the orders that a step reads it in.

use super::lanes::{Lanes, TILE};
use crate::networks::data::input;
#[cfg(target_arch = "x86_64")]
use crate::networks::data::{PIXEL_UNIT, PIXEL_ZERO};
use crate::numeric::isa::Isa;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;

/// Inputs and labels of some examples. Inputs and examples are padded with zeros to multiples of [`TILE`].
#[derive(Debug, Clone)]
pub enum Batch {
    /// The same examples for all sixteen networks.
    Shared(Shared),
    /// Examples of its own for each network.
    Own(Own),
}

/// Examples that sixteen networks see together.
#[derive(Debug, Clone)]
pub struct Shared {
    /// Padded number of inputs.
    inputs: usize,
    pub(super) labels: Vec<u8>,
    /// \[tile of examples\]\[input\]\[example of the tile\]
    pub(super) by_example: Vec<f32>,
    /// \[tile of inputs\]\[example\]\[input of the tile\]; examples are not padded.
    pub(super) by_input: Vec<f32>,
}

/// Examples of which each network sees its own: an input and a label to each lane.
#[derive(Debug, Clone)]
pub struct Own {
    /// Padded number of inputs.
    inputs: usize,
    pub(super) labels: Vec<[u8; Lanes::WIDTH]>,
    /// \[example\]\[input\], padded.
    pub(super) rows: Vec<Lanes>,
}

impl Batch {
    /// A mini-batch of `labels.len()` examples for all sixteen networks; `input(example, i)` is the i-th of `inputs`
    /// inputs.
    pub fn new(inputs: usize, labels: Vec<u8>, input: impl Fn(usize, usize) -> f32) -> Self {
        let (count, padded) = (labels.len(), inputs.next_multiple_of(TILE));
        let mut by_example = vec![0.0; count.next_multiple_of(TILE) * padded];
        let mut by_input = vec![0.0; count * padded];
        for example in 0..count {
            for i in 0..inputs {
                let x = input(example, i);
                by_example[(example / TILE * padded + i) * TILE + example % TILE] = x;
                by_input[(i / TILE * count + example) * TILE + i % TILE] = x;
            }
        }
        Self::Shared(Shared { inputs: padded, labels, by_example, by_input })
    }

    /// A mini-batch of `labels.len()` examples for each network; `input(example, network, i)` is the i-th of `inputs`
    /// inputs of that example of that network.
    pub fn own(
        inputs: usize,
        labels: Vec<[u8; Lanes::WIDTH]>,
        input: impl Fn(usize, usize, usize) -> f32,
    ) -> Self {
        let mut own = Own::empty(inputs);
        own.begin(labels.len());
        for (example, rows) in own.rows.chunks_exact_mut(own.inputs).take(labels.len()).enumerate() {
            for (i, row) in rows.iter_mut().take(inputs).enumerate() {
                *row = Lanes(std::array::from_fn(|network| input(example, network, i)));
            }
        }
        own.labels = labels;
        Self::Own(own)
    }

    /// Number of examples that a network sees.
    pub fn count(&self) -> usize {
        match self {
            Self::Shared(batch) => batch.labels.len(),
            Self::Own(batch) => batch.labels.len(),
        }
    }

    /// Number of inputs, padded.
    pub(super) fn inputs(&self) -> usize {
        match self {
            Self::Shared(batch) => batch.inputs,
            Self::Own(batch) => batch.inputs,
        }
    }

    /// Whether all labels are below a number.
    pub(super) fn has_labels_below(&self, classes: usize) -> bool {
        let is_below = |&label: &u8| usize::from(label) < classes;
        match self {
            Self::Shared(batch) => batch.labels.iter().all(is_below),
            Self::Own(batch) => batch.labels.as_flattened().iter().all(is_below),
        }
    }
}

/// Bytes that are turned into inputs at a time.
const WORD: usize = 4;

impl Own {
    /// No examples yet.
    pub fn empty(inputs: usize) -> Self {
        Self { inputs: inputs.next_multiple_of(TILE), labels: Vec::new(), rows: Vec::new() }
    }

    /// Room for so many examples; what pads them is zero, the rest is for the caller to fill.
    fn begin(&mut self, count: usize) {
        self.labels.clear();
        self.rows.resize(count.next_multiple_of(TILE) * self.inputs, Lanes::ZERO);
        self.rows[count * self.inputs..].fill(Lanes::ZERO);
    }

    /// Takes `count` digits for each network in place of what was there; `digit(example, network)` has its pixels, four
    /// or a multiple of it, and its label.
    ///
    /// # Panics
    /// If a digit has another number of pixels than the mini-batch has inputs, or the machine lacks the instruction set.
    pub fn take<'a>(&mut self, isa: Isa, count: usize, digit: impl Fn(usize, usize) -> (&'a [u8], u8)) {
        assert!(isa.is_available(), "this machine has no {}", isa.name());
        assert!(self.inputs.is_multiple_of(WORD), "pixels come by fours");
        self.begin(count);
        let mut words = vec![[0; Lanes::WIDTH]; self.inputs / WORD];
        for (example, rows) in self.rows.chunks_exact_mut(self.inputs).take(count).enumerate() {
            let mut labels = [0; Lanes::WIDTH];
            for (network, label) in labels.iter_mut().enumerate() {
                let (pixels, own) = digit(example, network);
                assert!(pixels.len() == self.inputs, "pixels do not fit");
                for (word, &four) in words.iter_mut().zip(pixels.as_chunks::<WORD>().0) {
                    word[network] = u32::from_le_bytes(four);
                }
                *label = own;
            }
            self.labels.push(labels);
            match isa {
                // SAFETY: availability was checked just above.
                #[cfg(target_arch = "x86_64")]
                Isa::Avx512 => unsafe { spread_avx512(&words, rows) },
                // SAFETY: availability was checked just above.
                #[cfg(target_arch = "x86_64")]
                Isa::Avx2 => unsafe { spread_avx2(&words, rows) },
                _ => spread(&words, rows),
            }
        }
    }
}

/// Four pixels of each network to four rows of inputs. x = p/64 − 33/64 is exact, so every path gives the same bits.
fn spread(words: &[[u32; Lanes::WIDTH]], rows: &mut [Lanes]) {
    for (word, rows) in words.iter().zip(rows.as_chunks_mut::<WORD>().0) {
        for (at, row) in rows.iter_mut().enumerate() {
            *row = Lanes(word.map(|word| input((word >> (8 * at)) as u8)));
        }
    }
}

/// What [`input`] multiplies a pixel by, and what it adds.
#[cfg(target_arch = "x86_64")]
const LINE: [f32; 2] = [1.0 / PIXEL_UNIT as f32, -(PIXEL_ZERO as f32) / PIXEL_UNIT as f32];

/// As [`spread`]; the compiler's own vectors of it would gather and scatter.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn spread_avx512(words: &[[u32; Lanes::WIDTH]], rows: &mut [Lanes]) {
    let (byte, [unit, zero]) = (_mm512_set1_epi32(0xff), LINE.map(|x| _mm512_set1_ps(x)));
    for (word, rows) in words.iter().zip(rows.as_chunks_mut::<WORD>().0) {
        // SAFETY: a word has sixteen values.
        let word = unsafe { _mm512_loadu_si512(word.as_ptr().cast()) };
        for (at, row) in rows.iter_mut().enumerate() {
            let pixel = _mm512_and_si512(_mm512_srl_epi32(word, _mm_cvtsi32_si128(8 * at as i32)), byte);
            let x = _mm512_fmadd_ps(_mm512_cvtepi32_ps(pixel), unit, zero);
            // SAFETY: a row has sixteen values.
            unsafe { _mm512_storeu_ps(row.0.as_mut_ptr(), x) }
        }
    }
}

/// As [`spread_avx512`], in halves.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn spread_avx2(words: &[[u32; Lanes::WIDTH]], rows: &mut [Lanes]) {
    const HALF: usize = Lanes::WIDTH / 2;
    let (byte, [unit, zero]) = (_mm256_set1_epi32(0xff), LINE.map(|x| _mm256_set1_ps(x)));
    for (word, rows) in words.iter().zip(rows.as_chunks_mut::<WORD>().0) {
        for (half, word) in word.as_chunks::<HALF>().0.iter().enumerate() {
            // SAFETY: half a word has eight values.
            let word = unsafe { _mm256_loadu_si256(word.as_ptr().cast()) };
            for (at, row) in rows.iter_mut().enumerate() {
                let pixel = _mm256_and_si256(_mm256_srl_epi32(word, _mm_cvtsi32_si128(8 * at as i32)), byte);
                let x = _mm256_fmadd_ps(_mm256_cvtepi32_ps(pixel), unit, zero);
                // SAFETY: half a row has eight values.
                unsafe { _mm256_storeu_ps(row.0[half * HALF..][..HALF].as_mut_ptr(), x) }
            }
        }
    }
}
