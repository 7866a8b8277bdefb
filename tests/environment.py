"""
The servers and settings of a test run, ready before Django reads its settings.

    TEST_DATABASE=sqlite     the default: a file in a temporary folder
    TEST_DATABASE=postgres   a private PostgreSQL, started here
    DATABASE_URL, REDIS_URL  servers to use instead

One process owns the servers: the one that was started. Its xdist workers inherit the addresses, and each takes
a Valkey database and a folder of its own (pytest-django gives each a test database of its own).
"""

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

from tests import network
from tests.postgres import Postgres
from tests.valkey import Valkey

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def prepare() -> None:
    if WORKER:
        _take_a_share()
    else:
        _start_servers()
    network.block(os.environ["DATABASE_URL"], os.environ["REDIS_URL"])


def _start_servers() -> None:
    folder = Path(tempfile.mkdtemp(prefix="portal-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update(_settings(folder / "var"))
    os.environ.setdefault("REDIS_URL", _start_valkey(folder))
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = _start_database(folder)


def _settings(var: Path) -> dict[str, str]:
    (var / "static").mkdir(parents=True)
    return {
        "VAR_DIR": str(var),
        "SECRET_KEY": "tests-only-9f8e7d6c5b4a39281706f5e4d3c2b1a0",
        "FIELD_KEYS": "dGVzdHMtb25seS1maWVsZC1rZXktMDEyMzQ1Njc4OTA=",
        "DIGEST_KEY": "tests-only-digest-key",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "PUBLIC_URL": "http://testserver",
        "BEHIND_TLS": "false",
        "DEBUG": "false",
        "TIME_ZONE": "Europe/Helsinki",
        "LOG_LEVEL": "WARNING",
    }


def _start_valkey(folder: Path) -> str:
    valkey = Valkey(folder)
    if "REDIS_URL" not in os.environ:
        atexit.register(valkey.kill)
        valkey.start()
    return valkey.url()


def _start_database(folder: Path) -> str:
    kind = os.environ.get("TEST_DATABASE", "sqlite")
    if kind == "sqlite":
        return f"sqlite:///{folder / 'var' / 'portal.sqlite3'}"
    if kind != "postgres":
        raise SystemExit(f"TEST_DATABASE={kind}: say sqlite or postgres")
    directory = folder / "pg"
    directory.mkdir()
    postgres = Postgres(directory)
    atexit.register(postgres.stop)
    postgres.start()
    return postgres.url


def _take_a_share() -> None:
    number = int(WORKER.removeprefix("gw")) + 1  # 0 stays with the process that owns the servers
    var = Path(os.environ["VAR_DIR"]) / WORKER
    (var / "static").mkdir(parents=True, exist_ok=True)
    os.environ["VAR_DIR"] = str(var)
    os.environ["REDIS_URL"] = _with_database(os.environ["REDIS_URL"], number)
    if os.environ["DATABASE_URL"].startswith("sqlite"):
        os.environ["DATABASE_URL"] = f"sqlite:///{var / 'portal.sqlite3'}"


def _with_database(url: str, number: int) -> str:
    if "virtual_host=" in url:
        return re.sub(r"virtual_host=\d+", f"virtual_host={number}", url)
    return re.sub(r"^(\w+://[^/]+)(/\d*)?", rf"\1/{number}", url)
