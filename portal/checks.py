"""
System checks of the settings: importing settings never fails, so a command can say what is missing and how to mend it.

E: nothing works without; W: works, but not as it should.
"""

from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

_NEW_KEY = "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@register(Tags.security)
def check_keys(**_kwargs: Any) -> list[CheckMessage]:
    """Look at the keys that everything secret depends on."""
    found: list[CheckMessage] = []
    if settings.SECRET_KEY.startswith("missing-"):
        found.append(Error("SECRET_KEY is not set.", hint="Set it to 50 random characters or more.", id="portal.E001"))
    if not settings.FIELD_KEYS:
        hint = f"Set it to one or more keys, parted by commas. A new one: {_NEW_KEY}"
        found.append(
            Error("FIELD_KEYS is not set: keys and personal numbers cannot be stored.", hint=hint, id="portal.E002")
        )
    for place, key in enumerate(settings.FIELD_KEYS, start=1):
        if not _is_fernet_key(key):
            hint = f"A key is 32 random bytes as 44 characters of base64. A new one: {_NEW_KEY}"
            found.append(Error(f"Key {place} of FIELD_KEYS is not a Fernet key.", hint=hint, id="portal.E003"))
    if not settings.DIGEST_KEY:
        hint = "Set it to 32 random characters or more, and never change it: stored digests depend on it."
        found.append(Error("DIGEST_KEY is not set: business ids cannot be found.", hint=hint, id="portal.E004"))
    elif len(settings.DIGEST_KEY) < 32:
        hint = "Before the first company is stored, set it to 32 random characters or more."
        found.append(checks.Warning("DIGEST_KEY is short.", hint=hint, id="portal.W001"))
    return found


@register(Tags.urls)
def check_public_url(**_kwargs: Any) -> list[CheckMessage]:
    """Look at the address that AutoInvoice posts webhooks to."""
    url = settings.PUBLIC_URL
    if not url:
        hint = "Set it to the address that AutoInvoice reaches the portal under, such as https://portal.example.com"
        return [checks.Warning("PUBLIC_URL is not set: webhooks cannot be subscribed.", hint=hint, id="portal.W002")]
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.query or parts.fragment:
        hint = "It is a scheme, a host and perhaps a port: https://portal.example.com"
        return [Error("PUBLIC_URL is not an address.", hint=hint, id="portal.E005")]
    found: list[CheckMessage] = []
    if settings.BEHIND_TLS and parts.scheme == "http":
        hint = "Write it with https, or switch BEHIND_TLS off where the portal is served on loopback only."
        found.append(Error("PUBLIC_URL is plain http although BEHIND_TLS is on.", hint=hint, id="portal.E006"))
    elif not settings.BEHIND_TLS and host not in _LOOPBACK:
        hint = "Serve the portal behind TLS and set BEHIND_TLS=on; without it only loopback is safe."
        found.append(checks.Warning("BEHIND_TLS is off on an address that others reach.", hint=hint, id="portal.W003"))
    if not _is_allowed(host):
        hint = f"Add {host} to ALLOWED_HOSTS, or webhooks are answered with 400."
        found.append(Error("The host of PUBLIC_URL is not in ALLOWED_HOSTS.", hint=hint, id="portal.E007"))
    return found


@register(Tags.caches)
def check_limits(**_kwargs: Any) -> list[CheckMessage]:
    """Look at figures that depend on each other."""
    found: list[CheckMessage] = []
    if settings.CALL_DEADLINE >= settings.RESOLVE_GRACE:
        hint = "Raise RESOLVE_GRACE: a call that may still take effect must not be taken for lost."
        found.append(Error("RESOLVE_GRACE is not above CALL_DEADLINE.", hint=hint, id="portal.E008"))
    if settings.WEBHOOK_MAX_BYTES < 4096:
        hint = "Raise it to 64 KiB at least (the default is 1 MiB)."
        found.append(Error("WEBHOOK_MAX_BYTES is too small for AutoInvoice's events.", hint=hint, id="portal.E009"))
    return found


@register(Tags.files)
def check_storage(**_kwargs: Any) -> list[CheckMessage]:
    """Look at where invoice files are kept."""
    if settings.FILE_STORAGE != "s3":
        return []
    found: list[CheckMessage] = []
    if not settings.S3_OPTIONS["bucket_name"]:
        hint = "Name the bucket; it has to exist."
        found.append(Error("FILE_STORAGE is s3, but S3_BUCKET is not set.", hint=hint, id="portal.E010"))
    if find_spec("storages") is None or find_spec("boto3") is None:
        hint = "pip install 'autoinvoice-partner-portal[s3]', or django-storages[s3]."
        found.append(Error("FILE_STORAGE is s3, but its package is not installed.", hint=hint, id="portal.E011"))
    return found


@register(Tags.security)
def check_outbound(**_kwargs: Any) -> list[CheckMessage]:
    """Look at where received invoices may be posted."""
    if not settings.OUTBOUND_PRIVATE or not settings.BEHIND_TLS:
        return []
    hint = "Switch it off: a customer's address could lead into your own network."
    return [Error("OUTBOUND_PRIVATE is on in production.", hint=hint, id="portal.E012")]


def _is_allowed(host: str) -> bool:
    from django.http.request import validate_host

    allowed = settings.ALLOWED_HOSTS or ([".localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else [])
    return validate_host(f"[{host}]" if ":" in host else host, allowed)


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
