// The descent on a device. Compiled by NVRTC where there is a GPU, and by a C++ compiler in tests (tests/cuda/shim.h).
//
// Starts lie along columns, contiguous: coordinate r of start b is points[r * pitch + b]. Every sum of a start runs in
// one order that depends on the surface only, and contraction of a * b + c is off: a start has the same bits
// whatever its column and its neighbours, and the same bits under emulation.

#define TILE_ROWS 64     // rows of the gradient per block
#define TILE_STARTS 128  // starts per block
#define STAGE 8          // columns of a leaf per stage; sizes of leaves are padded to it
#define THREADS 128      // of a block, eight by sixteen; each holds eight rows of eight starts
#define SLICES 8         // of the rows, in the step
#define LANES 32         // starts per block, in the step
#define NONE 0xffffffffu

// A symmetric matrix of `size` rows in `padded` rows and columns, that begins at 64 * place.
struct Leaf {
    unsigned place, padded, first, second;
};

// Leaves [begin, end) of one tile of rows: what a block sums up.
struct Item {
    unsigned row, begin, end, unused;
};

// What a thread brings from memory for the next stage: one quad of couplings, two of points.
struct Fetched {
    float4 a, low, high;
};

__device__ static inline float4 quad(const float *from) { return *reinterpret_cast<const float4 *>(from); }

__device__ static inline void put_quad(float *to, float4 value) { *reinterpret_cast<float4 *>(to) = value; }

__device__ static inline Fetched fetch(const float *couplings, Leaf leaf, unsigned k, unsigned row, const float *points,
                                       unsigned pitch, unsigned start, unsigned thread) {
    Fetched fetched;
    unsigned r = row + thread % 16 * 4;
    // The leaf is symmetric: its row k is its column k, and rows are contiguous.
    fetched.a = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    if (r < leaf.padded) {
        const float *values = couplings + 64ull * leaf.place;
        fetched.a = quad(values + (unsigned long long)(k + thread / 16) * leaf.padded + r);
    }
    const float *from = points + (unsigned long long)(k + thread / 32) * pitch + start + thread % 32 * 4;
    fetched.low = quad(from);
    fetched.high = quad(from + 4ull * pitch);
    return fetched;
}

