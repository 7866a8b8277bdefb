"""A text column that is encrypted at rest."""

from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models

_PREFIX = "enc1:"


class WrongFieldKeyError(Exception):
    """A stored value was encrypted with a key that FIELD_KEYS no longer holds."""


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS is empty: nothing can be encrypted or read. See .env.example.")
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """Return `text` encrypted with the first of FIELD_KEYS, as ASCII text; "" stays ""."""
    if not text:
        return ""
    return _PREFIX + _fernet(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """
    Return the text behind `stored`.

    :raises WrongFieldKeyError: no key of FIELD_KEYS fits, or the value is not ours
    """
    if not stored:
        return ""
    if not stored.startswith(_PREFIX):
        raise WrongFieldKeyError("a value in an encrypted column is not encrypted")
    try:
        return _fernet(tuple(settings.FIELD_KEYS)).decrypt(stored.removeprefix(_PREFIX).encode()).decode()
    except InvalidToken as exc:
        raise WrongFieldKeyError("FIELD_KEYS lacks the key that encrypted this value") from exc


def renew(stored: str) -> str:
    """
    Return the same secret under the first of FIELD_KEYS; `stored` itself when it is under it already.

    :raises WrongFieldKeyError: no key of FIELD_KEYS fits, or the value is not ours
    """
    if not stored:
        return stored
    first = _fernet(tuple(settings.FIELD_KEYS[:1]))
    try:
        first.decrypt(stored.removeprefix(_PREFIX).encode())
    except InvalidToken:
        return encrypt(decrypt(stored))
    return stored if stored.startswith(_PREFIX) else encrypt(decrypt(stored))


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # no generic when it runs
    """Text that is encrypted in the database; it cannot be searched, only asked whether it is NULL."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(value)

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else encrypt(str(value))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be searched by {lookup_name}")
        return super().get_lookup(lookup_name)
