"""Rules for the project as a whole: imports go one way, starting is cheap, only the right parts do things."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src"
PACKAGE = SOURCE / "ttsbook"
# Who may import whom: a part imports from parts with a smaller number, or from itself.
LEVELS = {
    "cli": 7,
    "api": 6, "tensorrt_optimizer": 6,
    "render": 5, "train": 5, "bench": 5,
    "qa": 4,
    "book": 3, "text": 3, "voice": 3, "engines": 3, "audio": 3,
    "vits2": 2,
    "config": 1,
    "types": 0, "choices": 0, "errors": 0, "files": 0, "paths": 0, "program": 0, "symbols": 0, "aside": 0,
    "": 0,
}  # fmt: skip
BASE = {name for name, level in LEVELS.items() if level == 0}
HEAVY = {
    "torch",
    "numpy",
    "onnxruntime",
    "av",
    "lxml",
    "jieba",
    "pypinyin",
    "scipy",
    "rich",
    "nltk",
    "faster_whisper",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def part_of(module: str) -> str:
    """Return the part a dotted name belongs to: "ttsbook.audio.wave" -> "audio"; "" is the package itself."""
    name = module.partition(".")[2].partition(".")[0]
    return name if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file() else ""


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None
            assert node.level == 0, "imports name the whole path"
            if node.module == "ttsbook":
                yield from (f"ttsbook.{alias.name}" for alias in node.names)
            else:
                yield node.module


def own_part(name: str) -> str:
    pieces = name.removesuffix(".py").split("/")
    return pieces[1] if len(pieces) > 2 or pieces[1] not in ("__init__", "__main__") else "cli"


def test_imports_go_one_way() -> None:
    wrong = []
    for name, tree in modules():
        mine = own_part(name)
        for module in imports(tree):
            if not module.startswith("ttsbook"):
                continue
            theirs = part_of(module)
            allowed = theirs == mine or LEVELS[theirs] < LEVELS[mine] or {mine, theirs} <= BASE
            if not allowed:
                wrong.append(f"{name} imports {module}")
    assert wrong == []


def test_only_the_command_line_prints_and_exits() -> None:
    wrong = []
    for name, tree in modules():
        if own_part(name) in ("cli", "train", "bench"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "print",
                "sys.exit",
                "exit",
                "input",
            ):
                wrong.append(f"{name}:{node.lineno}")
    assert wrong == []


def test_only_configuration_and_paths_read_the_environment() -> None:
    # The bar asks for TERM, as every terminal program does; the package tells ONNX Runtime to report nothing,
    # and the program, where no other code is beside it, tells numpy to start no threads.
    allowed = {"config", "paths"}
    others = ("ttsbook/__init__.py", "ttsbook/cli/__init__.py", "ttsbook/cli/progress.py")
    wrong = []
    for name, tree in modules():
        if own_part(name) in allowed or name in others:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv"):
                wrong.append(f"{name}:{node.lineno}")
    assert wrong == []


@pytest.mark.parametrize("arguments", [["--help"], ["render", "--help"], ["--version"], ["config", "show"]])
def test_starting_loads_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from ttsbook.cli import main\n"
        f"code = main({arguments!r})\n"
        f"loaded = set({sorted(HEAVY)!r}) & set(sys.modules)\n"
        "print(sorted(loaded), file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr.strip()) == (0, "[]")


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("ttsbook.book", ["read_book", "read_stream"]),
        ("ttsbook.config", ["load_config", "Settings", "Source"]),
        ("ttsbook.render.run", ["render_book"]),
        ("ttsbook.render.settings", ["RenderSettings", "PauseTable"]),
        ("ttsbook.text.frontend", ["FrontEnd"]),
        ("ttsbook.voice.store", ["find_voice", "list_voices", "add_voice", "remove_voice"]),
        ("ttsbook.voice.compare", ["similarity", "describe_similarity"]),
        ("ttsbook.engines.choose", ["load_engine", "available_engines"]),
        ("ttsbook.cli", ["main"]),
        ("ttsbook", ["render_book", "ParallelTTSGenerator", "HybridTTSProvider", "VITS2Provider"]),
    ],
)
def test_public_names_are_there(module: str, names: list[str]) -> None:
    found = importlib.import_module(module)
    assert [name for name in names if not hasattr(found, name)] == []


def test_every_module_says_what_it_does() -> None:
    assert [name for name, tree in modules() if not ast.get_docstring(tree)] == []


@pytest.mark.parametrize("data", ["cmudict", "emoji"])
def test_a_licence_that_must_go_with_data_lies_beside_it(data: str) -> None:
    folder = PACKAGE / "text" / "data"
    assert len(list(folder.glob(f"{data}.*"))) == 2
    assert "opyright" in (folder / f"{data}.LICENSE").read_text("utf-8")
