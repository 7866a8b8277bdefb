"""From a cold `git clone` to a ready demo, against nothing but installing the same packages with the same tool."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.bench.figures import Figure, report
from tests.e2e.stack import ROOT, free_ports

# Both begin with nothing: no environment, no cached package.
COLD = {"PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1"}
SECONDS = 300.0


def clone(folder: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


def bare(folder: Path) -> float:
    """Return the seconds of an installation into a new environment."""
    environment = {**os.environ, **COLD}
    began = time.monotonic()
    if shutil.which("uv"):
        subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, str(folder)], check=True, env=environment)
        install = ["uv", "pip", "install", "--quiet", "--python", str(folder / "bin" / "python")]
    else:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, env=environment)
        install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True, env=environment)
    return time.monotonic() - began


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def demo(folder: Path) -> tuple[float, float]:
    """Return the seconds until the demo is ready, and until its story is told."""
    port, sandbox_port = free_ports(2)
    environment = {**os.environ, **COLD, "PORT": str(port), "SANDBOX_PORT": str(sandbox_port), "PYTHON": sys.executable}
    environment.pop("VAR_DIR", None)
    began = time.monotonic()
    clone(folder)
    process = subprocess.Popen(
        ["make", "demo"], cwd=folder, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while not is_ready(port):
            _check(process, began)
        ready = time.monotonic() - began
        while not (folder / "var" / "demo.json").exists():
            _check(process, began)
        return ready, time.monotonic() - began
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=20)


def _check(process: "subprocess.Popen[bytes]", began: float) -> None:
    if process.poll() is not None or time.monotonic() - began > SECONDS:
        raise RuntimeError("the demo did not start")
    time.sleep(0.2)


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        installing = bare(Path(temporary) / "venv")
        ready, told = demo(Path(temporary) / "clone")
    tool = "uv" if shutil.which("uv") else "pip"
    against = f"{installing:.1f} s, {tool} without a cache"
    report(
        Figure("`git clone` to a ready demo", f"{ready:.1f} s", against, ready / installing),
        Figure("`git clone` to the story told", f"{told:.1f} s", against, told / installing),
    )


if __name__ == "__main__":
    main()
