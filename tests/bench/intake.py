"""
Deliveries stored durably over HTTP at 64 connections: our intake as a process of its own, a plain view, and the
database alone (pgbench, or a bare loop on SQLite). The server syncs to disk as in production.

    python -m tests.bench.intake postgres [seconds of each trial]
"""

import json
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figures import Figure, prepare, report
from tests.bench.pages import NAMES
from tests.postgres import Postgres, binaries

CONNECTIONS, SECONDS, ROUNDS = 64, 3.0, 3
WORKERS, THREADS = 2, 32
OUR_WORKERS = {"PostgreSQL": 2, "SQLite": 1}  # SQLite has one writer at a time


@contextmanager
def serving(*command: str) -> Iterator[int]:
    """Serve as production does, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    given = [sys.executable, "-m", *(part.format(port=port) for part in command)]
    process = subprocess.Popen(given, env={**os.environ, "DATABASE_POOL": "40"}, start_new_session=True)
    try:
        for _ in range(600):
            with socket.socket() as there:
                if there.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def intake(workers: int) -> list[str]:
    command = "uvicorn portal.webhooks.asgi:application --port {port} --http httptools --loop uvloop --lifespan off"
    more = f"--workers {workers} --no-access-log --no-proxy-headers --log-level warning"
    return [*command.split(), *more.split()]


def plain_view() -> list[str]:
    command = "gunicorn tests.bench.plain_view --bind 127.0.0.1:{port} --no-control-socket --worker-class gthread"
    more = f"--workers {WORKERS} --threads {THREADS} --backlog 512 --keep-alive 30 --log-level warning"
    return [*command.split(), *more.split()]


def posted(port: int, path: str, seconds: float) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.posting", str(port), path, str(CONNECTIONS), str(seconds)]
    found: dict[str, float] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    assert not found["refused"], found
    return found


def columns() -> str:
    from portal.webhooks.models import Delivery

    return ", ".join(field.column for field in Delivery._meta.concrete_fields if field.column != "id")


def pgbench(folder: Path, seconds: float) -> float:
    """Return how many rows a second pgbench inserts, one a transaction: a delivery that was stored, again and again."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_row AS SELECT * FROM webhooks_delivery LIMIT 1")
    script = folder / "insert.sql"
    script.write_text(f"INSERT INTO webhooks_delivery ({columns()}) SELECT {columns()} FROM bench_row;\n")
    command = [str(binaries() / "pgbench"), "-n", "-M", "prepared", "-f", str(script), "-c", str(CONNECTIONS)]
    command += ["-j", "2", "-T", str(int(seconds)), "-h", str(folder), "-U", "postgres", "postgres"]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    return float(next(line for line in said.splitlines() if line.startswith("tps")).split()[2])


def bare_loop(file: str, seconds: float) -> float:
    """Return how many rows a second a loop inserts into SQLite, one a transaction."""
    bare = sqlite3.connect(file, isolation_level=None, timeout=20)
    bare.execute("PRAGMA synchronous=NORMAL")
    row = bare.execute(f"SELECT {columns()} FROM webhooks_delivery LIMIT 1").fetchone()
    statement = f"INSERT INTO webhooks_delivery ({columns()}) VALUES ({', '.join('?' * len(row))})"
    count, began = 0, time.perf_counter()
    while time.perf_counter() < began + seconds:
        bare.execute(statement, row)
        count += 1
    lasted = time.perf_counter() - began
    bare.close()
    return count / lasted


def measure(bare: Callable[[], float], seconds: float, name: str) -> None:
    from portal.partners.models import Environment, PartnerAccount
    from portal.webhooks import keys
    from portal.webhooks.models import Delivery

    account = PartnerAccount.objects.create(
        name="Bench", environment=Environment.SANDBOX, company_uuid=uuid.uuid4(), user_key="u", vendor_key="v"
    )
    secret = keys.issue(account)
    ours_at, plain_at = f"/hooks/{account.key}/{secret.secret}/", f"/plain/{secret.secret}/"
    rounds = []
    with serving(*intake(OUR_WORKERS[name])) as port, serving(*plain_view()) as plain_port:
        posted(port, ours_at, 1.0)
        posted(plain_port, plain_at, 1.0)
        for _ in range(ROUNDS):
            before = Delivery.objects.count()
            ours = posted(port, ours_at, seconds)
            assert Delivery.objects.count() - before == ours["stored"], "every 204 is a row"
            rounds.append((ours, posted(plain_port, plain_at, seconds), bare()))
    rate, plain = (statistics.median(one[side]["rate"] for one in rounds) for side in (0, 1))
    p99, plain_p99 = (statistics.median(one[side]["p99"] for one in rounds) for side in (0, 1))
    inserted = statistics.median(one[2] for one in rounds)
    way = "pgbench" if name == NAMES["postgres"] else "a bare loop of INSERTs"
    what = f"webhook deliveries stored over HTTP, {CONNECTIONS} connections, {name}"
    ours_text = f"{rate:,.0f} a second, p99 {p99:.0f} ms"
    report(
        Figure(what, f"{ours_text}, {rate / inserted:.2f} of bare", f"{inserted:,.0f}, {way}", inserted / rate),
        Figure(
            f"{what}, against a plain view",
            f"{ours_text}, {rate / plain:.2f} × the plain view",
            f"{plain:,.0f}, p99 {plain_p99:.0f} ms",
            plain / rate,
        ),
    )


def main(database: str, seconds: float) -> None:
    folder = Path(tempfile.mkdtemp(prefix="b-"))
    server = None
    if database == "postgres":
        server = Postgres(folder, durable=True)
        server.start()
        os.environ["DATABASE_URL"] = server.url
    try:
        prepare(database)
        from django.conf import settings

        file = str(settings.DATABASES["default"]["NAME"])
        bare = (lambda: pgbench(folder, seconds)) if server else (lambda: bare_loop(file, seconds))
        measure(bare, seconds, NAMES[database])
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]) if sys.argv[2:] else SECONDS)
