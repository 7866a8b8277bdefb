"""
Lists, dashboard and one company's page at a million invoices: against ten thousand, and lists against stock Unfold.

    python -m tests.bench.lists sqlite [ROWS]
"""

import sys
import types
from typing import Any

from tests.bench import pages
from tests.bench.figures import Figure, median_of, report

FEW, MANY, TURNS, STOCK_TURNS = 10_000, 1_000_000, 15, 3
WAYS = ("first page", "deep page", "filtered", "searched by name part", "searched by number", "last page")


def stock_site() -> None:
    """Hang Unfold as it comes, with the same columns over the same table, below /stock/."""
    from django.conf import settings
    from django.urls import include, path
    from unfold.admin import ModelAdmin
    from unfold.sites import UnfoldAdminSite

    from invoices.models import SentInvoice

    class Stock(ModelAdmin):
        list_display = ("number", "status", "company", "counterparty_name", "total_amount", "created_at")
        list_filter = ("status", "account")
        list_select_related = ("company",)
        list_per_page = 50
        search_fields = ("number", "counterparty_name")
        ordering = ("-created_at", "-id")

        def get_queryset(self, request: Any) -> Any:
            return super().get_queryset(request).filter(direction="SENT")

    site = UnfoldAdminSite("stock")
    site.register(SentInvoice, Stock)
    urls = types.ModuleType("tests_bench_urls")
    urls.urlpatterns = [path("stock/", site.urls), path("", include("portal.urls"))]  # type: ignore[attr-defined]
    sys.modules[urls.__name__] = urls
    settings.ROOT_URLCONF = urls.__name__


def addresses(rows: int) -> dict[str, tuple[str, str]]:
    """Return ours and stock's address of each way to look at the list of sent invoices."""
    from invoices.models import Invoice
    from portal.lists import keyset

    newest = Invoice.objects.filter(direction="SENT").order_by("-created_at", "-id")
    middle = keyset.packed(-1, keyset.Order.of(newest).position(newest[rows // 4]))
    number, part = newest[rows // 8].number, "Venepalvelu 7 "
    ours, stock = "/admin/invoices/sentinvoice/", "/stock/invoices/sentinvoice/"
    deep, last = rows // 4 // 50, rows // 2 // 50
    both = (
        ("", ""),
        (f"?after={middle}", f"?p={deep}"),
        ("?status=FAILED", "?status__exact=FAILED"),
        (f"?q={part}", f"?q={part}"),
        (f"?q={number}", f"?q={number}"),
        ("?before=end", f"?p={last}"),
    )
    return {way: (ours + mine, stock + theirs) for way, (mine, theirs) in zip(WAYS, both, strict=True)}


def seconds(client: Any, address: str, turns: int) -> float:
    def get() -> None:
        answer = client.get(address)
        assert answer.status_code == 200, address

    get()
    return min(median_of(get, 1) for _ in range(turns))


def company_page() -> str:
    from companies.models import Company

    return f"/admin/companies/company/{Company.objects.earliest('pk').pk}/change/"


def measured(client: Any, rows: int) -> dict[str, float]:
    found = {way: seconds(client, ours, TURNS) for way, (ours, _stock) in addresses(rows).items()}
    return found | {
        "dashboard": seconds(client, "/admin/", TURNS),
        "page of a company": seconds(client, company_page(), TURNS),
        "companies, first page": seconds(client, "/admin/companies/company/", TURNS),
        "operations, first page": seconds(client, "/admin/operations/operation/", TURNS),
        "deliveries, first page": seconds(client, "/admin/webhooks/delivery/", TURNS),
    }


def main(database: str, rows: int = MANY) -> None:
    account, client = pages.begin(database)
    stock_site()
    from tests.load.world import Sizes, World

    world = World(account)
    world.fill(Sizes.of(FEW))
    few = measured(client, FEW)
    world.fill(Sizes.of(rows - FEW))
    many = measured(client, rows)
    name = pages.NAMES[database]
    for way, (_ours, stock) in addresses(rows).items():
        theirs = seconds(client, stock, STOCK_TURNS)
        report(
            Figure(
                f"list of sent invoices, {way}, {rows:,} invoices, {name}",
                f"{many[way] * 1000:.1f} ms",
                f"{theirs * 1000:.0f} ms, stock Unfold",
                many[way] / theirs,
            )
        )
    for page, took in many.items():
        report(
            Figure(
                f"{page}, {name}",
                f"{took * 1000:.1f} ms with {rows:,} invoices",
                f"{few[page] * 1000:.1f} ms with {FEW:,}",
                took / few[page],
            )
        )


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
