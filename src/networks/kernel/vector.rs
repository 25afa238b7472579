//! A step in vector registers. The arithmetic of each lane is that of [`super::scalar`].

use super::batch::Batch;
use super::lanes::{Lanes, TILE};
use super::softmax::derivatives;
use super::space::{Sizes, Workspace};
use crate::networks::group::NetworkGroup;
use crate::numeric::simd::Simd;

/// As [`super::step`], which checks all sizes.
///
/// # Safety
/// The machine has the instruction set of `S`; group, mini-batch and space have the sizes that `sizes` says.
#[inline(always)]
pub unsafe fn step<S: Simd<Elem = f32>>(
    sizes: &Sizes,
    group: &mut NetworkGroup,
    batch: &Batch,
    rate: f32,
    space: &mut Workspace,
) {
    assert!(group.incoming.len() == sizes.hidden * sizes.inputs);
    assert!(group.outgoing.len() == sizes.hidden * sizes.outputs);
    match batch {
        Batch::Shared(shared) => {
            assert!(shared.by_example.len() == sizes.examples * sizes.inputs);
            assert!(shared.by_input.len() == sizes.count * sizes.inputs);
            let inputs = |_| SharedInputs {
                by_example: shared.by_example.as_ptr(),
                by_input: shared.by_input.as_ptr(),
            };
            // SAFETY: by contract and the checks above.
            unsafe { step_with::<S, _>(sizes, group, (batch, inputs), rate, space) }
        }
        Batch::Own(own) => {
            assert!(own.rows.len() == sizes.examples * sizes.inputs);
            let rows = own.rows.as_ptr().cast::<f32>();
            let inputs = |register: usize| OwnInputs(rows.wrapping_add(register * S::LANES));
            // SAFETY: by contract and the check above.
            unsafe { step_with::<S, _>(sizes, group, (batch, inputs), rate, space) }
        }
    }
}

/// As [`step`]; `inputs` are those of the mini-batch for the networks of one register.
///
/// # Safety
/// As [`step`].
#[inline(always)]
unsafe fn step_with<S: Simd<Elem = f32>, I: Inputs<S>>(
    sizes: &Sizes,
    group: &mut NetworkGroup,
    (batch, inputs): (&Batch, impl Fn(usize) -> I),
    rate: f32,
    space: &mut Workspace,
) {
    let places = |group: &mut NetworkGroup, space: &mut Workspace, register: usize| Places {
        sizes: *sizes,
        inputs: inputs(register),
        // Lanes of a row from here on are the register's.
        incoming: group.incoming.as_mut_ptr().cast::<f32>().wrapping_add(register * S::LANES),
        outgoing: group.outgoing.as_mut_ptr().cast::<f32>().wrapping_add(register * S::LANES),
        active: space.active.as_mut_ptr().cast::<f32>().wrapping_add(register * S::LANES),
        outputs: space.outputs.as_mut_ptr().cast::<f32>().wrapping_add(register * S::LANES),
        back: space.back.as_mut_ptr().cast::<f32>().wrapping_add(register * S::LANES),
    };
    let registers = Lanes::WIDTH / S::LANES;
    for register in 0..registers {
        // SAFETY: by contract and the checks above.
        unsafe { forward::<S, I>(&places(group, space, register)) }
    }
    derivatives(sizes, batch, &mut space.outputs);
    for register in 0..registers {
        // SAFETY: by contract and the checks above.
        unsafe { backward::<S, I>(&places(group, space, register), rate) }
    }
}

/// Where a step reads and writes. Pointers to rows of sixteen lanes, to the first lane of the register at work.
struct Places<I> {
    sizes: Sizes,
    inputs: I,
    incoming: *mut f32,
    outgoing: *mut f32,
    active: *mut f32,
    outputs: *mut f32,
    back: *mut f32,
}

/// Inputs of a mini-batch as right factors of a tile.
trait Inputs<S: Simd<Elem = f32>> {
    /// One step for each input, a column for each of five examples from one on.
    ///
    /// # Safety
    /// The examples are in the mini-batch, padding included.
    unsafe fn of_examples(&self, sizes: &Sizes, example: usize) -> impl Factors<S>;
    /// One step for each example, a column for each of five inputs from one on.
    ///
    /// # Safety
    /// There are such inputs, padding included.
    unsafe fn of_inputs(&self, sizes: &Sizes, input: usize) -> impl Factors<S>;
}

/// The same examples for all lanes.
struct SharedInputs {
    by_example: *const f32,
    by_input: *const f32,
}

impl<S: Simd<Elem = f32>> Inputs<S> for SharedInputs {
    #[inline(always)]
    unsafe fn of_examples(&self, sizes: &Sizes, example: usize) -> impl Factors<S> {
        // SAFETY: by contract.
        unsafe { Splats(self.by_example.add(example * sizes.inputs)) }
    }

    #[inline(always)]
    unsafe fn of_inputs(&self, sizes: &Sizes, input: usize) -> impl Factors<S> {
        // SAFETY: by contract.
        unsafe { Splats(self.by_input.add(input * sizes.count)) }
    }
}

