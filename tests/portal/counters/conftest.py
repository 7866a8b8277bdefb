"""An account and a maker of companies."""

from tests.companies.conftest import account, make_company  # noqa: F401
