"""The readiness checklist as staff see it: every missing item with its state, its cause and a button."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies import readiness
from companies.act_forms import FORMS
from companies.enums import Mover
from companies.models import Company, Onboarding
from portal.operations import registry
from portal.operations.enums import TROUBLED_STATES
from portal.pills import ICONS

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Line:
    key: str
    title: Text
    state: Text
    tone: str
    icon: str
    cause: Text
    whose: Text
    raw: str
    url: str = ""
    verb: Text = ""
    is_signing: bool = False  # a request is with the signer


def items_of(request: HttpRequest, target: Company | Onboarding) -> list[Line]:
    """Return the checklist with the buttons that this viewer may press."""
    return [_line(request, target, item) for item in readiness.readiness(target)]


def _line(request: HttpRequest, target: Company | Onboarding, item: readiness.Item) -> Line:
    url, verb = _button(request, target, item)
    return Line(
        key=item.key,
        title=item.title,
        state=item.state,
        tone=item.tone,
        icon=ICONS[item.tone],
        cause=item.cause,
        whose=item.whose.label if item.whose else "",
        raw=item.raw,
        url=url,
        verb=verb,
        is_signing=item.whose == Mover.SIGNER,
    )


def _button(request: HttpRequest, target: Company | Onboarding, item: readiness.Item) -> tuple[str, Text]:
    """Return where the item's button leads: to the act that helps, or to the operation that stands in the way."""
    if item.operation is not None and item.operation.state in TROUBLED_STATES:
        return reverse("admin:operations_operation_change", args=[item.operation.pk]), _("Look into it")
    company = target if isinstance(target, Company) else target.company
    if not item.kind or item.is_done or company is None or item.kind not in FORMS:
        return "", ""
    handler = registry.get(item.kind)
    if not request.user.has_perm(handler.permission):
        return "", ""
    query = urlencode({name: value for name, value in item.parameters.items() if isinstance(value, str) and value})
    return f"{reverse('admin:company_act', args=[company.pk, item.kind])}?{query}", handler.verb
