"""
Forms for settings: one block of one company, beside what AutoInvoice has; or one block of many companies, where what is
left empty stays as it is.
"""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from companies.settings import blocks, pictures
from companies.settings.blocks import Block, Field, Kind

UNCHANGED = ""
_MOST_EMAILS = 20
_EMAIL_NEEDED = (  # (switch or choice that needs it, its words that do not, the field that is needed)
    ("invoice_notifications", "on_receiving.enabled", (False, None, ""), "on_receiving.other_email"),
    ("email_reports", "report_interval", ("off", None, ""), "email_reports"),
)


def name_of(path: str) -> str:
    """Return the name of a field's input."""
    return path.replace(".", "__")


class EmailsField(forms.CharField):
    """Addresses, one a line; blanks, commas and semicolons part them too."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").replace(",", " ").replace(";", " ")
        return list(dict.fromkeys(text.split()))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(value) > _MOST_EMAILS:
            raise ValidationError(_("At most %(most)d addresses."), params={"most": _MOST_EMAILS})

    def run_validators(self, value: Any) -> None:
        for address in value:
            try:
                validate_email(address)
            except ValidationError as exc:
                text = _("%(address)s is no e-mail address.") % {"address": address}
                raise ValidationError(text) from exc


class PictureField(forms.FileField):
    """A picture, checked by its content."""

    def __init__(self, *, formats: tuple[str, ...], **more: Any) -> None:
        super().__init__(**more)
        self.formats = formats

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        if file is None:
            return None
        if file.size and file.size > 4 * pictures.MOST_BYTES:  # not read at all
            raise ValidationError(_("This file is far too large; at most 1 MB can be used."))
        content = file.read()
        try:
            pictures.check(content, self.formats)
        except pictures.NotAPictureError as exc:
            raise ValidationError(str(exc)) from exc
        return content


class BlockForm(forms.Form):
    """
    One block of one company.

    :param seen: values by path as AutoInvoice had them when the form was made; what differs from them is a change
    """

    def __init__(self, *args: Any, block: Block, country: str, seen: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.block, self.seen = block, dict(seen)
        self.shown = block.fields_for(country)
        for field in self.shown:
            self.fields[name_of(field.path)] = _input(field, self.seen.get(field.path))
            if field.kind is not Kind.PICTURE:
                self.initial[name_of(field.path)] = self.seen.get(field.path)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        _need_addresses(self, self.block.name, cleaned)
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """Return all cleaned values by path; pictures only where one was given."""
        values = {field.path: self.cleaned_data.get(name_of(field.path)) for field in self.shown}
        pictured = {field.path for field in self.shown if field.kind is Kind.PICTURE}
        return {path: value for path, value in values.items() if path not in pictured or value is not None}

    def changes(self) -> dict[str, Any]:
        """Return what the form changes, by path, as it is sent; numbers that were emptied are 0."""
        changed = {path: value for path, value in self.wanted().items() if not blocks.same(value, self.seen.get(path))}
        return {path: _sendable(self.block.field(path), value) for path, value in changed.items()}

    def with_values(self, values: Mapping[str, Any]) -> Any:
        """Return what was typed, with other values in these inputs."""
        typed: Any = self.data
        data = typed.copy()
        for name, value in values.items():
            if isinstance(self.fields[name], forms.BooleanField):
                data.pop(name, None)
                if value:
                    data[name] = "on"
            else:
                shown = self.fields[name].prepare_value(value)
                data[name] = "" if shown is None else shown
        return data

    def rows(self) -> list[tuple[Field, forms.BoundField]]:
        """Return the fields with their inputs, in order."""
        return [(field, self[name_of(field.path)]) for field in self.shown]


class BulkSettingsForm(forms.Form):
    """
    One block of many companies, for `bulk_action("companies.change_settings", BulkSettingsForm)`.

    First the block is chosen, then its fields are shown; `cleaned_data["blocks"]` is what the kind's parameters want.
    """

    block = forms.ChoiceField(
        label=_("Which block"),
        choices=[(name, block.title) for name, block in blocks.BLOCKS.items() if name != "logos"],
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = str(self.data.get("block", "")) if self.is_bound else next(iter(self.initial.get("blocks") or {}), "")
        self.chosen = blocks.BLOCKS.get(chosen)
        if chosen:
            self.initial.setdefault("block", chosen)
        before = (self.initial.get("blocks") or {}).get(chosen, {})
        for field in self.chosen.fields if self.chosen else ():
            self.fields[name_of(field.path)] = _bulk_input(field)
            value = blocks.at(before, field.path)
            self.initial[name_of(field.path)] = (
                {True: "on", False: "off"}.get(value, value) if _is_switch(field) else value
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.chosen is None or self.errors:
            return cleaned
        values = {field.path: cleaned.get(name_of(field.path)) for field in self.chosen.fields}
        given = {path: _bulk_value(self.chosen.field(path), value) for path, value in values.items()}
        given = {path: value for path, value in given.items() if value not in (None, UNCHANGED, [])}
        if not given:
            raise ValidationError(_("Fill in what shall change for all of them. What is left empty stays as it is."))
        _need_addresses(self, self.chosen.name, cleaned, may_be_there=True)
        return {"blocks": {self.chosen.name: blocks.nested(given)}}


def _need_addresses(form: forms.Form, block: str, cleaned: dict[str, Any], *, may_be_there: bool = False) -> None:
    """Refuse to switch something on that has nobody to write to."""
    for name, switch, idle, needed in _EMAIL_NEEDED:
        if name != block or name_of(switch) not in form.fields or name_of(needed) in form.errors:
            continue
        if may_be_there or cleaned.get(name_of(switch)) in idle or cleaned.get(name_of(needed)):
            continue
        form.add_error(name_of(needed), ValidationError(_("This needs an address to write to.")))


def _input(field: Field, value: Any) -> forms.Field:
    """Return the input for one company; what AutoInvoice has set already cannot be emptied where it is needed."""
    common: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help,
        "required": field.is_needed and bool(value),
    }
    if field.kind is Kind.SWITCH:
        return forms.BooleanField(widget=UnfoldBooleanWidget, **{**common, "required": False})
    if field.kind is Kind.PICTURE:
        accept = {"accept": ",".join(f"image/{name.lower()}" for name in field.formats)}
        widget = UnfoldAdminFileFieldWidget(attrs=accept)
        return PictureField(formats=field.formats, widget=widget, **{**common, "required": False})
    if field.kind is Kind.CHOICE:
        return forms.ChoiceField(choices=_choices(field, value), widget=UnfoldAdminSelectWidget, **common)
    return _typed_input(field, common)


def _typed_input(field: Field, common: dict[str, Any]) -> forms.Field:
    if field.kind is Kind.NUMBER:
        widget = UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"})
        return forms.IntegerField(min_value=0, max_value=365, widget=widget, **common)
    if field.kind is Kind.EMAILS:
        return EmailsField(widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}), **common)
    if field.kind is Kind.EMAIL:
        return forms.EmailField(max_length=254, widget=UnfoldAdminEmailInputWidget, **common)
    widget_class = UnfoldAdminTextareaWidget if field.kind is Kind.LONG_TEXT else UnfoldAdminTextInputWidget
    attrs = {"rows": 4} if field.kind is Kind.LONG_TEXT else {}
    return forms.CharField(
        min_length=field.shortest or None, max_length=field.longest, widget=widget_class(attrs=attrs), **common
    )


def _choices(field: Field, value: Any) -> list[tuple[str, Any]]:
    """Return the known words, and the one AutoInvoice has even if we do not know it."""
    known = list(field.choices)
    if value and str(value) not in dict(known):
        known.append((str(value), str(value)))
    return known if value else [("", "–"), *known]


def _bulk_input(field: Field) -> forms.Field:
    common: dict[str, Any] = {"label": field.label, "help_text": field.help, "required": False}
    if field.kind in (Kind.SWITCH, Kind.CHOICE):
        words = (("on", _("on")), ("off", _("off"))) if field.kind is Kind.SWITCH else field.choices
        choices = [(UNCHANGED, _("Leave as it is")), *words]
        return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget, **common)
    return _typed_input(field, common)


def _is_switch(field: Field) -> bool:
    return field.kind is Kind.SWITCH


def _bulk_value(field: Field, value: Any) -> Any:
    if field.kind is Kind.SWITCH:
        return {"on": True, "off": False}.get(value)
    return value


def _sendable(field: Field, value: Any) -> Any:
    if value is not None:
        return value
    return 0 if field.kind is Kind.NUMBER else ""
