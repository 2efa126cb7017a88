"""Bring a checkout to the point where it runs: environment, locked packages, built front end, compiled messages.

Only what changed is done again: each stage leaves a stamp with the digest of its inputs, so a second start is quick.
Needs a Python of 3.11 or newer and nothing else; Node is taken from the machine or from the locked wheel.

    python3 tools/prepare.py          what the product needs
    python3 tools/prepare.py --dev    what its checks need as well
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
CLIENT = ROOT / "client"
BUILT = ROOT / "src" / "jiangheng" / "web" / "static" / "built"
LOCALE = ROOT / "src" / "jiangheng" / "web" / "locale"
STAMPS = VENV / "stamps.json"
OLDEST_NODE = 20


def main(*, dev: bool) -> None:
    """Every stage, in order."""
    environment()
    lock("dev" if dev else "base")
    package()
    front_end(node())
    messages()


def environment() -> None:
    """A virtual environment in the checkout."""
    if (BIN / "python").exists():
        return
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is run by whatever Python there is
        stop(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 …")
    tell("making .venv")
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        stop("this Python cannot make environments; on Debian and Ubuntu: apt-get install python3-venv")


def lock(name: str) -> None:
    """The packages of a lock, each checked against its hash; the lock for checks holds the other one."""
    path = ROOT / "requirements" / f"{name}.txt"
    if fresh(f"lock-{name}", [path]):
        return
    tell(f"installing requirements/{name}.txt")
    run(BIN / "python", "-m", "pip", "install", "-qq", "--require-hashes", "-r", path)
    done(f"lock-{name}", [path])
    if name == "dev":
        done("lock-base", [ROOT / "requirements" / "base.txt"])


def package() -> None:
    """The product itself, from its sources; no network: everything it is built with is in the lock."""
    inputs = [ROOT / "pyproject.toml"]
    if fresh("package", inputs) and (BIN / "jiangheng").exists():
        return
    tell("installing jiangheng from its sources")
    offline = ("--no-deps", "--no-build-isolation", "--no-index")
    run(BIN / "python", "-m", "pip", "install", "-qq", *offline, "-e", ROOT)
    done("package", inputs)


def node() -> Path:
    """The folder of node and npm: the machine's if it is new enough, else the locked wheel's."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _major(found) >= OLDEST_NODE:
        return Path(found).parent
    if not (BIN / "node").exists():
        tell(f"no Node {OLDEST_NODE} on this machine: installing requirements/node.txt")
        lock("node")
    return BIN


def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    number = said.strip().lstrip("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def front_end(node_folder: Path) -> None:
    """Scripts, style sheets and typefaces, when their sources changed."""
    env = {**os.environ, "PATH": f"{node_folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    locked = [CLIENT / "package-lock.json"]
    if not fresh("npm", locked) or not (CLIENT / "node_modules").is_dir():
        tell("npm ci")
        run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=CLIENT, env=env)
        done("npm", locked)
    written = sorted(path for path in (CLIENT / "src").rglob("*") if path.is_file())
    sources = [*locked, *sorted(CLIENT.glob("*.*")), *written]
    if not fresh("client", sources) or not BUILT.is_dir():
        tell("building the front end")
        run("npm", "run", "--silent", "build", cwd=CLIENT, env=env)
        done("client", sources)


def messages() -> None:
    """The English catalogue in the form that is read at run time."""
    sources = sorted(LOCALE.rglob("*.po"))
    if not fresh("messages", sources) or any(not path.with_suffix(".mo").exists() for path in sources):
        sys.path.insert(0, str(Path(__file__).parent))
        import catalogue

        for path in sources:
            catalogue.compile_file(path)
        done("messages", sources)


def fresh(stage: str, inputs: Iterable[Path]) -> bool:
    """Was this stage done for exactly these inputs?"""
    return _stamps().get(stage) == _digest(inputs)


def done(stage: str, inputs: Iterable[Path]) -> None:
    """Remember that it was."""
    stamps = {**_stamps(), stage: _digest(inputs)}
    new = STAMPS.with_suffix(".new")
    new.write_text(json.dumps(stamps, indent=1))
    new.replace(STAMPS)


def _stamps() -> dict[str, str]:
    return dict(json.loads(STAMPS.read_text())) if STAMPS.exists() else {}


def _digest(inputs: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for path in inputs:
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def run(*words: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a program; stop with its status if it fails, it has said why. What it says is progress, not a result."""
    finished = subprocess.run([str(word) for word in words], cwd=cwd, env=env, stdout=sys.stderr, check=False)
    if finished.returncode:
        stop(f"failed: {Path(str(words[0])).name} {' '.join(str(word) for word in words[1:])}")


def tell(text: str) -> None:
    """A line of progress."""
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> None:
    """Say what is wrong and end."""
    tell(text)
    sys.exit(1)


if __name__ == "__main__":
    main(dev="--dev" in sys.argv[1:])
