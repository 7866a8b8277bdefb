"""Programs of the running stack that end at once, as the kernel ends them when memory runs out."""

import os
import signal
import time
from pathlib import Path

from tests.e2e.stack import Stack

WORKER = " worker "
# The demo gives up on a program that has to be started more than five times within a minute.
_MOST, _WITHIN = 4, 60.0
_PATIENCE = 120.0
_killed: dict[tuple[Path, str], list[float]] = {}


def process_of(stack: Stack, word: str) -> int | None:
    """Return the id of the stack's program that has `word` in its command line; None while it is away."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:  # gone meanwhile, or not ours
            continue
        if word in command and str(stack.var) in command + environment:
            return int(folder.name)
    return None


def wait_for_turn(stack: Stack, word: str) -> int:
    """Wait until a program runs again after the last time, and the demo bears its end once more; returns its id."""
    give_up_at = time.monotonic() + _PATIENCE
    while _lately(stack, word) >= _MOST or (process := process_of(stack, word)) is None:
        assert time.monotonic() < give_up_at, f"no {word} runs"
        time.sleep(0.1)
    return process


def kill(stack: Stack, word: str) -> int:
    """End a program at once, when it is its turn; returns its id."""
    process = wait_for_turn(stack, word)
    os.kill(process, signal.SIGKILL)
    _killed.setdefault((stack.var, word), []).append(time.monotonic())
    return process


def _lately(stack: Stack, word: str) -> int:
    return sum(at > time.monotonic() - _WITHIN for at in _killed.get((stack.var, word), []))
