"""What can be done to many companies at once, on every list whose rows are companies or lead to them."""

from companies.bulk_forms import AuthorizeManyForm, JoinManyForm, LeaveManyForm, ManySettingsForm
from portal.operations.actions import Action, bulk_action

_ACTS = (
    ("companies.authorize_many", AuthorizeManyForm),
    ("companies.remind_companies", None),
    ("companies.join_networks", JoinManyForm),
    ("companies.leave_networks", LeaveManyForm),
    ("companies.change_settings", ManySettingsForm),
    ("companies.refresh", None),
    ("companies.keep_active", None),
    ("companies.link_vendor", None),
    ("companies.unlink_vendor", None),
)


def on_companies(path: str = "") -> tuple[Action, ...]:
    """
    Return the actions of a list.

    :param path: relation from its rows to the company; "": the rows are companies
    """
    return tuple(bulk_action(kind, form, path=path) for kind, form in _ACTS)
