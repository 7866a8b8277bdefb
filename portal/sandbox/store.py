"""SQLite state of the simulator: one file, one connection a thread, one writer at a time."""

import contextlib
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

SCHEMAS: list[str] = []
IDENTITY_TABLE = "identity"


class StateFileError(Exception):
    """The state file can't be used; the text says what to do."""


def register_schema(schema: str) -> str:
    """Add `create table if not exists` statements of one module; call at import, before a Store is opened."""
    SCHEMAS.append(schema)
    return schema


register_schema(
    """
    create table if not exists identity (name text primary key, value text not null);
    create table if not exists settings (name text primary key, value text not null);
    """
)


class Store:
    """
    The state file. Reads go through `connection`, changes through `write()`.

    Writers queue on a lock of this process: SQLite's own waiting polls, and would be slower under parallel calls.
    """

    def __init__(self, path: Path | None = None) -> None:
        """:raises StateFileError: not a state file, or written by another version"""
        self._folder = None if path else tempfile.TemporaryDirectory(prefix="sandbox-", ignore_cleanup_errors=True)
        self.path = path or Path(self._folder.name if self._folder else ".") / "state.sqlite3"
        self._local = threading.local()
        self._lock = threading.RLock()
        self._opened: list[sqlite3.Connection] = []
        self._prepare()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection; rows are addressed by name; autocommit outside `write()`."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._open()
            self._local.connection = connection
        return connection

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One IMMEDIATE transaction; an inner `write()` of the same thread joins the outer one."""
        with self._lock:
            connection = self.connection
            if connection.in_transaction:
                yield connection
                return
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                self._local.after_commit = []
                connection.execute("rollback")
                raise
            connection.execute("commit")
            self._run_after_commit()

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` when the transaction of this thread is committed; at once if none is open."""
        if not self.connection.in_transaction:
            action()
            return
        waiting: list[Callable[[], None]] = getattr(self._local, "after_commit", [])
        if action not in waiting:
            waiting.append(action)
        self._local.after_commit = waiting

    def get(self, name: str) -> str | None:
        """A setting's text, None if it was never set."""
        row = self.connection.execute("select value from settings where name = ?", (name,)).fetchone()
        return None if row is None else str(row["value"])

    def set(self, name: str, value: str) -> None:
        with self.write() as db:
            db.execute("insert or replace into settings (name, value) values (?, ?)", (name, value))

    def empty(self) -> None:
        """Delete every row but the partner's identity (company and keys), so that credentials stay valid."""
        with self.write() as db:
            tables = [row["name"] for row in db.execute("select name from sqlite_master where type = 'table'")]
            for table in tables:
                if table != IDENTITY_TABLE and not table.startswith("sqlite_"):
                    db.execute(f'delete from "{table}"')  # noqa: S608 (names come from our own schema)

    def close(self) -> None:
        for connection in self._opened:
            with contextlib.suppress(sqlite3.Error):
                connection.close()
        if self._folder:
            self._folder.cleanup()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
        connection.row_factory = sqlite3.Row
        connection.executescript("pragma journal_mode=wal; pragma synchronous=normal; pragma foreign_keys=on;")
        self._opened.append(connection)
        return connection

    def _prepare(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            expected = _expected_tables()
            found = _tables(self.connection)
            if changed := [name for name, made in found.items() if expected.get(name, made) != made]:
                names = ", ".join(changed)
                raise StateFileError(
                    f"{self.path} was written by another version of the simulator ({names}); delete it"
                )
            for schema in SCHEMAS:
                self.connection.executescript(schema)
        except (sqlite3.DatabaseError, OSError) as error:
            raise StateFileError(f"{self.path} can't be used as state: {error}") from error

    def _run_after_commit(self) -> None:
        actions: list[Callable[[], None]] = getattr(self._local, "after_commit", [])
        self._local.after_commit = []
        for action in actions:
            action()


def _expected_tables() -> dict[str, str]:
    connection = sqlite3.connect(":memory:")
    for schema in SCHEMAS:
        connection.executescript(schema)
    tables = _tables(connection)
    connection.close()
    return tables


def _tables(connection: sqlite3.Connection) -> dict[str, str]:
    """Names of all tables, with the statement that made each. New ones are no harm; changed ones would be."""
    rows = connection.execute("select name, sql from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    return {row[0]: " ".join(row[1].split()) for row in rows}
