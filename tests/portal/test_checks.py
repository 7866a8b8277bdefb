"""System checks: each missing or wrong setting has an id and a hint, and good settings have none."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import override_settings

from portal import checks

KEY = Fernet.generate_key().decode()
GOOD: dict[str, Any] = {
    "SECRET_KEY": "s" * 60,
    "FIELD_KEYS": [KEY],
    "DIGEST_KEY": "d" * 40,
    "PUBLIC_URL": "https://portal.example.com",
    "ALLOWED_HOSTS": ["portal.example.com"],
    "BEHIND_TLS": True,
    "DEBUG": False,
    "CALL_DEADLINE": 30.0,
    "RESOLVE_GRACE": 60.0,
    "WEBHOOK_MAX_BYTES": 2**20,
}


def ids(**changes: Any) -> list[str]:
    with override_settings(**GOOD | changes):
        found = [*checks.check_keys(), *checks.check_public_url(), *checks.check_limits()]
    assert all(message.hint for message in found)
    return [message.id or "" for message in found]


def test_checks_find_nothing_in_settings_of_production() -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"SECRET_KEY": "missing-see-system-check-portal-E001"}, "portal.E001"),
        ({"FIELD_KEYS": []}, "portal.E002"),
        ({"FIELD_KEYS": [KEY, "short"]}, "portal.E003"),
        ({"FIELD_KEYS": ["é" * 44]}, "portal.E003"),
        ({"DIGEST_KEY": ""}, "portal.E004"),
        ({"DIGEST_KEY": "short"}, "portal.W001"),
        ({"PUBLIC_URL": ""}, "portal.W002"),
        ({"PUBLIC_URL": "portal.example.com"}, "portal.E005"),
        ({"PUBLIC_URL": "https://user@portal.example.com"}, "portal.E005"),
        ({"PUBLIC_URL": "https://portal.example.com:port"}, "portal.E005"),
        ({"PUBLIC_URL": "http://portal.example.com"}, "portal.E006"),
        ({"PUBLIC_URL": "http://portal.example.com", "BEHIND_TLS": False}, "portal.W003"),
        ({"ALLOWED_HOSTS": ["other.example.com"]}, "portal.E007"),
        ({"RESOLVE_GRACE": 30.0}, "portal.E008"),
        ({"WEBHOOK_MAX_BYTES": 100}, "portal.E009"),
    ],
)
def test_checks_name_what_is_wrong(changes: dict[str, Any], expected: str) -> None:
    assert ids(**changes) == [expected]


@pytest.mark.parametrize(
    "changes",
    [
        {"PUBLIC_URL": "http://127.0.0.1:8000", "BEHIND_TLS": False, "ALLOWED_HOSTS": ["127.0.0.1"]},
        {"PUBLIC_URL": "http://[::1]:8000", "BEHIND_TLS": False, "ALLOWED_HOSTS": ["[::1]"]},
        {"PUBLIC_URL": "http://localhost:8000", "BEHIND_TLS": False, "ALLOWED_HOSTS": [], "DEBUG": True},
        {"ALLOWED_HOSTS": [".example.com"]},
    ],
)
def test_checks_accept_a_demo_on_this_machine(changes: dict[str, Any]) -> None:
    assert ids(**changes) == []


def test_checks_never_show_a_key() -> None:
    with override_settings(**GOOD | {"FIELD_KEYS": ["half-a-secret"], "DIGEST_KEY": "tiny-secret"}):
        said = str(checks.check_keys())

    assert "half-a-secret" not in said
    assert "tiny-secret" not in said
