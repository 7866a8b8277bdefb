"""Finding companies by what staff paste: a business id however written, an AutoInvoice id, or a part of the name."""

from uuid import UUID

from django.db.models import Model, Q
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from companies import business_ids
from companies.models import Company
from portal.lists import text as texts
from portal.lists.text import containing

MOST = 10

texts.register("companies.Company", "name")
texts.register("companies.Onboarding", "name")
texts.register("companies.Authorization", "signer_key")
texts.register("companies.Authorization", "signer_name")


def matching(text: str) -> Q:
    """Return the condition for a search among companies: an AutoInvoice id, a business id, or a part of the name."""
    try:
        return Q(uuid=UUID(text))
    except ValueError:
        return matching_row(text)


def matching_row(text: str, model: type[Model] = Company) -> Q:
    """Return the condition for rows with a name and a business id."""
    by_name = containing(model, "name", text)
    if not any(letter.isdigit() for letter in text):
        return by_name
    digests = [business_ids.digest(country, text) for country in business_ids.COUNTRIES]
    return by_name | Q(business_id_digest__in=digests)


def in_palette(request: HttpRequest, text: str) -> list[SearchResult]:
    """Return the companies that a text in the command palette names."""
    if len(text) < 3 or not request.user.has_perm("companies.view_company"):
        return []
    found = Company.objects.visible_to(request.user).filter(matching(text)).order_by("name")[:MOST]
    return [
        SearchResult(
            title=str(company),
            description=f"{company.country} {company.business_id}",
            link=reverse("admin:companies_company_change", args=[company.pk]),
            icon="domain",
        )
        for company in found
    ]
