"""An account, a member of staff who sees it, and a few rows."""

from tests.companies.conftest import account, make_company  # noqa: F401
from tests.companies.staff import log_in  # noqa: F401
