"""What a user can cause ends in one line and exit code 1; what we cause keeps its traceback."""

import errno
import sys
from pathlib import Path

import pytest

from retrain.errors import REPORT, UserError, reported, suggest, within
from tests.conftest import Run


def failing(error: BaseException) -> None:
    @reported
    def main() -> None:
        raise error

    main()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UserError("x.yaml: wrong; correct it"), "error: x.yaml: wrong; correct it"),
        (OSError(errno.ENOSPC, "full", "x.parquet"), "error: x.parquet: the disk is full; free some space and run the same command again"),
        (ModuleNotFoundError("no", name="numpy"), "error: numpy is not installed here; `make` sets up what a command needs: make train, make judge, make land"),
    ],
)  # fmt: skip
def test_a_users_error_is_one_line(
    error: BaseException, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_info:
        failing(error)
    code = exit_info.value.code  # a text is what Python prints, before it exits with 1
    assert capsys.readouterr().err + (code if isinstance(code, str) else "") in (said, f"{said}\n")
    assert isinstance(code, str) or code == 1


def test_an_interrupt_is_one_line_also_while_a_program_imports(tmp_path: Path, run: Run) -> None:
    program = (
        "import os, signal, threading; from retrain import errors; errors.shorten_interrupts(); "
        # a program in the background has it ignored
        "signal.signal(signal.SIGINT, signal.default_int_handler)"
    )
    alarm = "threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()"
    (tmp_path / "slow.py").write_text("import time; time.sleep(60)")
    done = run(sys.executable, "-c", f"{program}; {alarm}; import slow", cwd=tmp_path)
    assert done.stderr == "interrupted; run the same command again to go on\n"
    assert done.returncode in (130, -2)


def test_an_error_may_have_an_exit_code_of_its_own() -> None:
    class OtherError(UserError):
        code = 3

    with pytest.raises(SystemExit) as exit_info:
        failing(OtherError("no"))
    assert exit_info.value.code == 3


def test_an_error_is_also_written_where_the_caller_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(REPORT, str(tmp_path / "said.txt"))
    with pytest.raises(SystemExit):
        failing(UserError("x.yaml: wrong"))
    assert (tmp_path / "said.txt").read_text() == "x.yaml: wrong"


@pytest.mark.parametrize(
    "error",
    [
        ValueError("ours"),
        ModuleNotFoundError("no", name="retrain.x"),
        OSError(errno.EIO, "broken disk"),
    ],
)
def test_an_error_of_ours_is_not_hidden(error: Exception) -> None:
    with pytest.raises(type(error)):
        failing(error)


def test_suggest() -> None:
    assert suggest("carier", ["carrier", "origin"]) == "did you mean 'carrier'?"
    assert suggest("zzz", ["carrier", "origin"]) == "known are carrier, origin"


def test_within_names_the_place() -> None:
    with pytest.raises(UserError, match=r"^a.csv: column 'x' is missing$"), within("a.csv"):
        raise UserError("column 'x' is missing")
