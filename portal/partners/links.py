"""Pages that other rooms and apps have for a partner account; the account's own page leads to them."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Link:
    """`page`: name of an admin page whose only argument is the account's primary key."""

    title: str | Promise
    page: str
    icon: str
    permission: str


@dataclass(frozen=True, slots=True)
class Shown:
    title: str | Promise
    url: str
    icon: str


_links: list[Link] = []


def register_link(link: Link) -> None:
    """Add a link to every account's page; call from `AppConfig.ready`."""
    if link not in _links:
        _links.append(link)


def links_for(user: Any, account_id: str | int) -> list[Shown]:
    """Return the links that a member of staff may follow."""
    if not str(account_id).isdecimal():
        return []
    allowed = [link for link in _links if user.has_perm(link.permission)]
    return [Shown(link.title, reverse(f"admin:{link.page}", args=[account_id]), link.icon) for link in allowed]
