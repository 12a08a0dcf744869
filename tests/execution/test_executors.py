"""Work gives the same results in order wherever it is done."""

import os
import sys
import time

import pytest

from pipeline.execution.executors import FEW, InProcess, SchedulerError, cores, executor, streamed


def square(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_in_the_order_of_the_work(processes):
    with executor(processes) as pool:
        found = list(streamed(pool, square, range(50), window=4))
    assert [value for value, _ in found] == [n * n for n in range(50)]
    own = {pid for _, pid in found} == {os.getpid()}
    assert own == (processes == 1)


def test_no_more_is_under_way_than_the_window():
    taken = []

    def work():
        for number in range(20):
            taken.append(number)
            yield number

    results = streamed(InProcess(), square, work(), window=3)
    for received in range(1, 10):
        next(results)
        assert len(taken) == received + 2


def test_a_fault_in_the_work_is_raised_where_its_result_is_asked_for():
    def fail(number: int) -> int:
        return 1 // number

    results = streamed(InProcess(), fail, [1, 0, 1], window=1)
    assert next(results) == 1
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_few_workbooks_need_no_other_process():
    assert cores(0, FEW) == 1
    assert cores(0, FEW + 1) == os.cpu_count()
    assert cores(3, 1) == 3


@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_told():
    with pytest.raises(SchedulerError, match="Dask"), executor(1, "tcp://127.0.0.1:1"):
        pass


def end(_: int) -> None:
    os._exit(1)


def test_a_process_that_is_ended_is_told():
    with pytest.raises(SchedulerError, match="内存不足"), executor(2) as pool:
        list(streamed(pool, end, [1], window=1))


def test_a_cluster_without_its_client_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SchedulerError, match="没有安装 Dask"), executor(1, "tcp://127.0.0.1:1"):
        pass


def stopped_at_work() -> None:
    with executor(2) as pool:
        pool.submit(time.sleep, 60)
        pool.submit(int).result()
        raise KeyboardInterrupt


def test_whoever_stops_a_run_waits_for_no_process():
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        stopped_at_work()
    assert time.monotonic() - began < 20
