"""The work of a run, shared out to the workers of any executor like those of concurrent.futures.

Orders go out as spec and keys of units, rows come back; this process alone writes. An order can be carried out by any worker,
again if its first worker is lost, and its rows are the same.
"""

from __future__ import annotations

import os
import socket
import time
from concurrent.futures import BrokenExecutor, CancelledError
from typing import Any

from . import _hspin
from ._errors import Error, InputError, RefusedError
from ._progress import ProgressLike, shown

#: Seconds between two looks at what has come.
LOOK = 0.1
#: How often an order is handed out before its run is given up.
TRIES = 5
#: Orders are as small as if there were so many times as many workers: the first of each has less than a hundredth of its work,
#: so that little is lost with a worker and fast ones get more of them.
ORDERS_EACH = 64


class WorkersLost(RefusedError):
    """The executor takes no more work; what was finished is stored."""


def share_out(executor: Any, line: list[str], inputs: dict[str, Any], progress: ProgressLike, title: str) -> None:
    """Carries out the run of a command with the workers of an executor.

    ``executor`` is an executor, something with a ``submit`` like one, such as ``dask.distributed.Client``, or a function that
    makes one: a function is called again where all workers of the first are lost.

    Raises
    ------
    WorkersLost
        Where no more work is taken; what was finished is stored.
    """
    if not hasattr(executor, "submit") and not callable(executor):
        raise InputError(f"executor = {executor!r}: an executor, or a function that makes one")
    run = _hspin.OpenRun.begin(line)
    try:
        with shown(progress, title) as report:
            _Sharing(executor, run, inputs, report).carry_out()
        run.finish()
    finally:
        run.close()


def work(kind: str, spec: str, order: bytes, inputs: dict[str, Any]) -> bytes:
    """Carries out one order; called in the process of a worker.

    Raises
    ------
    InputError
        Where a file of the user's own is not there for this worker.
    """
    for key, given in inputs.items():
        for path in _paths(given):
            if os.path.exists(path):
                continue
            raise InputError(
                f"{key} = {path}: a path at which every worker finds the file; {socket.gethostname()} does not: keep it on a"
                " file system that all of them share, and give its path rather than an array"
            )
    return _hspin.carry_out(kind, spec, order, threads=1, **inputs)


def _paths(given: Any) -> list[Any]:
    """Files of one input: several, one or none."""
    if given is None:
        return []
    return given if isinstance(given, list) else [given]


def _absolute(given: Any) -> Any:
    found = [os.path.abspath(path) for path in _paths(given)]
    return found if isinstance(given, list) else next(iter(found), None)


class _Sharing:
    def __init__(self, executor: Any, run: _hspin.OpenRun, inputs: dict[str, Any], report: Any) -> None:
        self.make = None if hasattr(executor, "submit") else executor
        self.executor = executor if self.make is None else executor()
        if not hasattr(self.executor, "submit"):
            raise InputError(f"executor = {executor!r}: a function that makes an executor, not {self.executor!r}")
        self.run, self.report = run, report
        self.inputs = {key: _absolute(given) for key, given in inputs.items()}
        self.identity = run.identity()
        self.tries: dict[bytes, int] = {}

    def carry_out(self) -> None:
        waiting = {self.submit(order): order for order in self.run.orders(ORDERS_EACH * _workers(self.executor))}
        try:
            while waiting:
                ended = [future for future in waiting if future.done()]
                if not ended:
                    time.sleep(LOOK)
                for future in ended:
                    order = waiting.pop(future)
                    results = self.results(future, order)
                    if results is None:
                        waiting[self.submit(order)] = order
                    else:
                        self.run.keep(results)
                if self.report is not None:
                    self.report([(size, planned, float(done)) for size, planned, done in self.run.progress()])
        finally:
            for future in waiting:
                future.cancel()
            if self.make is not None:
                self.executor.shutdown(wait=False, cancel_futures=True)

    def submit(self, order: bytes) -> Any:
        self.tries[order] = self.tries.get(order, 0) + 1
        try:
            return self.executor.submit(work, *self.identity, order, self.inputs)
        except (BrokenExecutor, RuntimeError) as broken:
            if self.make is None:
                raise WorkersLost(
                    f"the executor takes no more work ({broken}); what was finished is stored: the same call with a new"
                    " executor, or with a function that makes one, goes on"
                ) from broken
            self.executor.shutdown(wait=False, cancel_futures=True)
            self.executor = self.make()
            return self.executor.submit(work, *self.identity, order, self.inputs)

    def results(self, future: Any, order: bytes) -> bytes | None:
        """What came of an order; ``None`` where its worker was lost."""
        try:
            return bytes(future.result())
        except Error:
            raise
        except (BrokenExecutor, CancelledError, OSError) as lost:
            self.count(order, lost)
        except Exception as lost:
            # Executors of other packages have errors of their own for workers that are gone.
            if type(lost).__module__.split(".")[0] not in ("distributed", "ray", "mpi4py", "joblib", "loky"):
                raise
            self.count(order, lost)
        return None

    def count(self, order: bytes, lost: BaseException) -> None:
        if self.tries[order] >= TRIES:
            raise WorkersLost(
                f"an order was lost with its worker {TRIES} times ({lost}); what was finished is stored: the same call goes on"
            ) from lost


def _workers(executor: Any) -> int:
    """How many workers an executor has, as far as it says."""
    for name in ("_max_workers", "num_workers"):
        number = getattr(executor, name, None)
        if isinstance(number, int) and number > 0:
            return number
    cores = getattr(executor, "ncores", None)
    if callable(cores):
        return max(1, sum(int(number) for number in cores().values()))
    return os.cpu_count() or 1
