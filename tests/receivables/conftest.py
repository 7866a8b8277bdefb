"""Companies, AutoInvoice in memory, and a simulator: as the companies' tests have them."""

from tests.companies.conftest import (
    _short_pauses,
    account,
    autoinvoice,
    log_in,
    make_company,
    partner,
    running_simulator,
    simulator,
)

__all__ = [
    "_short_pauses",
    "account",
    "autoinvoice",
    "log_in",
    "make_company",
    "partner",
    "running_simulator",
    "simulator",
]
