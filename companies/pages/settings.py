"""A company's settings at AutoInvoice: one part of its page shows them, and each block has a form of its own."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies import clients, services, tabs
from companies.models import Company
from companies.operations.settings import ChangeSettings
from companies.settings import blocks as settings_blocks
from companies.settings import pictures
from companies.settings.blocks import BLOCKS, Block, Kind
from companies.settings.forms import BlockForm, name_of
from portal import maventa
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.sites import page, site

Text = str | Promise
_SALT = "companies.settings"
_PATIENCE = 8.0  # seconds; somebody waits for the page
_LOGOS = "logos"
# Blocks that a letter or an e-mail can be drawn from, with the blocks that it needs.
PREVIEWS = {
    "send_invoice_print": ("letter", ("send_invoice_print", "address", "details", _LOGOS)),
    "send_invoice_email": ("email", ("send_invoice_email", "details", _LOGOS)),
    _LOGOS: ("both", ("send_invoice_print", "send_invoice_email", "address", "details", _LOGOS)),
    "address": ("letter", ("send_invoice_print", "address", "details", _LOGOS)),
}
_may_change = permission_required(ChangeSettings.permission, raise_exception=True)


@dataclass(frozen=True, slots=True)
class Look:
    """Blocks as AutoInvoice has them now, or as we last knew them, and then why."""

    blocks: dict[str, dict[str, Any]]
    why_old: Text = ""


def register() -> None:
    """Hang the form's page into the admin site, and the part into the company's page."""
    site().register_view("companies/<int:pk>/settings/<slug:block>/", edit, "company_settings")
    tabs.register_tab(
        tabs.Tab("settings", gettext_lazy("Settings"), "companies/_tab_settings.html", tab_context, order=50)
    )


def tab_context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the part of the company's page shows: every block as we last knew it."""
    return {
        "blocks": [(block, _rows(block, company)) for block in BLOCKS.values()],
        "may_change": request.user.has_perm(ChangeSettings.permission),
    }


def _rows(block: Block, company: Company) -> list[tuple[Text, Text]]:
    known = company.settings.get(block.name)
    if known is None:
        return []
    return [
        (field.label, settings_blocks.shown(field, settings_blocks.at(known, field.path)))
        for field in block.fields_for(company.country)
    ]


@_may_change
def edit(request: HttpRequest, pk: int, block: str) -> HttpResponse:
    """Show one block beside what AutoInvoice has, and queue what was changed."""
    visible = Company.objects.visible_to(request.user).select_related("account")
    company = get_object_or_404(visible, pk=pk)
    if block not in BLOCKS:
        raise Http404
    look = look_at(company, block)
    form, pictured = _form(request, company, block, look)
    if request.method == "POST" and form.is_valid():
        form = _compared(form, look, company.country)
        pictured |= _kept(form)
        if not form.errors and "preview" not in request.POST:
            return _queue(request, company, form, pictured)
    return page(request, "companies/settings.html", _context(company, form, look, pictured))


def look_at(company: Company, block: str) -> Look:
    """Read a block, and what its preview needs, from AutoInvoice; our own copy when it does not answer."""
    wanted = dict.fromkeys((block, *PREVIEWS.get(block, ("", ()))[1]))
    client = clients.for_company(company)
    client.deadline = _PATIENCE
    try:
        return Look(services.SettingsService(client).get(list(wanted)))
    except maventa.MaventaError as error:
        return Look({name: company.settings.get(name) or {} for name in wanted}, error.staff_text)


def _form(request: HttpRequest, company: Company, name: str, look: Look) -> tuple[BlockForm, dict[str, str]]:
    """Return the form, over the values that it was first made from, and the pictures that it has kept."""
    now = _values(BLOCKS[name], look.blocks.get(name))
    if request.method != "POST":
        return BlockForm(block=BLOCKS[name], country=company.country, seen=now), {}
    held = _unsigned(request.POST.get("held", ""), company, name) or {}
    seen = held.get("seen", now)
    form = BlockForm(request.POST, request.FILES, block=BLOCKS[name], country=company.country, seen=seen)
    return form, dict(held.get("pictures", {}))


def _values(block: Block, remote: dict[str, Any] | None) -> dict[str, Any]:
    return {
        field.path: settings_blocks.at(remote, field.path) for field in block.fields if field.kind is not Kind.PICTURE
    }


def _signed(company: Company, form: BlockForm, pictured: dict[str, str]) -> str:
    """Return what the form was made from, for its hidden field."""
    held = {"company": company.pk, "block": form.block.name, "seen": form.seen, "pictures": pictured}
    return signing.dumps(held, salt=_SALT, compress=True)


def _unsigned(text: str, company: Company, name: str) -> dict[str, Any] | None:
    try:
        held: dict[str, Any] = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return None
    return held if (held["company"], held["block"]) == (company.pk, name) else None


