"""
Where a call may go: a host that an administrator has named, by TLS, at a public address.

The address is looked up once and then connected to, so that a name that answers differently the second time leads
nowhere else. OUTBOUND_PRIVATE lifts the rules of addresses and TLS for demo and tests; the list of hosts always holds.
"""

import fnmatch
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from portal.maventa import ConfigurationError, TemporaryError


class AddressRefusedError(ConfigurationError):
    """A call must not go there; the text says why, for staff."""

    @property
    def staff_text(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was judged: what is asked for, and the IP address that is connected to."""

    scheme: str
    host: str
    port: int
    path: str  # with its query
    ip: str


def check(url: str) -> Target:
    """
    Judge an address without looking its name up.

    :raises AddressRefusedError: it is no address, or one that calls must not go to
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise AddressRefusedError(_("This is not an address of a web service.")) from None
    if parts.scheme not in ("https", "http") or not host or any(char.isspace() or ord(char) < 32 for char in url):
        raise AddressRefusedError(_("This is not an address of a web service."))
    if parts.username or parts.password:
        raise AddressRefusedError(_("The address holds a password. The body is signed instead: leave it out."))
    if parts.scheme != "https" and not settings.OUTBOUND_PRIVATE:
        raise AddressRefusedError(_("The address has to begin with https://."))
    if not any(fnmatch.fnmatchcase(host.lower(), allowed.lower()) for allowed in settings.OUTBOUND_HOSTS):
        text = _(
            "%(host)s is not among the hosts that the portal may call. An administrator adds it to OUTBOUND_HOSTS."
        )
        raise AddressRefusedError(text % {"host": host})
    path = parts.path or "/"
    return Target(
        parts.scheme, host, port or (443 if parts.scheme == "https" else 80), _with_query(path, parts.query), ""
    )


def resolve(url: str) -> Target:
    """
    Judge an address, and look up where it leads.

    :raises AddressRefusedError: it leads to a private address, or must not be called at all
    :raises TemporaryError: the name cannot be looked up now
    """
    target = check(url)
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TemporaryError(reason=f"{target.host}: {error}") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.OUTBOUND_PRIVATE and not all(map(_is_public, addresses)):  # not even one of several
        text = _("%(host)s leads to an address inside of a private network, which is never called.")
        raise AddressRefusedError(text % {"host": target.host})
    return Target(target.scheme, target.host, target.port, target.path, addresses[0])


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (inner is None or inner.is_global)


def _with_query(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
