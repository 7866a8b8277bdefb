"""An account, a member of staff who sees it, and a few rows."""

from tests.companies.conftest import account, log_in, make_company  # noqa: F401
