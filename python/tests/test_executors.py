"""Runs whose work is shared out to the workers of an executor: the same records, also when workers are lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from shared import symmetric

import hspin as hs
from hspin import _hspin
from hspin._executor import ORDERS_EACH

SWEEP = {"dims": [8, 14], "starts": 120, "instances": 3, "trace": True}
#: With parts of some tenths of a second, so that a worker can be killed while it has one.
LONG = {"dims": [60], "starts": 200, "instances": 2, "protocol": "sgd"}


def pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def killing() -> tuple:
    """A function that makes pools, and a progress that kills a worker of the first pool at the first finished work, so that a
    fast machine does not end before."""
    made: list[ProcessPoolExecutor] = []
    killed: list[int] = []

    def make() -> ProcessPoolExecutor:
        made.append(pool())
        return made[-1]

    def progress(sizes: list) -> None:
        if not killed and any(done > 0 for _, _, done in sizes):
            killed.append(next(iter(made[0]._processes)))
            os.kill(killed[0], signal.SIGKILL)

    return make, progress, made


@pytest.fixture(scope="module")
def wanted() -> dict:
    return dict(hs.sweep(**SWEEP).verify())


def test_a_sweep_by_two_processes_is_that_of_one(wanted, tmp_path):
    with pool() as executor:
        run = hs.sweep(**SWEEP, executor=executor, out=tmp_path / "a.run")
        assert run.verify() == wanted
        # Nothing is left to do.
        assert hs.sweep(**SWEEP, executor=executor, out=tmp_path / "a.run").verify() == wanted
        # Half of it by one process, the rest by two.
        part = {**SWEEP, "dims": [8], "instances": 2}
        hs.sweep(**part, out=tmp_path / "b.run")
        assert hs.sweep(**SWEEP, executor=executor, out=tmp_path / "b.run").verify() == wanted
        # The executor can be used on.
        assert executor.submit(abs, -3).result() == 3
        census = {"dim": 6, "instances": 4}
        assert hs.census(**census, executor=executor).verify() == hs.census(**census).verify()
        nets = {"hidden": [4, 6], "networks": 5, "epochs": 2, "digits": 100, "index": 2}
        assert hs.networks.sweep(**nets, executor=executor).verify() == hs.networks.sweep(**nets).verify()
        array = 12.5 * symmetric(9, 3, seed=1)
        own = {"couplings": array, "starts": 60, "protocol": "gd"}
        assert hs.sweep(**own, executor=executor).verify() == hs.sweep(**own).verify()
        own = {"couplings": symmetric(5, 3, seed=1)}
        assert hs.census(**own, executor=executor).verify() == hs.census(**own).verify()


def test_threads_and_functions_that_make_executors_do_as_well(wanted):
    with ThreadPoolExecutor(2) as executor:
        assert hs.sweep(**SWEEP, executor=executor).verify() == wanted
    assert hs.sweep(**SWEEP, executor=lambda: ThreadPoolExecutor(3)).verify() == wanted


def test_digits_of_ones_own_go_to_the_workers(tmp_path):
    write_digits(tmp_path, 120, 40)
    nets = {"hidden": 4, "networks": 3, "epochs": 1, "data": tmp_path}
    with ThreadPoolExecutor(2) as executor:
        assert hs.networks.sweep(**nets, executor=executor).verify() == hs.networks.sweep(**nets).verify()


def write_digits(folder: Path, train: int, test: int) -> None:
    """Four IDX files as MNIST has them."""
    rng = np.random.default_rng(1)
    for name, n in (("train", train), ("t10k", test)):
        images = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        head = b"".join(x.to_bytes(4, "big") for x in (2051, n, 28, 28))
        (folder / f"{name}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        head = b"".join(x.to_bytes(4, "big") for x in (2049, n))
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(head + (np.arange(n) % 10).astype(np.uint8).tobytes())


class Losing(Executor):
    """An executor that loses some of its work."""

    def __init__(self, lost: int, error: type[BaseException] = OSError) -> None:
        self.lost, self.error, self.given = lost, error, 0

    def submit(self, work, /, *arguments, **more):
        self.given += 1
        future: Future = Future()
        if self.given % 3 == 0 and self.lost > 0:
            self.lost -= 1
            future.set_exception(self.error("the connection was lost"))
        else:
            future.set_result(work(*arguments, **more))
        return future


def test_what_is_lost_is_handed_out_again(wanted):
    executor = Losing(4)
    assert hs.sweep(**SWEEP, executor=executor).verify() == wanted
    assert executor.lost == 0


def test_what_is_lost_again_and_again_is_given_up(tmp_path, wanted):
    class Never(Losing):
        def submit(self, work, /, *arguments, **more):
            future: Future = Future()
            future.set_exception(OSError("no route"))
            return future

    with pytest.raises(hs.RefusedError, match=r"lost with its worker 5 times \(no route\).*the same call goes on"):
        hs.sweep(**SWEEP, executor=Never(0), out=tmp_path / "a.run")
    assert hs.sweep(**SWEEP, out=tmp_path / "a.run").verify() == wanted


def test_an_error_of_the_work_itself_is_raised(tmp_path):
    with pytest.raises(ZeroDivisionError):
        hs.sweep(**SWEEP, executor=Losing(1, ZeroDivisionError), out=tmp_path / "a.run")
    with pytest.raises(hs.DamagedError):
        hs.sweep(**SWEEP, executor=Losing(1, hs.DamagedError))
    # And the run is free again.
    assert hs.sweep(**SWEEP, out=tmp_path / "a.run").verify().complete


def test_what_is_no_executor_is_refused_before_a_run_is_made(tmp_path):
    for executor in (3, "pool", [ThreadPoolExecutor], lambda: 3, dict):
        with pytest.raises(hs.InputError, match="executor = "):
            hs.sweep(dims=5, starts=2, executor=executor, out=tmp_path / "a.run")
    # A run that was begun is free again.
    assert hs.sweep(dims=5, starts=2, out=tmp_path / "a.run").verify().complete


def test_words_of_bad_input_are_those_without_an_executor():
    with ThreadPoolExecutor(1) as executor:
        for keywords in ({"dims": 1}, {"starts": 0}, {"spins": 99}, {"couplings": np.zeros((3, 3))}):
            with pytest.raises(hs.InputError) as one:
                hs.sweep(**keywords)
            with pytest.raises(hs.InputError) as other:
                hs.sweep(**keywords, executor=executor)
            assert re_path(str(one.value)) == re_path(str(other.value))


def re_path(words: str) -> str:
    return " ".join(word for word in words.split() if "/tmp" not in word and "hspin-" not in word)


def test_a_worker_that_is_killed_is_replaced():
    make, progress, made = killing()
    run = hs.sweep(**LONG, executor=make, progress=progress)
    assert len(made) >= 2, "killed too late"
    assert run.verify() == hs.sweep(**LONG).verify()


def test_without_a_function_a_killed_worker_ends_the_call_and_the_same_call_goes_on(tmp_path):
    make, progress, _ = killing()
    executor = make()
    executor.submit(abs, 1).result()
    with pytest.raises(
        hs.RefusedError, match="what was finished is stored: the same call with a new executor"
    ) as raised:
        hs.sweep(**LONG, executor=executor, out=tmp_path / "a.run", progress=progress)
    assert "a function that makes one" in str(raised.value)
    with ThreadPoolExecutor(2) as other:
        assert hs.sweep(**LONG, executor=other, out=tmp_path / "a.run").verify() == hs.sweep(**LONG).verify()


def test_without_a_file_what_was_finished_is_kept_and_named():
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(hs.RefusedError, match="with out=") as raised:
        hs.sweep(**SWEEP, executor=executor)
    path = Path(str(raised.value).split("out='")[1].rstrip("'"))
    assert not hs.open(path).verify().complete
    path.unlink()
    path.parent.rmdir()


def test_progress_and_interruption(tmp_path, wanted):
    seen: list[float] = []

    def progress(sizes: list) -> None:
        seen.append(sum(done for _, _, done in sizes))
        if len(seen) == 1:
            raise KeyboardInterrupt

    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(KeyboardInterrupt, match="the same call goes on"):
            hs.sweep(**SWEEP, executor=executor, out=tmp_path / "a.run", progress=progress)
        assert hs.sweep(**SWEEP, executor=executor, out=tmp_path / "a.run", progress=progress).verify() == wanted
    assert seen[-1] == 720


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_that_loses_a_worker(tmp_path):
    distributed = pytest.importorskip("dask.distributed")
    Client, LocalCluster = distributed.Client, distributed.LocalCluster

    keywords = {"dims": [80], "starts": 400, "instances": 3}
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        pids = list(client.run(os.getpid).values())

        def kill() -> None:
            time.sleep(1.5)
            os.kill(pids[0], signal.SIGKILL)
            times.append(time.monotonic())

        times: list[float] = []
        thread = threading.Thread(target=kill)
        thread.start()
        run = hs.sweep(**keywords, executor=client, out=tmp_path / "a.run")
        times.append(time.monotonic())
        thread.join()
        assert times == sorted(times) and len(times) == 2, "killed too late"
        assert pids[0] not in client.run(os.getpid).values()
        small = hs.sweep(**SWEEP, executor=client)
        adapter = hs.census(dim=7, instances=4, executor=client.get_executor())
    assert run.verify() == hs.sweep(**keywords).verify()
    assert small.verify() == hs.sweep(**SWEEP).verify()
    assert adapter.verify() == hs.census(dim=7, instances=4).verify()


@pytest.mark.long
def test_workers_that_are_killed_again_and_again(tmp_path):
    keywords = {**LONG, "instances": 6}
    made: list[ProcessPoolExecutor] = []
    ended = threading.Event()

    def make() -> ProcessPoolExecutor:
        made.append(pool())
        return made[-1]

    def kill() -> None:
        for _ in range(3):
            if ended.wait(1.5):
                return
            for process in list((made[-1]._processes or {}).values())[:1]:
                process.kill()

    thread = threading.Thread(target=kill)
    thread.start()
    run = hs.sweep(**keywords, executor=make)
    ended.set()
    thread.join()
    assert run.verify() == hs.sweep(**keywords).verify() and len(made) >= 2


def share_of_the_largest(orders: list[bytes]) -> float:
    """By their bytes: an order lists its units, all of one size."""
    return max(map(len, orders)) / sum(map(len, orders))


def test_no_order_has_much_of_a_run_so_that_results_are_stored_early(tmp_path):
    run = _hspin.OpenRun.begin(["sweep", "--out", str(tmp_path / "a.run"), "--dims=30", "--starts=100000"])
    assert share_of_the_largest(run.orders(2 * ORDERS_EACH)) < 0.01
    # Orders for the workers alone are a quarter of the run.
    assert share_of_the_largest(run.orders(2)) > 0.2
    run.close()
