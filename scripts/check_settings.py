"""Look for missing migrations and let Django judge settings as production has them (`make check`)."""

import os
import secrets
import sys
import tempfile
from base64 import urlsafe_b64encode
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def production_like(var: Path) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "VAR_DIR": str(var),
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "DIGEST_KEY": secrets.token_urlsafe(32),
        "ALLOWED_HOSTS": "portal.example.com",
        "PUBLIC_URL": "https://portal.example.com",
        "BEHIND_TLS": "true",
        "DEBUG": "false",
        # Nothing is asked of either server; SQLite answers the question which migrations have run.
        "DATABASE_URL": f"sqlite:///{var / 'portal.sqlite3'}",
        "REDIS_URL": "redis://localhost:6379/0",
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(production_like(Path(folder)))
        import django
        from django.core.management import CommandError, call_command

        django.setup()
        try:
            call_command("makemigrations", "--check", "--dry-run")
            call_command("check", "--deploy", "--fail-level", "WARNING")
        except CommandError as exc:
            sys.exit(str(exc))


if __name__ == "__main__":
    main()