/// Examples of its own for each lane: \[example\]\[input\], from the first lane of the register at work.
struct OwnInputs(*const f32);

impl<S: Simd<Elem = f32>> Inputs<S> for OwnInputs {
    #[inline(always)]
    unsafe fn of_examples(&self, sizes: &Sizes, example: usize) -> impl Factors<S> {
        // SAFETY: by contract.
        let from = unsafe { self.0.add(example * sizes.inputs * ROW) };
        LayerColumns { from, column: sizes.inputs * ROW, step: ROW }
    }

    #[inline(always)]
    unsafe fn of_inputs(&self, sizes: &Sizes, input: usize) -> impl Factors<S> {
        // SAFETY: by contract.
        let from = unsafe { self.0.add(input * ROW) };
        LayerColumns { from, column: ROW, step: sizes.inputs * ROW }
    }
}

/// Values from one row of lanes to the next.
const ROW: usize = Lanes::WIDTH;

/// Rows of a tile whose sums fit the register file at once: all five of AVX-512's, two of AVX2's.
const fn rows_at_once(lanes: usize) -> usize {
    if lanes == Lanes::WIDTH { TILE } else { 2 }
}

/// Calls `$body` with `R` rows from row `$first` on until all rows of a tile are done.
macro_rules! for_rows {
    ($S:ty, |$first:ident, $R:ident| $body:expr) => {
        let mut $first = 0;
        while $first < TILE {
            match (TILE - $first).min(rows_at_once(<$S>::LANES)) {
                1 => {
                    const $R: usize = 1;
                    $body
                }
                2 => {
                    const $R: usize = 2;
                    $body
                }
                _ => {
                    const $R: usize = TILE;
                    $body
                }
            }
            $first += rows_at_once(<$S>::LANES);
        }
    };
}

/// Activities, and outputs as their sums over hidden units.
#[inline(always)]
unsafe fn forward<S: Simd<Elem = f32>, I: Inputs<S>>(at: &Places<I>) {
    let Sizes { inputs, hidden, outputs, examples, .. } = at.sizes;
    // SAFETY: the instruction set is present by contract; units, examples and outputs stay below their padded numbers,
    // which are what the buffers hold; rows are aligned to 64 bytes and a register begins at a multiple of its size.
    unsafe {
        for tile in (0..hidden).step_by(TILE) {
            for_rows!(S, |first, R| {
                let unit = tile + first;
                for example in (0..examples).step_by(TILE) {
                    let weights =
                        Rows { from: at.incoming.add(unit * inputs * ROW), row: inputs * ROW, step: ROW };
                    let x = at.inputs.of_examples(&at.sizes, example);
                    let sums = products::<S, _, R>(inputs, &weights, &x, [[S::zero(); TILE]; R]);
                    for (r, sums) in sums.into_iter().enumerate() {
                        let to = at.active.add(((unit + r) * examples + example) * ROW);
                        for (c, sum) in sums.into_iter().enumerate() {
                            S::store(to.add(c * ROW), S::where_positive(sum, sum));
                        }
                    }
                }
            });
            for example in (0..examples).step_by(TILE) {
                for output in (0..outputs).step_by(TILE) {
                    for_rows!(S, |first, R| {
                        let active = Rows {
                            from: at.active.add((tile * examples + example + first) * ROW),
                            row: ROW,
                            step: examples * ROW,
                        };
                        let weights = LayerColumns {
                            from: at.outgoing.add((tile * outputs + output) * ROW),
                            column: ROW,
                            step: outputs * ROW,
                        };
                        let to = at.outputs.add(((example + first) * outputs + output) * ROW);
                        let sums = load_tile::<S, R>(to, outputs * ROW);
                        let sums = products::<S, _, R>(TILE, &active, &weights, sums);
                        store_tile::<S, R>(to, outputs * ROW, sums);
                    });
                }
            }
        }
    }
}

