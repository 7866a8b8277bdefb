import os
import signal
import sys
import time
from pathlib import Path

from portal.demo.processes import Child, end_all

DEAF = (
    "import signal, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('deaf', flush=True)\n"
    "while True: time.sleep(0.05)\n"
)
PARENT = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "print(child.pid, flush=True)\n"
    "time.sleep(60)\n"
)


def python(folder: Path, code: str, name: str = "program") -> Child:
    return Child(name, [sys.executable, "-c", code], dict(os.environ), folder / f"{name}.log")


def wait_for_output(child: Child) -> str:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if child.log.exists() and (text := child.log.read_text()):
            return text
        time.sleep(0.02)
    raise AssertionError("the program said nothing")


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie of somebody else is gone as far as we are concerned.
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_program_leads_a_session_of_its_own_so_that_ctrl_c_passes_it_by(tmp_path: Path) -> None:
    child = python(tmp_path, "import time; time.sleep(60)")
    child.start()

    assert child.pid is not None
    assert os.getsid(child.pid) == child.pid != os.getsid(0)
    end_all([child], patience=5)


def test_a_program_ends_on_term_even_where_we_were_started_with_it_ignored(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = python(tmp_path, "print('up', flush=True); import time; time.sleep(60)")
    child.start()
    wait_for_output(child)

    end_all([child], patience=5)

    signal.signal(signal.SIGTERM, before)
    assert child.exit_code == -signal.SIGTERM


def test_a_program_that_ignores_term_is_killed_when_patience_ends(tmp_path: Path) -> None:
    child = python(tmp_path, DEAF)
    child.start()
    wait_for_output(child)
    began = time.monotonic()

    end_all([child], patience=0.3)

    assert child.exit_code == -signal.SIGKILL
    assert time.monotonic() - began < 3


def test_patience_is_shared_by_all_programs(tmp_path: Path) -> None:
    deaf = [python(tmp_path, DEAF, f"deaf{number}") for number in range(3)]
    for child in deaf:
        child.start()
        wait_for_output(child)
    began = time.monotonic()

    end_all(deaf, patience=0.4)

    assert time.monotonic() - began < 1.2


def test_what_a_program_started_goes_with_it(tmp_path: Path) -> None:
    child = python(tmp_path, PARENT)
    child.start()
    grandchild = int(wait_for_output(child))

    end_all([child], patience=5)

    deadline = time.monotonic() + 5
    while exists(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not exists(grandchild)


def test_ending_what_never_started_is_no_error(tmp_path: Path) -> None:
    end_all([python(tmp_path, "pass")], patience=1)
