"""Outputs are whole or absent, one run at a time, and what went wrong is said in Chinese."""

from __future__ import annotations

import errno
import itertools
import os
import pickle
import resource
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.declare.workbook_form import workbook_form
from pipeline.execution.executors import SchedulerError, executor
from pipeline.execution.jobs import SharedSettings
from pipeline.model.settings import Settings
from pipeline.publish.atomic import (
    SET_ASIDE,
    TEMPORARY,
    OutputError,
    publish,
    publish_together,
    set_aside,
    strangers,
)
from pipeline.publish.run_lock import LOCK, TOKEN, only_run
from pipeline.text.os_errors import reason
from tests.support.districts import district_2024, write_inputs
from tests.support.paths import TEMPLATES


def run(folder: Path) -> int:
    options = [f"--{name}={folder / name}" for name in ("input", "output")]
    return main(["run", *options, f"--templates={TEMPLATES}"])


def in_a_child(work: Callable[[], int]) -> int:
    """The exit status of work done in a forked process, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(work())
        finally:
            os._exit(99)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def temporaries(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name.startswith(TEMPORARY)]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "磁盘已满"),
        (errno.EROFS, "只读"),
        (errno.EACCES, "其他程序打开"),
        (errno.EPERM, "其他程序打开"),
        (errno.EIO, "读写出错"),
    ],
)
@pytest.mark.parametrize("stage", ["mkstemp", "fsync", "replace"])
def test_an_output_that_cannot_be_written_leaves_the_old_one(
    tmp_path, monkeypatch, number, told, stage
):
    path = tmp_path / "年报.xlsx"
    path.write_bytes("旧".encode())

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("tempfile.mkstemp" if stage == "mkstemp" else f"os.{stage}", refuse)
    with pytest.raises(OutputError, match=told) as raised:
        publish(path, b"new")
    assert path.name in str(raised.value)
    assert "原来的文件没有动" in str(raised.value)
    assert path.read_bytes() == "旧".encode()
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("stage", ["mkstemp", "fsync", "replace"])
def test_of_several_outputs_each_is_written_whole_or_not_at_all(tmp_path, monkeypatch, stage):
    """Whichever fails, nothing is left half-written, and what failed is told."""
    files = {tmp_path / folder / "年报.docx": b"new" * 9000 for folder in "甲乙丙丁"}
    for path in files:
        path.parent.mkdir()
        path.write_bytes(b"old")
    done = getattr(tempfile if stage == "mkstemp" else os, stage)
    calls = itertools.count()

    def full(*told: object, **named: object) -> object:
        if next(calls) == 2:
            raise OSError(errno.ENOSPC, "")
        return done(*told, **named)

    with monkeypatch.context() as patched:
        patched.setattr("tempfile.mkstemp" if stage == "mkstemp" else f"os.{stage}", full)
        with pytest.raises(OutputError, match="磁盘已满"):
            publish_together(files)
    assert sorted(path.read_bytes()[:3] for path in files) == [b"new"] * 3 + [b"old"]
    assert temporaries(tmp_path) == []
    publish_together(files)
    assert {path: path.read_bytes() for path in files} == files


def test_a_reason_nobody_has_put_into_words_is_said_as_the_system_does():
    assert reason(OSError(errno.EXDEV, "Invalid cross-device link")) == "Invalid cross-device link"
    assert reason(OSError()) == "OSError"


def test_a_full_disk_stops_a_run_with_the_old_files_still_there(tmp_path, capfd):
    """A limit on the size of files stands for a disk that fills up while writing."""
    write_inputs(tmp_path / "input", district_2024()[:1])
    assert run(tmp_path) == 0
    output = tmp_path / "output"
    before = {p: p.read_bytes() for p in output.rglob("*") if p.is_file()}
    capfd.readouterr()

    def cramped() -> int:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))
        status = run(tmp_path)
        sys.stderr.flush()
        return status

    assert in_a_child(cramped) == 2
    assert "超过系统允许的大小" in capfd.readouterr().err
    assert {p: p.read_bytes() for p in output.rglob("*") if p.is_file()} == before


def test_an_output_folder_without_permission_is_told(tmp_path, capfd):
    write_inputs(tmp_path / "input", district_2024()[:1])
    output = tmp_path / "output"
    output.mkdir()
    output.chmod(0o555)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)

    def as_nobody() -> int:
        if os.getuid() == 0:
            os.setuid(65534)
        status = run(tmp_path)
        sys.stderr.flush()
        return status

    assert in_a_child(as_nobody) == 2
    told = capfd.readouterr().err
    assert "无法写入" in told
    assert "没有权限" in told
    assert list(output.iterdir()) == []


def test_a_second_run_is_refused_while_the_first_is_going_on(tmp_path, capsys):
    write_inputs(tmp_path / "input", district_2024()[:1])
    with only_run(tmp_path / "output"):
        assert in_a_child(lambda: run(tmp_path)) == 2
        with pytest.raises(OutputError, match="另一次运行正在使用"):
            in_a_child_raising(tmp_path / "output")
        assert sorted(os.listdir(tmp_path / "output")) == [LOCK, TOKEN]
    assert run(tmp_path) == 0


def in_a_child_raising(output: Path) -> None:
    with only_run(output):
        raise AssertionError("two runs at once")


def test_a_run_that_was_killed_does_not_block_the_next(tmp_path):
    output = tmp_path / "output"

    def killed() -> int:
        with only_run(output):
            (output / f"{TEMPORARY}left").write_bytes(b"half")
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    assert in_a_child(killed) == -signal.SIGKILL
    assert (output / LOCK).exists()
    assert temporaries(output)
    with only_run(output):
        assert temporaries(output) == []


def test_what_a_worker_left_is_gone_when_the_run_ends(tmp_path):
    output = tmp_path / "output"
    with only_run(output):
        (output / f"{TEMPORARY}left").write_bytes(b"half")
    assert temporaries(output) == []


def test_the_folder_of_another_command_is_left_to_it(tmp_path):
    forms = tmp_path / "空白工作簿"
    with only_run(forms):
        (forms / f"{TEMPORARY}going-on").write_bytes(b"half")
        with only_run(tmp_path):
            assert [path.parent for path in temporaries(tmp_path)] == [forms]


def test_a_lock_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "output").write_bytes(b"a file")
    with (
        pytest.raises(OutputError, match="已有同名的文件"),
        only_run(tmp_path / "output"),
    ):
        pass


def test_a_process_that_is_ended_is_told():
    def work() -> None:
        with executor(2) as pool:
            pool.submit(os._exit, 1).result()

    with pytest.raises(SchedulerError, match="处理进程被中止"):
        work()


def test_files_that_the_run_did_not_make_are_told(tmp_path, capsys):
    write_inputs(tmp_path / "input", district_2024()[:1])
    assert run(tmp_path) == 0
    assert "不是这次生成的" not in capsys.readouterr().out
    folder = tmp_path / "output" / "示例区2024年度" / "年报"
    (folder / "已撤销镇.xlsx").write_bytes(b"left by a run that was cut off")
    (folder / "~$示例.xlsx").write_bytes(b"a lock file of Word")
    assert run(tmp_path) == 0
    told = capsys.readouterr().out
    assert "1 个文件不是这次生成的" in told
    assert "已撤销镇.xlsx" in told
    assert (folder / "已撤销镇.xlsx").exists(), "nothing is deleted"


def test_strangers_are_looked_for_in_the_folders_of_counties_alone(tmp_path):
    publish(tmp_path / "甲县2024年度" / "年报" / "a.xlsx", b"")
    publish(tmp_path / "甲县2024年度" / "b.xlsx", b"")
    publish(tmp_path / SET_ASIDE / "甲县2024年度" / "c.xlsx", b"")
    publish(tmp_path / "空白工作簿" / "d.xlsx", b"")
    assert strangers(tmp_path, {"甲县2024年度/b.xlsx"}) == ["甲县2024年度/年报/a.xlsx"]
    assert strangers(tmp_path / "none", set()) == []


def test_setting_aside_never_leaves_the_output_folder(tmp_path):
    output = tmp_path / "output"
    publish(output / "a.xlsx", b"a")
    (tmp_path / "mine.xlsx").write_bytes(b"mine")
    names = ["../mine.xlsx", str(tmp_path / "mine.xlsx"), "a.xlsx", "none.xlsx"]
    assert set_aside(output, names) == ["a.xlsx"]
    assert (tmp_path / "mine.xlsx").read_bytes() == b"mine"
    assert (output / SET_ASIDE / "a.xlsx").read_bytes() == b"a"


def test_a_folder_that_becomes_empty_goes_and_no_other(tmp_path):
    for name in ("甲县2024年度/退回/a.xlsx", "乙县2024年度/退回/b.xlsx", "乙县2024年度/c.html"):
        publish(tmp_path / name, b"")
    (tmp_path / "丙县2024年度").mkdir()
    set_aside(tmp_path, ["甲县2024年度/退回/a.xlsx", "乙县2024年度/退回/b.xlsx"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["丙县2024年度", "乙县2024年度", SET_ASIDE]
    )
    assert [path.name for path in (tmp_path / "乙县2024年度").iterdir()] == ["c.html"]


def test_an_old_file_held_open_is_told(tmp_path, monkeypatch):
    publish(tmp_path / "a.xlsx", b"a")

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "being used by another process")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(
        OutputError, match=r"无法移走旧文件 a\.xlsx（没有权限，或文件正被其他程序打开）"
    ):
        set_aside(tmp_path, ["a.xlsx"])


def test_nothing_is_published_with_the_token_of_an_earlier_run(tmp_path):
    with only_run(tmp_path) as earlier:
        publish(tmp_path / "a.docx", b"earlier", earlier)
    with pytest.raises(OutputError, match=r"没有写入 a\.docx：这次运行已经中断"):
        publish(tmp_path / "a.docx", b"after its end", earlier)
    with only_run(tmp_path) as now:
        publish(tmp_path / "a.docx", b"now", now)
        with pytest.raises(OutputError, match=r"没有写入 a\.docx"):
            publish(tmp_path / "a.docx", b"late", earlier)
        with pytest.raises(OutputError, match=r"没有写入 b\.docx"):
            publish_together({tmp_path / "b.docx": b"late"}, earlier)
        with pytest.raises(OutputError, match="正在使用"), only_run(tmp_path):
            pass
        publish(tmp_path / "c.docx", b"now", now)
        assert [p.name for p in tmp_path.iterdir() if p.name.startswith(TEMPORARY)] == []
    assert (tmp_path / "a.docx").read_bytes() == b"now"
    assert not (tmp_path / "b.docx").exists()


def test_the_token_goes_with_the_settings_to_other_processes(tmp_path):
    with only_run(tmp_path) as token:
        settings = Settings(
            input=tmp_path,
            output=tmp_path,
            templates=TEMPLATES,
            editions={},
            form=workbook_form(),
            token=token,
        )
        arrived = pickle.loads(pickle.dumps(SharedSettings(settings))).settings
        assert arrived.token == token
        publish(tmp_path / "a.docx", b"on a worker", arrived.token)
    with pytest.raises(OutputError, match=r"没有写入 a\.docx"):
        publish(tmp_path / "a.docx", b"late", arrived.token)
    assert (tmp_path / "a.docx").read_bytes() == b"on a worker"
