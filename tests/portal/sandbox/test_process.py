"""The simulator as a process: how it starts, what it keeps, how it ends."""

import json
import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.sandbox import assembly, coverage
from portal.sandbox.store import StateFileError, Store
from tests import sandbox
from tests.portal.sandbox.clients import Ax

COMMAND = [sys.executable, "-m", "portal.sandbox"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=sandbox.ROOT, env={}, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_state_and_the_keys_survive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite3"
    with sandbox.start(tmp_path, state=state) as first:
        company = Ax(first).verified("SE")
        company.on_network("VISMA")
        first.advance(86400)

    with sandbox.start(tmp_path, state=state) as second:
        found = Ax(second, company.company, "", "eui").get("/v1/company/profiles")
        now = second.state()["now"]

    keys = ("company_uuid", "user_api_key", "vendor_api_key")
    assert [first.credentials[key] for key in keys] == [second.credentials[key] for key in keys]
    assert [profile["status"] for profile in found] == ["active"]
    assert now > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 80000))


def test_what_was_pending_goes_on_after_a_killed_process(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite3"
    first = sandbox.start(tmp_path, state=state)
    company = Ax(first).verified("SE")
    made = company.post("/v1/company/profiles", {"network": "VISMA"})
    first.process.kill()
    first.process.wait()

    with sandbox.start(tmp_path, state=state) as second:
        again = Ax(second, company.company, "", "eui")
        again.until(lambda: again.get(f"/v1/company/profiles/{made['id']}")["status"] == "active")


def test_the_credentials_are_complete_and_private(tmp_path: Path) -> None:
    with sandbox.start(tmp_path) as running:
        file = tmp_path / "sandbox-credentials.json"

        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert set(json.loads(file.read_text())) == {
            "ax_url",
            "receivables_url",
            "validator_url",
            "payslip_url",
            "billing_url",
            "company_uuid",
            "user_api_key",
            "vendor_api_key",
        }
        assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
        assert running.state()["companies"] == {"VERIFIED": 1}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once(tmp_path: Path, number: signal.Signals) -> None:
    running = sandbox.start(tmp_path)

    running.process.send_signal(number)

    assert running.process.wait(10) == 0


def test_int_ends_it_though_it_was_inherited_as_ignored(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials.json"
    script = f"trap '' INT; exec {sys.executable} -m portal.sandbox --port 0 --credentials {credentials}"
    process = subprocess.Popen(
        ["sh", "-c", script], cwd=sandbox.ROOT, env={"PATH": os.environ["PATH"]}, stdout=subprocess.DEVNULL
    )
    Ax.until(credentials.exists, 20)

    process.send_signal(signal.SIGINT)

    assert process.wait(5) == 0


def test_a_slow_answer_does_not_hold_it_up(tmp_path: Path) -> None:
    running = sandbox.start(tmp_path)
    running.fault("slow", seconds=60)
    port = int(running.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as waiting:
        waiting.sendall(b"GET /ax/status/alb HTTP/1.1\r\nHost: x\r\n\r\n")
        Ax.until(lambda: running.state()["faults"][0]["hits"] == 1)

        assert running.stop() == 0


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = run("--port", str(port), "--credentials", str(tmp_path / "credentials.json"))

    assert result.returncode == 2
    assert result.stderr.splitlines() == [f"sandbox: can't listen on 127.0.0.1:{port}: Address already in use"]
    assert not (tmp_path / "credentials.json").exists()


def test_a_file_that_is_no_state_is_one_clear_line(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite3"
    state.write_text("this is a letter, not a database, and it is long enough to be read as one" * 20)

    result = run("--port", "0", "--state", str(state))

    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert "can't be used as state" in result.stderr


def test_a_state_of_another_version_is_refused_by_the_table_that_changed(tmp_path: Path) -> None:
    assembly.load_handlers()
    older = sqlite3.connect(tmp_path / "state.sqlite3")
    older.execute("create table profiles (id text primary key)")
    older.close()

    with pytest.raises(StateFileError, match=r"another version of the simulator \(profiles\)"):
        Store(tmp_path / "state.sqlite3")


def test_a_state_that_lacks_newer_tables_gets_them(tmp_path: Path) -> None:
    assembly.load_handlers()
    older = Store(tmp_path / "state.sqlite3")
    older.connection.execute("drop table invitations")
    older.close()

    newer = Store(tmp_path / "state.sqlite3")

    assert newer.connection.execute("select count(*) from invitations").fetchone()[0] == 0
    newer.close()


def test_the_coverage_is_printed_and_kept(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "coverage.md"

    result = run("--coverage", "--coverage-file", str(page))

    assert result.returncode == 0
    assert "ax POST /v1/companies" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("all: ")
    assert "| ax | POST | `/v1/companies` | simulated |" in page.read_text()


def test_the_page_of_the_docs_is_up_to_date() -> None:
    assembly.load_handlers()

    assert (sandbox.ROOT / "docs" / "sandbox-coverage.md").read_text() == coverage.markdown()