/// Gradients, from what flows back through the outgoing weights as they were, and the move along them.
#[inline(always)]
unsafe fn backward<S: Simd<Elem = f32>, I: Inputs<S>>(at: &Places<I>, rate: f32) {
    let Sizes { inputs, hidden, outputs, examples, count, .. } = at.sizes;
    // SAFETY: as in `forward`.
    unsafe {
        let rate = S::splat(-rate);
        for tile in (0..hidden).step_by(TILE) {
            for_rows!(S, |first, R| {
                let unit = tile + first;
                let active = at.active.add(unit * examples * ROW);
                let outgoing = at.outgoing.add(unit * outputs * ROW);
                for example in (0..examples).step_by(TILE) {
                    let weights = Rows { from: outgoing, row: outputs * ROW, step: ROW };
                    let derivatives = LayerColumns {
                        from: at.outputs.add(example * outputs * ROW),
                        column: outputs * ROW,
                        step: ROW,
                    };
                    let mut sums =
                        products::<S, _, R>(outputs, &weights, &derivatives, [[S::zero(); TILE]; R]);
                    let active = load_tile::<S, R>(active.add(example * ROW), examples * ROW);
                    for r in 0..R {
                        for c in 0..TILE {
                            sums[r][c] = S::where_positive(active[r][c], sums[r][c]);
                        }
                    }
                    store_tile::<S, R>(at.back.add(example * ROW), examples * ROW, sums);
                }
                let active = Rows { from: active, row: examples * ROW, step: ROW };
                for output in (0..outputs).step_by(TILE) {
                    let derivatives =
                        LayerColumns { from: at.outputs.add(output * ROW), column: ROW, step: outputs * ROW };
                    let gradient = products::<S, _, R>(count, &active, &derivatives, [[S::zero(); TILE]; R]);
                    advance::<S, R>(outgoing.add(output * ROW), outputs * ROW, rate, gradient);
                }
                let back = Rows { from: at.back, row: examples * ROW, step: ROW };
                for input in (0..inputs).step_by(TILE) {
                    let x = at.inputs.of_inputs(&at.sizes, input);
                    let gradient = products::<S, _, R>(count, &back, &x, [[S::zero(); TILE]; R]);
                    advance::<S, R>(
                        at.incoming.add((unit * inputs + input) * ROW),
                        inputs * ROW,
                        rate,
                        gradient,
                    );
                }
            });
        }
    }
}

/// Left factors: R rows, one register to a step.
struct Rows {
    from: *const f32,
    row: usize,
    step: usize,
}

/// Right factors: five columns to a step.
trait Factors<S: Simd<Elem = f32>> {
    /// The factor of a column at a step.
    ///
    /// # Safety
    /// The instruction set is present and the place is within the buffer.
    unsafe fn at(&self, step: usize, column: usize) -> S::Reg;
}

/// The same value for all lanes; \[step\]\[column\].
struct Splats(*const f32);

impl<S: Simd<Elem = f32>> Factors<S> for Splats {
    #[inline(always)]
    unsafe fn at(&self, step: usize, column: usize) -> S::Reg {
        // SAFETY: by contract.
        unsafe { S::splat(*self.0.add(step * TILE + column)) }
    }
}

/// A value for each lane.
struct LayerColumns {
    from: *const f32,
    column: usize,
    step: usize,
}

impl<S: Simd<Elem = f32>> Factors<S> for LayerColumns {
    #[inline(always)]
    unsafe fn at(&self, step: usize, column: usize) -> S::Reg {
        // SAFETY: by contract.
        unsafe { S::load(self.from.add(step * self.step + column * self.column)) }
    }
}

/// sums + Σ over steps of row × column.
///
/// # Safety
/// The instruction set is present; all steps of all rows and columns lie in their buffers.
#[inline(always)]
#[allow(clippy::needless_range_loop)] // Indices keep the unrolled registers in sight.
unsafe fn products<S: Simd<Elem = f32>, F: Factors<S>, const R: usize>(
    steps: usize,
    rows: &Rows,
    columns: &F,
    mut sums: [[S::Reg; TILE]; R],
) -> [[S::Reg; TILE]; R] {
    // SAFETY: by contract.
    unsafe {
        for step in 0..steps {
            let left: [S::Reg; R] =
                std::array::from_fn(|r| S::load(rows.from.add(r * rows.row + step * rows.step)));
            for c in 0..TILE {
                let right = columns.at(step, c);
                for r in 0..R {
                    sums[r][c] = S::fma(left[r], right, sums[r][c]);
                }
            }
        }
    }
    sums
}

/// # Safety
/// R rows of five registers, `row` values apart, lie in the buffer.
#[inline(always)]
unsafe fn load_tile<S: Simd<Elem = f32>, const R: usize>(
    from: *const f32,
    row: usize,
) -> [[S::Reg; TILE]; R] {
    // SAFETY: by contract.
    std::array::from_fn(|r| std::array::from_fn(|c| unsafe { S::load(from.add(r * row + c * ROW)) }))
}

/// # Safety
/// As [`load_tile`].
#[inline(always)]
unsafe fn store_tile<S: Simd<Elem = f32>, const R: usize>(
    to: *mut f32,
    row: usize,
    tile: [[S::Reg; TILE]; R],
) {
    for (r, registers) in tile.into_iter().enumerate() {
        for (c, register) in registers.into_iter().enumerate() {
            // SAFETY: by contract.
            unsafe { S::store(to.add(r * row + c * ROW), register) }
        }
    }
}

/// weights + rate × gradient.
///
/// # Safety
/// As [`load_tile`].
#[inline(always)]
unsafe fn advance<S: Simd<Elem = f32>, const R: usize>(
    weights: *mut f32,
    row: usize,
    rate: S::Reg,
    gradient: [[S::Reg; TILE]; R],
) {
    // SAFETY: by contract.
    unsafe {
        let mut tile = load_tile::<S, R>(weights, row);
        for r in 0..R {
            for c in 0..TILE {
                tile[r][c] = S::fma(rate, gradient[r][c], tile[r][c]);
            }
        }
        store_tile::<S, R>(weights, row, tile);
    }
}
