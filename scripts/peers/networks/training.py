"""Training of many small networks by hspin, by a PyTorch loop over networks, and by JAX vmapped over networks.

python3 scripts/peers/networks/training.py [HIDDEN,... [NETWORKS [EPOCHS]]]

100 -> n1 -> 10 ReLU networks without biases, softmax cross-entropy, mini-batches of 100 of the 5,000 bundled digits in a
fresh order each epoch, learning rate 0.1/(1 + 0.02 e) in epoch e, weights from the unit cube over the square root of the
fan-in. Times exclude compilation. The PyTorch loop trains fewer networks where it is slow and is counted by what it did.
"""
import json
import os
import subprocess
import sys
import time
from pathlib import Path

THREADS = 2
os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=true")

import jax
import jax.numpy as jnp
import numpy as np

try:
    import torch
except (ImportError, ValueError, OSError) as error:
    torch, why = None, str(error).splitlines()[-1]

BATCH, PIXELS, CLASSES, RATE, DECAY = 100, 100, 10, 0.1, 0.02
FOLDER = Path("target/peers")
TORCH_NETWORKS = 2


class Hspin:
    def __init__(self):
        command = ["target/release/examples/hspin_training", str(FOLDER)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def train(self, hidden, networks, epochs):
        self.process.stdin.write(f"{hidden} {networks} {epochs} {THREADS}\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        return told["seconds"], told["losses"]


def starts(hidden, networks, random):
    cube = lambda *shape: random.uniform(-1, 1, shape).astype(np.float32)
    return cube(networks, PIXELS, hidden) / PIXELS**0.5, cube(networks, hidden, CLASSES) / hidden**0.5


def jax_loss(weights, x, labels):
    scores = jnp.maximum(x @ weights[0], 0) @ weights[1]
    return (jax.nn.logsumexp(scores, axis=1) - scores[jnp.arange(len(labels)), labels]).mean()


@jax.jit
def jax_epoch(weights, x, labels, rate):
    def step(weights, batch):
        slopes = jax.vmap(jax.grad(jax_loss), in_axes=(0, None, None))(weights, *batch)
        return jax.tree.map(lambda w, g: w - rate * g, weights, slopes), None

    shape = (len(labels) // BATCH, BATCH)
    return jax.lax.scan(step, weights, (x.reshape(*shape, PIXELS), labels.reshape(shape)))[0]


def by_jax(x, labels, hidden, networks, epochs):
    random = np.random.default_rng(1)
    weights = tuple(map(jnp.asarray, starts(hidden, networks, random)))
    jax.block_until_ready(jax_epoch(weights, x, labels, 0.0))
    begin = time.perf_counter()
    for epoch in range(epochs):
        order = random.permutation(len(labels))
        weights = jax_epoch(weights, x[order], labels[order], RATE / (1 + DECAY * epoch))
    jax.block_until_ready(weights)
    seconds = time.perf_counter() - begin
    losses = jax.vmap(jax_loss, in_axes=(0, None, None))(weights, x, labels)
    return seconds, [float(loss) for loss in losses]


def by_torch(x, labels, hidden, networks, epochs):
    torch.set_num_threads(THREADS)
    random = np.random.default_rng(2)
    x, labels = torch.tensor(x), torch.tensor(labels, dtype=torch.int64)
    losses, seconds = [], 0.0
    cross_entropy = torch.nn.functional.cross_entropy
    for incoming, outgoing in zip(*starts(hidden, networks, random)):
        weights = [torch.tensor(layer, requires_grad=True) for layer in (incoming, outgoing)]
        score = lambda batch: torch.relu(batch @ weights[0]) @ weights[1]
        optimiser = torch.optim.SGD(weights, lr=RATE)
        begin = time.perf_counter()
        for epoch in range(epochs):
            optimiser.param_groups[0]["lr"] = RATE / (1 + DECAY * epoch)
            for batch in torch.tensor(random.permutation(len(labels))).split(BATCH):
                optimiser.zero_grad()
                cross_entropy(score(x[batch]), labels[batch]).backward()
                optimiser.step()
        seconds += time.perf_counter() - begin
        with torch.no_grad():
            losses.append(float(cross_entropy(score(x), labels)))
    return seconds, losses


def gemm(product, hidden):
    """GF/s of 64 products of 100 x 100 by 100 x n1 on two threads, the best of 7."""
    random = np.random.default_rng(3)
    a, b = (random.standard_normal((64, 100, n)).astype(np.float32) for n in (PIXELS, hidden))
    best = 0.0
    for _ in range(7):
        begin, times = time.perf_counter(), 0
        while time.perf_counter() - begin < 0.2:
            product(a, b)
            times += 1
        best = max(best, times * 64 * 2e4 * hidden / (time.perf_counter() - begin) / 1e9)
    return best


def agree(ours, theirs):
    """Means within 5 of their joint error, or within 3 % where a few networks give no error to speak of."""
    error = (np.var(ours) / len(ours) + np.var(theirs, ddof=1) / len(theirs)) ** 0.5
    return abs(np.mean(ours) - np.mean(theirs)) <= 5 * error + 0.03 * np.mean(ours)


def main(sizes="25,100,250,500", networks="64", epochs="4"):
    networks, epochs = int(networks), int(epochs)
    FOLDER.mkdir(parents=True, exist_ok=True)
    hspin = Hspin()
    x = np.load(FOLDER / "digits.npy").astype(np.float32)
    labels = np.load(FOLDER / "labels.npy").astype(np.int32)
    if torch is None:
        print(f"PyTorch is left out: {why}\n")
    print("| n1 | method | networks | s | 10^3 networks x examples/s | GF/s | hspin is faster by | mean loss | batched GEMM GF/s |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|---:|")
    rows, fine = [], True
    for hidden in map(int, sizes.split(",")):
        own = hspin.train(hidden, networks, epochs)
        product = jax.jit(jnp.matmul)
        found = [("hspin", own, None), ("JAX, vmap", by_jax(x, labels, hidden, networks, epochs),
                  gemm(lambda a, b: jax.block_until_ready(product(a, b)), hidden))]
        if torch is not None:
            found.append(("PyTorch, loop", by_torch(x, labels, hidden, TORCH_NETWORKS, epochs),
                          gemm(lambda a, b: torch.bmm(torch.from_numpy(a), torch.from_numpy(b)), hidden)))
        found.append(("NumPy, OpenBLAS", None, gemm(np.matmul, hidden)))
        ours = len(own[1]) / own[0]
        for method, trained, gflops in found:
            row = {"n1": hidden, "method": method, "gemm_gflops": gflops}
            cells = ["–"] * 6
            if trained is not None:
                seconds, losses = trained
                rate = len(losses) * epochs * len(labels) / seconds
                row |= {"networks": len(losses), "seconds": seconds, "rate": rate, "loss": float(np.mean(losses))}
                row["gflops"] = rate * (4 * PIXELS + 6 * CLASSES) * hidden / 1e9
                row["ratio"] = ours / (len(losses) / seconds)
                fine &= agree(own[1], losses)
                cells = [f"{row['networks']}", f"{seconds:.2f}", f"{rate / 1e3:.0f}", f"{row['gflops']:.1f}",
                         f"{row['ratio']:.2f} ×", f"{row['loss']:.4f}"]
            last = "–" if gflops is None else f"{gflops:.1f}"
            print(f"| {hidden} | {method} | {' | '.join(cells)} | {last} |", flush=True)
            rows.append(row)
    (FOLDER / "training.json").write_text(json.dumps(rows, indent=1) + "\n")
    sys.exit(0 if fine else "mean losses do not agree")


main(*sys.argv[1:])
