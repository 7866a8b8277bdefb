"""Bulk actions for the lists of other apps: pick rows, see what would happen, confirm, watch."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.operations import batches, kinds, registry
from portal.operations.handlers import Handler
from portal.partners.models import PartnerAccount

Action = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse | None]
_forms: dict[str, type[forms.Form]] = {}


def bulk_action(kind: str, form: type[forms.Form] | None = None) -> Action:
    """
    Return an admin action that starts a batch of `kind` for the chosen rows; put it into a ModelAdmin's `actions`.

    :param form: asks for the parameters; None: the kind's own. Its `cleaned_data` are the fields of the kind's
        `Parameters`; it is made as `form(data, initial=…)`
    """
    handler = registry.get(kind)
    if form is not None:
        _forms[kind] = form

    def action(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return _draft(request, handler, queryset)

    action.__name__ = f"bulk_{kind.replace('.', '_')}"
    action.short_description = handler.label  # type: ignore[attr-defined]
    return action


def form_of(kind: str) -> type[forms.Form] | None:
    """Return the form that asks for a kind's parameters in a batch."""
    return _forms.get(kind) or registry.get(kind).form


def _draft(request: HttpRequest, handler: Handler[Any, Any], queryset: QuerySet[Any]) -> HttpResponse | None:
    """Write down the chosen rows as a draft and go to its page; all of them belong to one account."""
    if not kinds.may(request.user, handler.kind):
        messages.error(request, _("You may not do this."))
        return None
    chosen = list(queryset.order_by("pk").values_list("pk", "account_id"))
    accounts = {account_id for _pk, account_id in chosen}
    if len(accounts) != 1:
        messages.warning(request, _("Choose rows of one partner account at a time."))
        return None
    account = PartnerAccount.objects.visible_to(request.user).get(pk=accounts.pop())
    model: type[Model] = queryset.model
    ids = [pk for pk, _account_id in chosen]
    batch = batches.create_batch(
        handler.kind, model, ids, account=account, actor=request.user, label=_label(handler, model, len(ids))
    )
    return redirect("admin:operations_batch_change", batch.pk)


def _label(handler: Handler[Any, Any], model: type[Model], count: int) -> str:
    meta = model._meta
    nouns = ngettext(str(meta.verbose_name), str(meta.verbose_name_plural), count)
    return f"{handler.label}: {count} {nouns}"
