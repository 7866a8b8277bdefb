"""The acts on one company's page: what each will do in words, and in which group of the menu it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal.operations import registry

Text = str | Promise
SIGNATURE, NETWORKS, USERS, ACCOUNT, MORE = _("Authorization"), _("Networks"), _("Users"), _("Account"), _("More pages")


@dataclass(frozen=True, slots=True)
class Act:
    """One operation kind that staff can start here. Without a group it has its button elsewhere on the page."""

    kind: str
    what: Text
    icon: str = ""
    group: Text = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the menu."""

    title: Text
    icon: str
    url: str


ACTS: dict[str, Act] = {}


def add(*acts: Act) -> None:
    """Let staff start these on a company's page."""
    ACTS.update({act.kind: act for act in acts})


add(
    Act(
        "companies.authorize",
        _("AutoInvoice sends the signer a link to Visma Sign, or takes your own proof and verifies at once."),
        "signature",
        SIGNATURE,
    ),
    Act(
        "companies.activate_network",
        _("The company is registered as a receiver in the network. VISMA comes before all others."),
        "hub",
        NETWORKS,
    ),
    Act(
        "companies.remove_network",
        _("Others cannot reach the company in this network any more. Close VISMA last: the others need it."),
    ),
    Act(
        "companies.set_extensions",
        _("What the company's invoices may carry beyond the standard is set at AutoInvoice, and told to its senders."),
    ),
    Act(
        "companies.prove_reception",
        _(
            "The receiver look-up is asked for the company in each network. The test invoice comes from your own "
            "partner company, is of zero and marked as a test; it reaches the customer's system like any other."
        ),
        "verified",
        NETWORKS,
    ),
    Act(
        "companies.add_user",
        _("The person or program may act in the company. A new user's key is kept here, encrypted."),
        "person_add",
        USERS,
    ),
    Act(
        "companies.keep_active",
        _("AutoInvoice counts the company as active, so that it is not closed after 13 quiet months."),
        "favorite",
        ACCOUNT,
    ),
    Act(
        "companies.link_vendor",
        _("AutoInvoice tells our software of the company, bills it with us and supports us in it."),
        "link",
        ACCOUNT,
    ),
    Act(
        "companies.unlink_vendor",
        _("Our software hears nothing of the company any more, and it is no longer on our bill."),
        "link_off",
        ACCOUNT,
    ),
    Act(
        "companies.refresh",
        _("The company's state, networks, users and link are read from AutoInvoice; nothing is changed."),
        "refresh",
    ),
)

# Pages about one company that are no tab: (title, icon, name of the address, permission)
_PAGES: tuple[tuple[Text, str, str, str], ...] = (
    (_("Departments"), "account_tree", "company_departments", "companies.view_company"),
    (_("Suppliers"), "local_shipping", "company_suppliers", "companies.view_company"),
    (_("Change of business id"), "badge", "company_identity", "companies.view_company"),
)


def menu(request: HttpRequest, company: Company) -> list[tuple[Text, Sequence[Link]]]:
    """Return the menu's groups with what this viewer may do."""
    groups: dict[Text, list[Link]] = {}
    for act in ACTS.values():
        if act.group and registry.knows(act.kind) and request.user.has_perm(registry.get(act.kind).permission):
            url = reverse("admin:company_act", args=[company.pk, act.kind])
            groups.setdefault(act.group, []).append(Link(registry.get(act.kind).verb, act.icon, url))
    for title, icon, name, permission in _PAGES:
        if request.user.has_perm(permission):
            groups.setdefault(MORE, []).append(Link(title, icon, reverse(f"admin:{name}", args=[company.pk])))
    return list(groups.items())
