"""Where the work of a run is done: in this process, on all cores, or on a Dask cluster.

All three are ``concurrent.futures`` executors, so that the work itself doesn't know.  What is
sent to them must be picklable; what they give back arrives in the order of the work.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any, TypeVar

Work = TypeVar("Work")
Result = TypeVar("Result")

FEW = 60
"""Up to so many workbooks one process is done before others have started."""


def collect_seldom() -> None:
    """Have this process look for values in circles far more seldom.

    A run makes millions of values that live on and few circles: looking for them took a tenth of
    its time, for no memory that counts.
    """
    gc.set_threshold(20_000, 10, 10)


def _begin() -> None:
    """Begin a process of a pool: whoever stops the run stops it where it began."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    collect_seldom()


_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """Have this process of a pool end when the run's own process ends, however that ends: what it
    has begun must not be published any more."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux" and os.getppid() == parent.pid:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent.pid:  # it ended before it could be asked for
            os._exit(1)
    threading.Thread(target=_exit_after, args=(parent.sentinel,), daemon=True).start()


def _exit_after(sentinel: int) -> None:
    """Wait for the end of the process of a sentinel, and end this one."""
    wait([sentinel])
    os._exit(1)


class SchedulerError(Exception):
    """The Dask cluster can't be reached, its client isn't installed, or a process of ours was
    ended: what to do, in Chinese."""


class InProcess(Executor):
    """Does each piece of work at once, where it is asked for."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  told by whoever asks for the result
            done.set_exception(error)
        return done


def cores(wanted: int, workbooks: int) -> int:
    """How many processes to work in: as many as asked for, or (0) as the work is worth."""
    if wanted:
        return wanted
    return 1 if workbooks <= FEW else os.cpu_count() or 1


@contextmanager
def executor(processes: int, scheduler: str = "") -> Iterator[Executor]:
    """An executor of so many processes, or a Dask cluster's, shut down at the end.

    Raises:
        SchedulerError: the cluster can't be used.
    """
    if scheduler:
        with _dask(scheduler) as pool:
            yield pool
    elif processes <= 1:
        yield InProcess()
    else:
        with ProcessPoolExecutor(processes, initializer=_begin) as pool:
            try:
                yield pool
            except KeyboardInterrupt:
                for process in multiprocessing.active_children():
                    process.terminate()  # what they were writing lies beside, and is swept away
                raise
            except BrokenProcessPool:
                raise SchedulerError(
                    "有一个处理进程被中止了（多半是内存不足），运行没有完成，已生成的文件都是完整的。"
                    "请关闭其他程序后重新运行，或用 --jobs 1 只用一个进程。"
                ) from None


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError:
        raise SchedulerError(
            "没有安装 Dask。请先运行：.venv/bin/python -m pip install distributed，"
            "或者不用 --scheduler。"
        ) from None
    try:
        client = Client(address, timeout="15s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise SchedulerError(f"连不上 Dask 调度器 {address}：{error}") from None
    with client:
        _ready(client, address)
        yield client.get_executor(pure=False)


WAIT = 30
"""So many seconds for the first worker to come."""


def _ready(client: Any, address: str) -> None:
    """Be sure that there are workers, and that they have this very program: one that hasn't would
    fail in silence, or write other bytes.

    Raises:
        SchedulerError: there are none, or some have another program or none.
    """
    from pipeline.publish.provenance import program

    try:
        client.wait_for_workers(1, timeout=WAIT)
    except TimeoutError:
        raise SchedulerError(
            f"Dask 调度器 {address} 上没有工作机（等了 {WAIT} 秒）。请先在各台工作机上启动 dask worker。"
        ) from None
    wrong = [at for at, had in client.run(program, on_error="return").items() if had != program()]
    try:
        client.run_on_scheduler(program)
    except Exception:  # noqa: BLE001  whatever it is that keeps it from importing the program
        wrong.append(f"调度器 {address}")
    if wrong:
        raise SchedulerError(
            f"{'、'.join(wrong[:3])}{'等' if len(wrong) > 3 else ''}没有本项目，或者项目、软件包的版本"
            f"与这台电脑不同，共 {len(wrong)} 处。请装好同一版本，在项目文件夹里启动："
            "PYTHONPATH=. dask scheduler；PYTHONPATH=. dask worker 调度器地址 --nthreads 1。"
        )


def streamed(
    pool: Executor, function: Callable[[Work], Result], work: Iterable[Work], window: int
) -> Iterator[Result]:
    """The results of a function over pieces of work, in order, at most ``window`` under way.

    Memory holds only what is under way, however long the work is.
    """
    under_way: deque[Future[Result]] = deque()
    for piece in work:
        under_way.append(pool.submit(function, piece))
        if len(under_way) >= window:
            yield under_way.popleft().result()
    while under_way:
        yield under_way.popleft().result()
