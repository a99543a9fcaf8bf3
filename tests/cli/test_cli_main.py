"""The one error boundary: what is said where, and with which exit code."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import av
import beep_engine
import pytest
from command_line import SAMPLE, Command, Start

from ttsbook import paths
from ttsbook.audio.sink import Sink
from ttsbook.cli import Interrupted, Terminated, _signals


def test_without_a_command_the_help_is_shown(ttsbook: Command) -> None:
    run = ttsbook()
    assert run.code == 0
    assert "ttsbook render book.epub --voice me.wav -o book.m4b" in run.out


def test_a_wrong_command_is_a_usage_error_that_names_the_nearest(ttsbook: Command) -> None:
    run = ttsbook("rendr")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("error: No such command 'rendr'")
    assert "render" in run.err.splitlines()[0]
    assert run.err.splitlines()[1].startswith("hint: ")


def test_a_group_without_a_command_is_a_usage_error(ttsbook: Command) -> None:
    run = ttsbook("voices")
    assert run.code == 2
    assert "`ttsbook voices --help`" in run.err


@pytest.mark.parametrize(
    "command", ["render", "inspect", "speak", "doctor", "voices add", "cache gc", "config show"]
)
def test_help_opens_with_examples(ttsbook: Command, command: str) -> None:
    run = ttsbook(*command.split(), "--help")
    assert run.code == 0
    above_options = run.out.split("Options:")[0].split("Arguments:")[0]
    assert above_options.count(f"ttsbook {command}") >= 2


def test_the_options_of_render_come_in_groups(ttsbook: Command) -> None:
    out = ttsbook("render", "--help").out
    titles = [line[:-1] for line in out.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert titles[0] == "Arguments"
    assert {"Output", "Voice", "Audio", "Engine", "Run", "Configuration"} <= set(titles)


@pytest.mark.parametrize("command", ["render", "plan", "speak", "say"])
def test_help_names_the_output_under_output(ttsbook: Command, command: str) -> None:
    assert "\nOutput:\n  -o, --output FILE" in ttsbook(command, "--help").out


def test_on_windows_the_error_says_what_to_do_instead() -> None:
    # As there: none of our modules gets one of these.
    program = (
        "import sys; sys.platform = 'win32'\n"
        "sys.modules |= dict.fromkeys(('fcntl', 'resource', 'termios', 'pwd', 'grp'))\n"
        "from ttsbook.errors import MissingError\n"
        "try: from ttsbook import render_book\n"
        "except MissingError as error: print(error.hint)\n"
        "from ttsbook.cli import main; sys.exit(main(['doctor']))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (4, "install it within WSL\n"), run.stderr
    assert "not on Windows itself" in run.stderr


def test_an_error_goes_to_stderr_with_a_hint_and_its_exit_code(ttsbook: Command) -> None:
    run = ttsbook("render", SAMPLE, "--voice", "nobody-of-that-name")
    assert (run.code, run.out) == (4, "")
    error, hint = run.err.splitlines()
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")


def test_with_json_an_error_is_also_a_document_on_stdout(ttsbook: Command) -> None:
    run = ttsbook("inspect", "missing.epub", "--json")
    assert run.code == 3
    error = run.document["error"]
    assert (error["kind"], error["exit_code"]) == ("InputError", 3)
    assert run.document["schema_version"] == 1
    assert error["message"] in run.err


def test_a_bug_is_kept_in_a_log_and_said_in_a_line(ttsbook: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("ttsbook.cli.config.load_config", broken)
    run = ttsbook("config", "show")
    assert run.code == 70
    assert "Traceback" not in run.err
    log = Path(run.err.strip().rsplit(" ", 1)[1])
    assert log.parent == paths.state_dir() / "logs"
    assert "ZeroDivisionError: a bug" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("error", [MemoryError("260 KiB"), RuntimeError("can't start new thread")])
def test_a_limit_that_is_reached_is_no_bug(
    ttsbook: Command, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def limited(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("ttsbook.cli.config.load_config", limited)
    run = ttsbook("config", "show", "--json")
    assert run.code == 1
    assert run.document["error"]["kind"] == "RenderError"
    assert run.err.startswith(f"error: out of memory or processes: {error}\nhint: ")


def test_the_module_does_what_the_command_does(start: Start) -> None:
    process = start("--version")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert out.startswith("ttsbook ")


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGTERM, 143, "terminated"),
        (signal.SIGHUP, 143, "terminated"),
    ],
)
def test_a_signal_stops_a_render_and_says_how_to_go_on(
    start: Start, voice: str, folder: Path, number: signal.Signals, code: int, word: str
) -> None:
    # Reading standard input that does not end: the render waits there for as long as the test likes.
    arguments = ["render", "-", "--voice", voice, "-o", "out book.wav", "--engine", beep_engine.NAME, "-v"]
    # Where the tests run under nohup, SIGHUP is ignored, and would be in the process as well.
    heed = partial(signal.signal, number, signal.SIG_DFL)
    process = start(*arguments, stdin=subprocess.PIPE, preexec_fn=heed)
    assert process.stderr is not None
    assert "voice ann" in process.stderr.readline()
    time.sleep(0.3)  # into the read
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert word in err
    assert "ttsbook render - --voice ann -o 'out book.wav'" in err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("number", "error"), [(signal.SIGTERM, Terminated), (signal.SIGINT, Interrupted)])
def test_a_signal_is_not_lost_where_python_only_prints_what_is_raised(
    number: signal.Signals, error: type[BaseException]
) -> None:
    class Last:
        def __del__(self) -> None:
            signal.raise_signal(number)

    def forget() -> None:
        Last()
        time.sleep(10)

    with _signals(), pytest.raises(error):
        forget()


@pytest.mark.parametrize(("number", "error"), [(signal.SIGTERM, Terminated), (signal.SIGINT, Interrupted)])
def test_a_signal_while_an_encoder_hands_over_its_bytes_is_not_lost(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], number: signal.Signals, error: type[BaseException]
) -> None:
    class Disk(io.FileIO):
        def write(self, data: object) -> int:
            if self.tell() == 0:
                signal.raise_signal(number)
            return super().write(data)  # type: ignore[arg-type]

    def encode() -> None:
        with (
            Disk(tmp_path / "a.wav", "w") as handle,
            av.open(Sink(handle), "w", format="wav") as container,  # type: ignore[call-overload]
        ):
            container.add_stream("pcm_s16le", rate=8000, layout="mono")
            container.start_encoding()
        time.sleep(10)

    with _signals(), pytest.raises(error):
        encode()
    assert capfd.readouterr().err == ""


def test_a_name_that_the_system_refuses_is_an_input_error(ttsbook: Command) -> None:
    run = ttsbook("render", "a" * 300, "-o", "book.wav", "--json")
    assert (run.code, run.document["error"]["kind"]) == (3, "InputError")
    assert "bug" not in run.err


@pytest.mark.parametrize("command", ["inspect", "plan", "render"])
def test_an_empty_name_is_not_the_current_folder(ttsbook: Command, folder: Path, command: str) -> None:
    (folder / "book.txt").write_text("Words.", encoding="utf-8")
    run = ttsbook(command, "")
    assert (run.code, "name of a book is empty" in run.err, "hint" in run.err) == (2, True, True)
    assert [path.name for path in folder.iterdir()] == ["book.txt"]


@pytest.mark.parametrize("command", ["inspect", "plan"])
@pytest.mark.parametrize("name", [".", "./", "/", ".."])
def test_a_folder_is_no_book(ttsbook: Command, command: str, name: str) -> None:
    run = ttsbook(command, name)
    assert (run.code, "it is a folder" in run.err, "hint" in run.err) == (3, True, True)


def test_a_reader_that_goes_away_is_no_bug(start: Start) -> None:
    process = start("config", "show", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) == 1
    assert err == ""


@pytest.mark.parametrize("command", [("config", "show"), ("inspect", SAMPLE), ("inspect", SAMPLE, "--json")])
def test_standard_output_that_is_full_is_an_output_error(start: Start, command: tuple[object, ...]) -> None:
    with open("/dev/full", "w") as full:
        process = start(*command, stdout=full)
        err = process.communicate()[1]
    assert process.returncode == 5
    assert err.splitlines()[0] == "error: cannot write to standard output: No space left on device"
    assert len(err.splitlines()) == 2


@pytest.mark.parametrize("look", ["plain", "json"])
@pytest.mark.parametrize(("words", "code"), [("Words.", 0), ("Unspeakable.", 1)])
def test_a_full_disk_under_stderr_stops_no_render(
    start: Start, voice: str, folder: Path, look: str, words: str, code: int
) -> None:
    """Progress in a file on a disk without room ended the render, and its exit code was of no kind."""
    (folder / "book.txt").write_text(words, encoding="utf-8")
    arguments = ["render", "book.txt", "--voice", voice, "--engine", beep_engine.NAME, "--no-fallback"]
    with open("/dev/full", "w") as full:
        process = start(*arguments, "-o", "book.wav", "--progress", look, "-v", stderr=full)
        out = process.communicate(timeout=60)[0]
    assert process.returncode == code
    assert (out, (folder / "book.wav").exists()) == (("book.wav\n", True) if code == 0 else ("", False))


def test_a_reader_of_stderr_that_goes_away_stops_no_render(start: Start, voice: str, folder: Path) -> None:
    (folder / "book.txt").write_text("Words.", encoding="utf-8")
    arguments = ["render", "book.txt", "--voice", voice, "--engine", beep_engine.NAME, "-o", "book.wav"]
    with start(*arguments, stdout=subprocess.DEVNULL) as process:
        assert process.stderr is not None
        process.stderr.close()
    assert process.returncode == 0
    assert (folder / "book.wav").exists()


def test_an_error_that_stdout_cannot_take_is_said_on_stderr(start: Start) -> None:
    with open("/dev/full", "w") as full:
        process = start("inspect", "none.epub", "--json", stdout=full)
        err = process.communicate()[1]
    assert process.returncode == 3
    assert err == "error: cannot read none.epub: No such file or directory\nhint: check the path\n"


def test_a_current_folder_that_is_gone_is_said(ttsbook: Command, folder: Path) -> None:
    folder.rmdir()
    run = ttsbook("inspect", SAMPLE)
    assert run.code == 2
    assert "the current folder no longer exists" in run.err


def test_where_no_home_folder_is_known_it_is_said_what_to_set(
    ttsbook: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "TTSBOOK_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)  # as in a container whose user is a mere number
    run = ttsbook("voices", "list")
    assert run.code == 2
    assert "set HOME, or set TTSBOOK_HOME" in run.err


def test_a_home_that_may_not_be_looked_into_holds_no_settings_and_no_voices(
    ttsbook: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A name that is too long stands for the home of someone else, which root may look into: both are errors.
    monkeypatch.setenv("TTSBOOK_HOME", "/" + "far" * 100)
    assert ttsbook("inspect", SAMPLE).code == 0
    assert "nora" in ttsbook("voices", "list").out
    assert ttsbook("doctor").code != 70


def test_letters_that_the_terminal_lacks_are_no_bug(start: Start, folder: Path) -> None:
    book = folder / "风.txt"
    book.write_text("今天天气很好。", encoding="utf-8")
    process = start("inspect", book, env={"PYTHONIOENCODING": "ascii"})
    assert "\\u98ce" in process.communicate()[0]
    assert process.returncode == 0


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf8"])
def test_json_is_json_in_every_encoding_whatever_a_book_is_called(
    start: Start, folder: Path, encoding: str
) -> None:
    book = folder / "b\udcfch\xfc \u98ce.txt"
    book.write_text("Few words.", encoding="utf-8")
    called = ("render", book, "-o", "b.wav", "--json", "--progress=json", "--report", "report.json")
    out, err = start(*called, env={"PYTHONIOENCODING": encoding}).communicate()
    found = json.loads(out)
    assert found["books"][0]["source"] == str(book)
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == found
    assert str(book) in [json.loads(line).get("source") for line in err.splitlines()]