// Per block: rows [row, row + 64) of Σ_leaves 2 Π w_prefix · A w for 128 starts, and these rows' share of wᵀ A w.
//
// partial: (items, 64, pitch). along: (row tiles, leaves, pitch).
extern "C" __global__ void __launch_bounds__(THREADS, 2)
contract(const float *couplings, const Leaf *leaves, unsigned leaf_count, const Item *items, const float *points,
         unsigned pitch, unsigned rows, float *partial, float *along) {
    __shared__ __align__(16) float a_tile[2][STAGE][TILE_ROWS];
    __shared__ __align__(16) float w_tile[2][STAGE][TILE_STARTS];
    __shared__ __align__(16) float own[TILE_ROWS][TILE_STARTS];
    __shared__ __align__(16) float shares[8][TILE_STARTS];
    const unsigned thread = threadIdx.x, ty = thread / 16, tx = thread % 16;
    const unsigned start = blockIdx.x * TILE_STARTS;
    const Item item = items[blockIdx.y];

    for (unsigned at = thread; at < TILE_ROWS * TILE_STARTS / 4; at += THREADS) {
        unsigned r = at / 32, b = at % 32 * 4;
        float4 value = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        if (item.row + r < rows) value = quad(points + (unsigned long long)(item.row + r) * pitch + start + b);
        put_quad(&own[r][b], value);
    }

    float y[8][8], g[8][8];
#pragma unroll
    for (int i = 0; i < 8; i++)
#pragma unroll
        for (int j = 0; j < 8; j++) y[i][j] = g[i][j] = 0.0f;

    unsigned leaf = item.begin, k = 0, buffer = 0;
    Leaf here = leaves[leaf];
    Fetched fetched = fetch(couplings, here, 0, item.row, points, pitch, start, thread);
    for (;;) {
        put_quad(&a_tile[buffer][thread / 16][thread % 16 * 4], fetched.a);
        put_quad(&w_tile[buffer][thread / 32][thread % 32 * 4], fetched.low);
        put_quad(&w_tile[buffer][thread / 32 + 4][thread % 32 * 4], fetched.high);
        // One barrier a stage is enough: who writes a buffer has passed the barrier after its last reading.
        __syncthreads();

        unsigned next_leaf = leaf, next_k = k + STAGE;
        Leaf next = here;
        if (next_k == here.padded) {
            next_leaf = leaf + 1;
            next_k = 0;
            if (next_leaf < item.end) next = leaves[next_leaf];
        }
        if (next_leaf < item.end) fetched = fetch(couplings, next, next_k, item.row, points, pitch, start, thread);

#pragma unroll
        for (int kk = 0; kk < STAGE; kk++) {
            float a[8], w[8];
            put_quad(a, quad(&a_tile[buffer][kk][4 * ty]));
            put_quad(a + 4, quad(&a_tile[buffer][kk][32 + 4 * ty]));
            put_quad(w, quad(&w_tile[buffer][kk][4 * tx]));
            put_quad(w + 4, quad(&w_tile[buffer][kk][64 + 4 * tx]));
#pragma unroll
            for (int i = 0; i < 8; i++)
#pragma unroll
                for (int j = 0; j < 8; j++) y[i][j] = fmaf(a[i], w[j], y[i][j]);
        }

        if (next_leaf != leaf) {
#pragma unroll
            for (int j = 0; j < 8; j++) {
                const unsigned b = j / 4 * 64 + 4 * tx + j % 4;
                float weight = 1.0f;
                if (here.first != NONE) weight = points[(unsigned long long)here.first * pitch + start + b];
                if (here.second != NONE) weight *= points[(unsigned long long)here.second * pitch + start + b];
                weight += weight;
                float share = 0.0f;
#pragma unroll
                for (int i = 0; i < 8; i++) {
                    const unsigned r = i / 4 * 32 + 4 * ty + i % 4;
                    share = fmaf(own[r][b], y[i][j], share);
                    g[i][j] = fmaf(weight, y[i][j], g[i][j]);
                    y[i][j] = 0.0f;
                }
                shares[ty][b] = share;
            }
            __syncthreads();
            float sum = 0.0f;
            for (int part = 0; part < 8; part++) sum += shares[part][thread];
            along[((unsigned long long)(item.row / TILE_ROWS) * leaf_count + leaf) * pitch + start + thread] = sum;
        }
        if (next_leaf >= item.end) break;
        leaf = next_leaf;
        k = next_k;
        here = next;
        buffer ^= 1;
    }

#pragma unroll
    for (int i = 0; i < 8; i++) {
        const unsigned r = i / 4 * 32 + 4 * ty + i % 4;
        float *to = partial + ((unsigned long long)blockIdx.y * TILE_ROWS + r) * pitch + start;
        put_quad(to + 4 * tx, make_float4(g[i][0], g[i][1], g[i][2], g[i][3]));
        put_quad(to + 64 + 4 * tx, make_float4(g[i][4], g[i][5], g[i][6], g[i][7]));
    }
}

// wᵀ A w of a leaf of size m: the sum of its rows' shares.
__device__ static inline float leaf_energy(const float *along, unsigned leaf_count, unsigned leaf, unsigned m,
                                           unsigned pitch, unsigned b) {
    float sum = 0.0f;
    for (unsigned tile = 0; tile * TILE_ROWS < m; tile++)
        sum += along[((unsigned long long)tile * leaf_count + leaf) * pitch + b];
    return sum;
}

// Euclidean gradient, coordinate blockIdx.y of 128 starts: what the items found, and what leaves give their prefix.
//
// first_item: where each tile's items begin, and one more entry.
extern "C" __global__ void __launch_bounds__(THREADS)
gather(const float *partial, const unsigned *first_item, const float *along, unsigned leaf_count, const float *points,
       unsigned pitch, unsigned spins, unsigned dim, float scale, float *gradient) {
    const unsigned b = blockIdx.x * TILE_STARTS + threadIdx.x, r = blockIdx.y, tile = r / TILE_ROWS;
    float sum = 0.0f;
    for (unsigned item = first_item[tile]; item < first_item[tile + 1]; item++)
        sum += partial[((unsigned long long)item * TILE_ROWS + r % TILE_ROWS) * pitch + b];
    if (spins == 3) sum += leaf_energy(along, leaf_count, r, r + 1, pitch, b);
    if (spins == 4) {
        // Leaves (i, j), i >= j, lie in order of j, then i.
        for (unsigned j = 0; j <= r; j++) {
            unsigned leaf = j * dim - j * (j - 1) / 2 + (r - j);
            sum = fmaf(points[(unsigned long long)j * pitch + b],
                       leaf_energy(along, leaf_count, leaf, j + 1, pitch, b), sum);
        }
        for (unsigned i = r; i < dim; i++) {
            unsigned leaf = r * dim - r * (r - 1) / 2 + (i - r);
            sum = fmaf(points[(unsigned long long)i * pitch + b],
                       leaf_energy(along, leaf_count, leaf, r + 1, pitch, b), sum);
        }
    }
    gradient[(unsigned long long)r * pitch + b] = scale * sum;
}

