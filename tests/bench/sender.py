"""
One process more that sends for an account, as a second worker does, until it is ended.

    python -m tests.bench.sender ACCOUNT      servers and keys are those of the environment
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

_PAUSE = 0.05  # seconds between looks while nothing is due
_READY = "ready"


@contextmanager
def running(count: int, account_id: int) -> Iterator[list[int]]:
    """Start so many of them; gives their process ids."""
    with ExitStack() as stack:
        started = [stack.enter_context(_started(account_id)) for _ in range(count)]
        yield [process.pid for process in started]


@contextmanager
def _started(account_id: int) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.bench.sender", str(account_id)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == _READY
        yield process
    finally:
        process.kill()
        process.wait()


def main(account_id: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django

    django.setup()
    from portal.celery import settle
    from portal.operations import runner

    settle()  # as a worker does when it is ready
    print(_READY, flush=True)
    while True:
        if not runner.drain(account_id):
            time.sleep(_PAUSE)


if __name__ == "__main__":
    main(int(sys.argv[1]))
