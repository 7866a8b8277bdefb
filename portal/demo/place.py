"""The demo's folder: who may read it, its keys, its addresses, and the lock that keeps a second demo out."""

import fcntl
import os
import secrets
import shutil
import socket
import tempfile
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

USER = "demo"
DATA = Path(__file__).resolve().parent / "data"  # what the story tells of, as files
_SOCKET_PATH_LIMIT = 100  # the system allows 108 bytes with the final zero
# Made once and kept: what they encrypted or hashed is unreadable without them.
_KEYS = ("SECRET_KEY", "FIELD_KEYS", "DIGEST_KEY", "DEMO_PASSWORD")
# Everything that a demo writes; `make demo-reset` removes these and nothing else that may lie in the folder.
_WRITTEN = (
    "env",
    "demo.json",
    "static",
    "files",
    "sandbox",
    "valkey",
    "logs",
    "run",
    "story",
    "beat",
    "mail",
    "handover",
)
_WRITTEN_PATTERNS = ("portal.sqlite3*", "beat-schedule*")


class DemoError(Exception):
    """The demo cannot start; the text says why and what to do."""


@dataclass(frozen=True)
class Place:
    """Where one demo lives: its folder and its two ports on loopback."""

    var: Path
    port: int
    sandbox_port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def env_file(self) -> Path:
        return self.var / "env"

    @property
    def credentials_file(self) -> Path:
        """Written by the simulator once it listens: the keys of a ready partner company."""
        return self.var / "sandbox" / "credentials.json"

    @property
    def summary_file(self) -> Path:
        return self.var / "demo.json"

    @cached_property
    def broker_socket(self) -> Path:
        inside = self.var / "run" / "valkey.sock"
        if len(os.fsencode(inside)) <= _SOCKET_PATH_LIMIT:
            return inside
        return Path(tempfile.mkdtemp(prefix="portal-")) / "valkey.sock"

    @property
    def told_file(self) -> Path:
        """There once the story was told to its end."""
        return self.var / "story" / "told"

    def log(self, name: str) -> Path:
        return self.var / "logs" / f"{name}.log"

    def make(self) -> None:
        """Make the folders, readable for their owner alone."""
        for folder in (
            self.var,
            *(self.var / name for name in ("run", "logs", "valkey", "sandbox", "story", "files", "mail")),
        ):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)

    def write_settings(self) -> dict[str, str]:
        """Write `env`, which settings.py reads by itself, and return what it says; keys are kept from earlier."""
        settings = {**self._kept_keys(), **self._addresses()}
        text = "# Written by make demo at every start; the keys are kept.\n"
        text += "".join(f"{name}={value}\n" for name, value in settings.items())
        write_private(self.env_file, text)
        return {**settings, "VAR_DIR": str(self.var)}

    def _kept_keys(self) -> dict[str, str]:
        lines = self.env_file.read_text().splitlines() if self.env_file.exists() else []
        known = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        return {name: known.get(name) or _new_key(name) for name in _KEYS}

    def _addresses(self) -> dict[str, str]:
        return {
            "DATABASE_URL": f"sqlite:///{self.var / 'portal.sqlite3'}",
            "REDIS_URL": f"redis+socket://{self.broker_socket}?virtual_host=0",
            "PUBLIC_URL": self.url,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "CSRF_TRUSTED_ORIGINS": f"{self.url},http://localhost:{self.port}",
            "BEHIND_TLS": "false",
            "EMAIL_URL": f"filemail:///{self.var / 'mail'}",
            "DEFAULT_FROM_EMAIL": "signatures@partner.example",
            "DEBUG": "false",
        }

    def forget(self) -> None:
        for path in [self.var / name for name in _WRITTEN] + [p for n in _WRITTEN_PATTERNS for p in self.var.glob(n)]:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def clean_up(self) -> None:
        """Remove the socket's own folder, where it needed one."""
        if self.var not in self.broker_socket.parents:
            shutil.rmtree(self.broker_socket.parent, ignore_errors=True)


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner alone, in one step: readers see all of it or the one before."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    unfinished.replace(path)


def _new_key(name: str) -> str:
    if name == "FIELD_KEYS":
        return urlsafe_b64encode(secrets.token_bytes(32)).decode()  # the shape of a Fernet key
    return secrets.token_urlsafe(12 if name == "DEMO_PASSWORD" else 50)


def lock(place: Place) -> int:
    """
    Return a descriptor that holds the folder until this process ends.

    :raises DemoError: another demo runs in it
    """
    descriptor = os.open(place.var / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DemoError(f"a demo runs in {place.var} already; name another folder with VAR_DIR=") from None
    return descriptor


def check_port(port: int, variable: str) -> None:
    """:raises DemoError: something listens on `port` already"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as exc:
            raise DemoError(f"port {port} is taken ({exc.strerror}); choose another: make demo {variable}=…") from None