// Sum over the slices of each start, the same in all of its threads.
__device__ static inline float over_slices(float (*parts)[LANES], float part, unsigned lane, unsigned slice) {
    parts[slice][lane] = part;
    __syncthreads();
    float sum = 0.0f;
    for (int other = 0; other < SLICES; other++) sum += parts[other][lane];
    __syncthreads();
    return sum;
}

// One step of each running start: g = ∇L − (w·∇L/Λ) w, w ← retract(w − γ g). In the full phase (full_phase = 1) a
// start ends first where ‖g‖/√Λ is not finite, or at most `handover`, or after `full_steps`; γ = rate / (1 + decay · k)
// for its own k-th step. In the sample phase γ is `rate`, decayed already.
//
// ended, steps, norms: one entry per start. A start that has ended stays where it is, so it ends again at every step.
extern "C" __global__ void __launch_bounds__(SLICES *LANES)
step(float *points, const float *gradient, unsigned pitch, unsigned dim, unsigned live, unsigned full_phase, double rate,
     double decay, double handover, unsigned full_steps, unsigned *steps, unsigned *ended, float *norms) {
    __shared__ float parts[SLICES][LANES];
    const unsigned lane = threadIdx.x % LANES, slice = threadIdx.x / LANES, b = blockIdx.x * LANES + lane;
    const unsigned last = b < live ? dim : 0;
    const float size = (float)dim;

    float along = 0.0f;
    for (unsigned r = slice; r < last; r += SLICES) {
        const unsigned long long at = (unsigned long long)r * pitch + b;
        along += points[at] * gradient[at];
    }
    const float slope = over_slices(parts, along, lane, slice) / size;
    float squares = 0.0f;
    for (unsigned r = slice; r < last; r += SLICES) {
        const unsigned long long at = (unsigned long long)r * pitch + b;
        const float g = gradient[at] - slope * points[at];
        squares += g * g;
    }
    const float norm = sqrtf(over_slices(parts, squares, lane, slice) / size);

    float gamma = (float)rate;
    bool moves = b < live;
    unsigned taken = 0;
    if (moves && full_phase) {
        taken = steps[b];
        moves = isfinite(norm) && (double)norm > handover && taken < full_steps;
        taken += moves;
        gamma = (float)(rate / (1.0 + decay * (double)taken));
    }
    float moved = 0.0f;
    for (unsigned r = slice; r < last; r += SLICES) {
        const unsigned long long at = (unsigned long long)r * pitch + b;
        const float w = points[at], g = gradient[at] - slope * w;
        const float to = w - gamma * g;
        moved += to * to;
    }
    // Past this barrier nobody reads `steps` any more.
    const float factor = sqrtf(size / over_slices(parts, moved, lane, slice));
    if (moves) {
        for (unsigned r = slice; r < last; r += SLICES) {
            const unsigned long long at = (unsigned long long)r * pitch + b;
            const float w = points[at], g = gradient[at] - slope * w;
            points[at] = (w - gamma * g) * factor;
        }
    }
    if (b < live && slice == 0) {
        norms[b] = norm;
        if (full_phase) {
            steps[b] = taken;
            ended[b] = !moves;
        }
    }
}

// Copies the points in some columns out, one start after the other.
extern "C" __global__ void __launch_bounds__(THREADS)
take(const float *points, unsigned pitch, unsigned dim, const unsigned *columns, float *out) {
    const unsigned column = columns[blockIdx.x];
    for (unsigned r = threadIdx.x; r < dim; r += THREADS)
        out[(unsigned long long)blockIdx.x * dim + r] = points[(unsigned long long)r * pitch + column];
}

// Puts points into columns 0, 1, …
extern "C" __global__ void __launch_bounds__(THREADS)
put(float *points, unsigned pitch, unsigned dim, const float *fresh) {
    for (unsigned r = threadIdx.x; r < dim; r += THREADS)
        points[(unsigned long long)r * pitch + blockIdx.x] = fresh[(unsigned long long)blockIdx.x * dim + r];
}

// Moves running starts into the columns of others that have ended: pairs (from, to), no column twice.
extern "C" __global__ void __launch_bounds__(THREADS)
compact(float *points, unsigned pitch, unsigned dim, const unsigned *pairs, unsigned *steps) {
    const unsigned from = pairs[2 * blockIdx.x], to = pairs[2 * blockIdx.x + 1];
    for (unsigned r = threadIdx.x; r < dim; r += THREADS)
        points[(unsigned long long)r * pitch + to] = points[(unsigned long long)r * pitch + from];
    if (threadIdx.x == 0) steps[to] = steps[from];
}
