"""Bulk actions for the lists of other apps: pick rows, see what would happen, confirm, watch."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.list_actions import all_meant, fields_to_repeat
from portal.operations import batches, chains, kinds, selections
from portal.operations.chains import Chain
from portal.operations.models import Batch
from portal.partners.models import PartnerAccount
from portal.sites import page

Action = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse | None]
_forms: dict[str, type[forms.Form]] = {}


def bulk_action(kind: str, form: type[forms.Form] | None = None, *, path: str = "") -> Action:
    """
    Return an admin action that starts a batch for the chosen rows; put it into a ModelAdmin's `actions`.

    :param kind: of an operation, or the name of a registered chain that has a plan
    :param form: asks for the parameters; None: the kind's own. Its `cleaned_data` are the fields of the kind's
        `Parameters`; it is made as `form(data, initial=…)`
    :param path: relation from a row of the list to what is acted on, such as "company"; "": the rows themselves
    """
    chain = chains.of(kind)
    if form is not None:
        _forms[kind] = form

    def action(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        return _pick(model_admin, request, queryset, chains.of(kind), path)

    action.__name__ = f"bulk_{kind.replace('.', '_')}"
    action.short_description = chain.label  # type: ignore[attr-defined]
    action.is_for = lambda user: kinds.may(user, kind)  # type: ignore[attr-defined]
    return action


def form_of(kind: str) -> type[forms.Form] | None:
    """Return the form that asks for a kind's parameters in a batch."""
    return _forms.get(kind) or chains.of(kind).form


def _pick(model_admin: Any, request: HttpRequest, rows: QuerySet[Any], chain: Chain, path: str) -> HttpResponse | None:
    """Write down which rows are meant, as a draft, and go to its page; all of them belong to one account."""
    if not kinds.may(request.user, chain.name):
        messages.error(request, _("You may not do this."))
        return None
    accounts = accounts_of(model_admin, request, rows)
    if len(accounts) > 1:
        return ask_for_account(model_admin, request, accounts)
    if not accounts:
        messages.warning(request, _("These rows are not there any more."))
        return None
    batch = _draft(model_admin, request, rows, chain, path, accounts[0])
    return redirect("admin:operations_batch_change", batch.pk)


def accounts_of(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> list[PartnerAccount]:
    """Return the accounts of the rows that this viewer sees; the one that was asked for, where it was."""
    visible = PartnerAccount.objects.visible_to(request.user)
    asked = request.POST.get("batch_account", "")
    if asked:
        return list(visible.filter(pk=asked)) if asked.isdecimal() else []
    mine = list(visible[:2])
    if len(mine) == 1:
        return mine if rows.exists() else []
    found = rows.order_by().values_list(model_admin.account_path, flat=True).distinct()
    return list(visible.filter(pk__in=list(found)).order_by("name"))


def ask_for_account(model_admin: Any, request: HttpRequest, accounts: list[PartnerAccount]) -> HttpResponse:
    """Ask which partner account is meant, and send the same choice again with it."""
    context = {
        "title": _("Choose a partner account"),
        "opts": model_admin.opts,
        "original": _("Choose a partner account"),
        "accounts": accounts,
        "repeated": fields_to_repeat(request),
        "back": request.get_full_path(),
    }
    return page(request, "portal/operations/accounts.html", context)


def _draft(
    model_admin: Any, request: HttpRequest, rows: QuerySet[Any], chain: Chain, path: str, account: PartnerAccount
) -> Batch:
    model: type[Model] = rows.model
    actor: Any = request.user
    rows = rows.filter(**{model_admin.account_path: account.pk})
    count, everything = rows.count(), all_meant(request)
    query = selections.filter_of(request)
    selection = {
        "model": (model._meta.get_field(path).related_model if path else model)._meta.label_lower,  # type: ignore[union-attr]
        "list": model._meta.label_lower,
        "path": path,
        "filter": query,
        "bound": selections.highest(model),
        "viewer": request.user.pk,
        "count": count,
        "aimless": rows.filter(**{f"{path}__isnull": True}).count() if path else 0,
        "matching": count if everything else _matching(model_admin, request, query, account),
        "all": everything,
        "taken": not everything or count <= selections.AT_ONCE,
    }
    with transaction.atomic():
        batch = Batch.objects.create(
            kind=chain.name,
            account=account,
            actor=actor,
            label=_label(chain, model, count)[:200],
            selection=selection,
        )
        if selection["taken"]:
            selections.take(batch, rows)
        elif form_of(chain.name) is None:
            batches.count_again(batch)
    return batch


def _matching(model_admin: Any, request: HttpRequest, query: str, account: PartnerAccount) -> int:
    """Count the account's rows that the list's filter lets through."""
    rows = selections.listed(model_admin, query, request.user)
    return rows.filter(**{model_admin.account_path: account.pk}).count()


def take_all(batch: Batch) -> None:
    """Let a draft that began with ticked rows mean all rows that its list's filter lets through."""
    with transaction.atomic():
        batch.targets.all().delete()
        rows = selections.matching(batch)
        count = rows.count()
        batch.selection = {**batch.selection, "all": True, "count": count, "matching": count, "taken": False}
        batch.label = _label(chains.of(batch.kind), rows.model, count)[:200]
        batch.preview = {}
        if count <= selections.AT_ONCE:
            selections.take(batch, rows)
            batch.selection["taken"] = True
        batch.save(update_fields=["selection", "label", "preview"])


def back_to(batch: Batch) -> str:
    """Return the address of the list that the rows were picked in, with its filters; "" when there was none."""
    if "list" not in batch.selection:
        return str(batch.selection.get("back", ""))  # the page that a program made it from
    address = reverse(f"admin:{batch.selection['list'].replace('.', '_')}_changelist")
    return f"{address}?{batch.selection['filter']}" if batch.selection["filter"] else address


def _label(chain: Chain, model: type[Model], count: int) -> str:
    meta = model._meta
    nouns = ngettext(str(meta.verbose_name), str(meta.verbose_name_plural), count)
    return f"{chain.label}: {count} {nouns}"
