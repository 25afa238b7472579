// Runs the kernels of src/descent/device/kernels.cu on a CPU. The threads of a block are fibers: each runs to the next
// barrier, or to its end, before the next one does. In another order of the threads a missing barrier shows.

#include <cmath>
#include <csetjmp>
#include <cstring>
#include <memory>
#include <type_traits>
#include <ucontext.h>
#include <utility>
#include <vector>

#define __global__
#define __device__
#define __launch_bounds__(...)
#define __shared__ static
#define __align__(bytes) __attribute__((aligned(bytes)))
using std::isfinite;

struct alignas(16) float4 {
    float x, y, z, w;
};

static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }

struct Place {
    unsigned x, y;
};
static Place threadIdx, blockIdx;

static void __syncthreads();

#include KERNELS

namespace {

const size_t STACK = 1 << 17;

struct Fiber {
    ucontext_t start;
    jmp_buf here;
    bool begun, done;
    std::unique_ptr<char[]> stack{new char[STACK]};
};

std::vector<Fiber> fibers;
Fiber *running;
jmp_buf scheduler;

struct Body {
    virtual void run() = 0;
};
Body *body;

void fiber_main() {
    body->run();
    running->done = true;
    _longjmp(scheduler, 1);
}

__attribute__((noinline)) void resume(Fiber &fiber) {
    running = &fiber;
    if (_setjmp(scheduler)) return;
    if (fiber.begun) _longjmp(fiber.here, 1);
    fiber.begun = true;
    setcontext(&fiber.start);
}

// False where some threads ended while others wait at a barrier.
bool run_block(unsigned threads, bool reversed) {
    for (unsigned t = 0; t < threads; t++) {
        Fiber &fiber = fibers[t];
        fiber.begun = fiber.done = false;
        getcontext(&fiber.start);
        fiber.start.uc_stack.ss_sp = fiber.stack.get();
        fiber.start.uc_stack.ss_size = STACK;
        fiber.start.uc_link = nullptr;
        makecontext(&fiber.start, fiber_main, 0);
    }
    for (;;) {
        unsigned done = 0;
        for (unsigned turn = 0; turn < threads; turn++) {
            threadIdx.x = reversed ? threads - 1 - turn : turn;
            resume(fibers[threadIdx.x]);
            done += fibers[threadIdx.x].done;
        }
        if (done == threads) return true;
        if (done) return false;
    }
}

template <class... A, size_t... I> void call(void (*kernel)(A...), void **args, std::index_sequence<I...>) {
    kernel(*static_cast<std::remove_reference_t<A> *>(args[I])...);
}

template <class... A> bool launch(void (*kernel)(A...), unsigned across, unsigned down, unsigned threads, void **args,
                                  bool reversed) {
    struct Call : Body {
        void (*kernel)(A...);
        void **args;
        void run() override { call(kernel, args, std::index_sequence_for<A...>{}); }
    } made;
    made.kernel = kernel;
    made.args = args;
    body = &made;
    if (fibers.size() < threads) fibers = std::vector<Fiber>(threads);
    for (blockIdx.y = 0; blockIdx.y < down; blockIdx.y++)
        for (blockIdx.x = 0; blockIdx.x < across; blockIdx.x++)
            if (!run_block(threads, reversed)) return false;
    return true;
}

} // namespace

__attribute__((noinline)) static void __syncthreads() {
    if (!_setjmp(running->here)) _longjmp(scheduler, 1);
}

// 0: done; 1: threads disagree about a barrier; 2: no such kernel.
extern "C" int emulate(const char *name, unsigned across, unsigned down, unsigned threads, void **args, int reversed) {
#define KERNEL(kernel) \
    if (!std::strcmp(name, #kernel)) return launch(kernel, across, down, threads, args, reversed) ? 0 : 1;
    KERNEL(contract)
    KERNEL(gather)
    KERNEL(step)
    KERNEL(take)
    KERNEL(put)
    KERNEL(compact)
    return 2;
}
