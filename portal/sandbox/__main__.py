"""`python -m portal.sandbox`: start the simulator, or print what of the contract it simulates."""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from portal.sandbox import assembly, coverage, server
from portal.sandbox.clock import PACES
from portal.sandbox.store import StateFileError

WRONG_USE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    leave_on_signals()
    if options.coverage or options.coverage_file:
        return _coverage(options.coverage_file)
    try:
        socket = server.listen(options.host, options.port)
    except OSError as error:
        return _complain(f"can't listen on {options.host}:{options.port}: {_reason(error)}")
    try:
        sandbox = assembly.assemble(options.state, options.pace, check_answers=options.check_answers)
    except StateFileError as error:
        return _complain(str(error))
    host = f"[{options.host}]" if ":" in options.host else options.host
    sandbox.world.base_url = f"http://{host}:{socket.getsockname()[1]}"
    sandbox.world.start()

    def announce() -> None:
        if options.credentials:
            write_private(options.credentials, json.dumps(sandbox.credentials(), indent=2) + "\n")
        print(f"simulator on {sandbox.world.base_url} (control {sandbox.world.base_url}/_sandbox/)", flush=True)

    try:
        asyncio.run(server.server(sandbox.app, announce).serve(sockets=[socket]))
    finally:
        sandbox.close()
    sys.stdout.flush()
    os._exit(0)  # a webhook that is being sent must not hold the process for its five seconds


def leave_on_signals() -> None:
    """End on INT and TERM while still starting, also where INT was inherited as ignored; the server has its own way."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: sys.exit(0))


def write_private(path: Path, text: str) -> None:
    """Write a file that only the owner may read, in one step: readers see nothing or all of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m portal.sandbox", description="Simulator of the AutoInvoice APIs")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free one")
    parser.add_argument("--state", type=Path, help="SQLite file; without it the state is gone at the end")
    parser.add_argument("--credentials", type=Path, help="JSON file with addresses and keys, written once it listens")
    parser.add_argument("--pace", choices=PACES, default="fast")
    parser.add_argument(
        "--check-answers",
        action="store_true",
        default=os.environ.get("SANDBOX_CHECK_ANSWERS", "") in ("1", "true", "yes"),
        help="answer 500 where an own answer breaks the contract (also SANDBOX_CHECK_ANSWERS=1)",
    )
    parser.add_argument("--coverage", action="store_true", help="print what is simulated, and leave")
    parser.add_argument("--coverage-file", type=Path, help="write the same as Markdown")
    return parser


def _coverage(file: Path | None) -> int:
    assembly.load_handlers()
    print(coverage.table())
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(coverage.markdown(), encoding="utf-8")
    return 0


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)


def _complain(text: str) -> int:
    print(f"sandbox: {text}", file=sys.stderr)
    return WRONG_USE


if __name__ == "__main__":
    sys.exit(main())
