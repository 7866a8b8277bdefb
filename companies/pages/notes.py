"""Notes and tags of one company: written, edited, pinned and taken away from its page."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from companies import tabs
from companies.models import Company, Note, Tag
from companies.pages.one_company import company_or_404, on_tab
from companies.staff_notes import notes
from portal.sites import page, site

SHOWN = 50
_may_write = permission_required("companies.add_note", raise_exception=True)
_may_tag = permission_required("companies.tag_company", raise_exception=True)


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy("Your colleagues see it; nothing of it goes to AutoInvoice or to the customer."),
    )
    is_pinned = forms.BooleanField(label=gettext_lazy("Keep on top"), required=False, widget=UnfoldBooleanSwitchWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class TagsForm(forms.Form):
    tags = forms.ModelMultipleChoiceField(
        Tag.objects.none(), label=gettext_lazy("Tags"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["tags"]
        choice.queryset = Tag.objects.filter(account=company.account_id)


def register() -> None:
    """Hang the pages into the admin site, and the tab into the company's page."""
    own = site()
    own.register_view("companies/<int:pk>/notes/add/", add, "company_note_add")
    own.register_view("companies/<int:pk>/notes/<int:note>/", edit, "company_note")
    own.register_view("companies/<int:pk>/notes/<int:note>/pin/", pin, "company_note_pin")
    own.register_view("companies/<int:pk>/tags/", set_tags, "company_tags")
    tabs.register_tab(tabs.Tab("notes", gettext_lazy("Notes"), "companies/_tab_notes.html", context, order=25))


def context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the tab shows: pinned notes first, then the latest."""
    found = company.notes.select_related("author").order_by("-is_pinned", "-id")[:SHOWN]
    may = request.user.has_perm("companies.add_note")
    return {"notes": found, "note_form": NoteForm() if may else None, "viewer": request.user, "may_write": may}


@_may_write
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a note."""
    company = company_or_404(request, pk)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        notes.add(company, form.cleaned_data["text"], request.user, is_pinned=form.cleaned_data["is_pinned"])
        messages.success(request, _("The note is kept."))
        return redirect(on_tab(company, "notes"))
    return _form_page(request, company, form, _("Add a note"))


@_may_write
def edit(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """Change or delete one's own note."""
    company = company_or_404(request, pk)
    found = get_object_or_404(Note.objects.select_related("company"), pk=note, company=company)
    if found.author_id != request.user.pk:
        raise PermissionDenied(_("Only who wrote a note may change it."))
    if request.method == "POST" and "delete" in request.POST:
        notes.delete(found, request.user)
        messages.success(request, _("The note is deleted."))
        return redirect(on_tab(company, "notes"))
    form = NoteForm(request.POST or None, initial={"text": found.text, "is_pinned": found.is_pinned})
    if request.method == "POST" and form.is_valid():
        notes.edit(found, form.cleaned_data["text"], request.user)
        if form.cleaned_data["is_pinned"] != found.is_pinned:
            notes.pin(found, request.user, is_pinned=form.cleaned_data["is_pinned"])
        messages.success(request, _("The note is changed."))
        return redirect(on_tab(company, "notes"))
    return _form_page(request, company, form, _("Change a note"), note=found)


@_may_write
@require_POST
def pin(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """Pin a note to the top of its company, or take it down."""
    company = company_or_404(request, pk)
    found = get_object_or_404(Note.objects.select_related("company"), pk=note, company=company)
    notes.pin(found, request.user, is_pinned=not found.is_pinned)
    return redirect(on_tab(company, "notes"))


@_may_tag
def set_tags(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the tags of one company."""
    company = company_or_404(request, pk)
    mine = list(company.tags.values_list("pk", flat=True))
    form = TagsForm(request.POST or None, company=company, initial={"tags": mine})
    if request.method == "POST" and form.is_valid():
        notes.set_tags(company, form.cleaned_data["tags"], request.user)
        return redirect("admin:companies_company_change", company.pk)
    chosen = {str(pk) for pk in (request.POST.getlist("tags") if request.method == "POST" else mine)}
    every = Tag.objects.filter(account=company.account_id)
    shown = {
        "title": _("Tags of %(company)s") % {"company": company},
        "opts": Company._meta,
        "original": company,
        "form": form,
        "choices": [(tag, str(tag.pk) in chosen) for tag in every],
        "may_make": request.user.has_perm("companies.add_tag"),
    }
    return page(request, "companies/tags.html", shown)


def _form_page(
    request: HttpRequest, company: Company, form: NoteForm, title: str, note: Note | None = None
) -> HttpResponse:
    shown = {"title": title, "opts": Company._meta, "original": company, "form": form, "note": note}
    return page(request, "companies/note.html", shown)