def _compared(form: BlockForm, look: Look, country: str) -> BlockForm:
    """
    Return the form, or one over what AutoInvoice has now, with an error at each field that was changed there too.

    What staff left alone shows the new value then, so that saving again brings no old one back.
    """
    if look.why_old:
        return form  # the operation compares again before it sends
    now, changes = _values(form.block, look.blocks.get(form.block.name)), form.changes()
    clashing = [path for path, value in changes.items() if _clashes(now, form.seen, path, value)]
    if not clashing:
        return form
    fields = {name_of(path): value for path, value in now.items() if path not in changes}
    data = form.with_values({name: value for name, value in fields.items() if name in form.fields})
    renewed = BlockForm(data, form.files, block=form.block, country=country, seen=now)
    for path in clashing:
        words = {"value": settings_blocks.shown(form.block.field(path), now[path])}
        text = _("Changed meanwhile at AutoInvoice: it is %(value)s now. Save again to replace that.")
        renewed.add_error(name_of(path), text % words)
    return renewed


def _clashes(now: dict[str, Any], seen: dict[str, Any], path: str, value: Any) -> bool:
    if path not in now:
        return False  # pictures have no value to compare
    return not any(settings_blocks.same(now[path], known) for known in (seen.get(path), value))


def _kept(form: BlockForm) -> dict[str, str]:
    """Keep the pictures that were given; a browser would have to send them again after a preview."""
    given = form.changes() if form.block.name == _LOGOS else {}
    return {path: pictures.keep(content) for path, content in given.items() if isinstance(content, bytes)}


def _queue(request: HttpRequest, company: Company, form: BlockForm, pictured: dict[str, str]) -> HttpResponse:
    name = form.block.name
    changes = {path: value for path, value in form.changes().items() if not isinstance(value, bytes)}
    parameters: dict[str, Any] = {
        "blocks": {name: settings_blocks.nested(changes)} if changes else {},
        "pictures": pictured,
        "seen": {f"{name}.{path}": form.seen.get(path) for path in changes},
    }
    try:
        queueing.queue(
            ChangeSettings.kind,
            company,
            parameters,
            account=company.account,
            actor=request.user,
            company_uuid=company.uuid,
        )
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
        return redirect(request.path)
    messages.success(request, _("%(what)s: being saved at AutoInvoice.") % {"what": form.block.title})
    return redirect("admin:companies_company_change", company.pk)


def _context(company: Company, form: BlockForm, look: Look, pictured: dict[str, str]) -> dict[str, Any]:
    now = look.blocks.get(form.block.name) or {}
    rows = [(field, bound, _shown(field, settings_blocks.at(now, field.path), bound)) for field, bound in form.rows()]
    return {
        "title": form.block.title,
        "opts": Company._meta,
        "original": company,
        "part": form.block,  # `block` means something else in a template
        "form": form,
        "rows": rows,
        "look": look,
        "held": _signed(company, form, pictured),
        "kept": pictured,
        **_preview(form, look, pictured),
    }


def _shown(field: settings_blocks.Field, value: Any, bound: Any) -> dict[str, Any]:
    if field.kind is Kind.PICTURE:
        return {"picture": pictures.address(value), "text": "" if value else _("no picture")}
    return {"picture": "", "text": settings_blocks.shown(field, value)}


def _preview(form: BlockForm, look: Look, pictured: dict[str, str]) -> dict[str, Any]:
    """Return a letter and an e-mail as they would look with what was typed."""
    kind, needed = PREVIEWS.get(form.block.name, ("", ()))
    if not kind:
        return {}
    typed = settings_blocks.nested(_typed(form))
    blocks = {name: look.blocks.get(name) or {} for name in needed}
    blocks[form.block.name] = _over(blocks[form.block.name], typed)
    logos = {
        path: pictures.address(settings_blocks.at(blocks[_LOGOS], path))
        for path in ("pdf.content", "email_header.content")
    }
    logos |= {path: pictures.address(pictures.kept(digest)) for path, digest in pictured.items()}
    return {
        "letter": {**blocks, "logo": logos["pdf.content"]} if kind in ("letter", "both") else None,
        "email": {**blocks, "logo": logos["email_header.content"]} if kind in ("email", "both") else None,
    }


def _typed(form: BlockForm) -> dict[str, Any]:
    """Return what was typed and is right."""
    cleaned = getattr(form, "cleaned_data", {})
    return {
        field.path: cleaned[name_of(field.path)]
        for field in form.shown
        if name_of(field.path) in cleaned and field.kind is not Kind.PICTURE
    }


def _over(block: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    result = dict(block)
    for name, value in typed.items():
        result[name] = _over(result.get(name) or {}, value) if isinstance(value, dict) else value
    return result
