"""What processes cost: seconds of CPU, as the kernel counts them."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(folder: str) -> float:
    """Return the CPU seconds that the programs with this folder in their command line have used so far."""
    return sum(_seconds(process) for process in Path("/proc").glob("[0-9]*") if _is_about(process, folder))


def seconds_of_process(pid: int) -> float:
    """Return the CPU seconds of one process so far."""
    return _seconds(Path("/proc") / str(pid))


def seconds_of_machine() -> float:
    """Return the CPU seconds that all programs, and the kernel for them, have used since the machine started."""
    user, nice, system, _idle, _waiting, *others = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:8])
    return (user + nice + system + sum(others)) / _TICKS


def _is_about(process: Path, folder: str) -> bool:
    try:
        return folder.encode() in (process / "cmdline").read_bytes() and int(process.name) != os.getpid()
    except OSError:  # it has ended
        return False


def _seconds(process: Path) -> float:
    try:
        fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
