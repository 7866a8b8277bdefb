"""
`make seed-large`: fill the database of a demo with a large data set, reproducibly.

    python -m tests.load [INVOICES]     1,000,000 unless said; a tenth as many companies, five actions an invoice

The database is that of the settings (DATABASE_URL, or the demo's in VAR_DIR). The rows belong to an account of their
own, "Large", so that the demo's own companies stay what they are.
"""

import os
import sys
import time
from uuid import UUID


def main(invoices: int = 1_000_000) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    from portal.partners.models import Environment, PartnerAccount
    from tests.load.world import Sizes, World

    account, made = PartnerAccount.objects.get_or_create(
        name="Large",
        defaults={
            "environment": Environment.SANDBOX, "company_uuid": UUID(int=1), "user_key": "none", "vendor_key": "none",
            "is_active": False,  # nobody asks AutoInvoice about these companies
        },
    )  # fmt: skip
    if not made:
        sys.exit("The account “Large” is there already: its rows were written before.")
    sizes, began = Sizes.of(invoices), time.monotonic()
    World(account).fill(sizes)
    print(f"{sizes.companies:,} companies, {sizes.invoices:,} invoices: {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
