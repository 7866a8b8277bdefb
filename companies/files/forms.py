"""Forms of the import of files: the upload, which column says what, and one row to be corrected."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from companies import business_ids, policies
from companies.files import FileError, opening, storing
from companies.files.fields import BY_NAME, FIELDS, STANDS_IN, Field
from companies.files.opening import read_all
from companies.files.reading import Columns
from companies.files.tables import Table
from companies.forms import COUNTRY_NAMES
from companies.models import ImportFile
from companies.networks import catalogue
from companies.request_fields import LOCALE_NAMES
from portal.partners.models import Method, PartnerAccount

_LEAVE, _TAKE = "leave", "take"
_USUAL_NETWORKS = f"{catalogue.VISMA} {catalogue.PEPPOL}"  # offered where a file names none; staff see and change it


class UploadForm(forms.Form):
    """A file, and whose companies it holds; the file is stored while the form is cleaned."""

    account = forms.ModelChoiceField(
        PartnerAccount.objects.none(),
        label=gettext_lazy("Partner account"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel workbook (.xlsx) or CSV. Drop it here, or choose it."),
        widget=forms.FileInput(attrs={"class": "drop", "accept": ".csv,.txt,.tsv,.xlsx,.xlsm"}),
    )

    def __init__(self, *args: Any, accounts: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["account"]
        choice.queryset = accounts
        if accounts.count() == 1:
            choice.widget, choice.initial = forms.HiddenInput(), accounts.get().pk
        self.actor = actor
        self.stored: ImportFile | None = None
        self.table: Table | None = None

    def clean(self) -> dict[str, Any]:
        """Take the file in, so that what is wrong with it stands at its field."""
        cleaned = super().clean() or {}
        if cleaned.get("file") and cleaned.get("account"):
            try:
                self._take_in(cleaned["account"], cleaned["file"])
            except FileError as error:
                self.add_error("file", error.text)
        return cleaned

    def _take_in(self, account: PartnerAccount, file: Any) -> None:
        content = read_all(file)
        self.table = opening.table(content)
        self.stored = storing.take_in(account, file.name, content, table=self.table, actor=self.actor)


class SheetForm(forms.Form):
    """Which sheet of a workbook holds the companies."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["sheet"]
        hidden = _(" (hidden)")
        field.choices = [(sheet.name, sheet.name + (hidden if sheet.hidden else "")) for sheet in table.sheets]
        field.initial = table.sheet


class ColumnsForm(forms.Form):
    """For each of our fields the column that says it, or what holds for all rows; and what becomes of hidden rows."""

    def __init__(self, *args: Any, file: ImportFile, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table, self._file = table, file
        columns = [(str(index), self._name(index)) for index in range(len(table.columns))]
        for field in FIELDS:
            self.fields[field.name] = forms.ChoiceField(
                label=str(field.label),
                choices=[("", _("— not in the file —")), *columns],
                required=False,
                initial=str(file.mapping.get(field.name, "")),
                widget=UnfoldAdminSelectWidget,
            )
            if field.for_all:
                self.fields[f"all_{field.name}"] = _for_all(field, self._initial_for_all(field))
        if table.hidden_rows:
            self.fields["hidden"] = self._hidden()

    def _name(self, index: int) -> str:
        hidden = _(" (hidden)") if index in self.table.hidden_columns else ""
        return self.table.columns[index] + hidden

    def _initial_for_all(self, field: Field) -> str:
        if field.name in self._file.mapping:
            return ""
        usual = _USUAL_NETWORKS if field.name == "networks" and not self._file.for_all else ""
        return str(self._file.for_all.get(field.name, usual))

    def _hidden(self) -> forms.ChoiceField:
        return forms.ChoiceField(
            label=ngettext(
                "%(count)d row of the sheet is hidden", "%(count)d rows of the sheet are hidden", self.table.hidden_rows
            )
            % {"count": self.table.hidden_rows},
            choices=[(_LEAVE, _("Leave them out")), (_TAKE, _("Take them too"))],
            widget=forms.RadioSelect,
            error_messages={"required": _("Say what becomes of the hidden rows.")},
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a column that is given twice, and required fields without one, each at its field."""
        cleaned = super().clean() or {}
        taken: dict[str, list[str]] = {}
        for field in FIELDS:
            if cleaned.get(field.name):
                taken.setdefault(cleaned[field.name], []).append(field.name)
        for index, names in taken.items():
            for name in names if len(names) > 1 else ():
                others = ", ".join(str(BY_NAME[other].label) for other in names if other != name)
                text = _("The column “%(column)s” is given for %(others)s too. A column can say one thing only.")
                self.add_error(
                    name, ValidationError(text % {"column": self.table.columns[int(index)], "others": others})
                )
        for name in self.columns.missing():
            if name not in self.errors:
                self.add_error(name, self._missing(name))
        return cleaned

    def _missing(self, name: str) -> ValidationError:
        field = BY_NAME[name]
        if field.for_all:
            return ValidationError(_("Choose the column, or give what holds for all rows."))
        if name in STANDS_IN:
            return ValidationError(
                _("Choose the column; “%(other)s” is enough.") % {"other": BY_NAME[STANDS_IN[name]].label}
            )
        return ValidationError(_("AutoInvoice needs this. Choose the column that says it."))

    @property
    def columns(self) -> Columns:
        """How the columns are understood, by what was chosen so far."""
        data = self.cleaned_data
        places = {field.name: int(data[field.name]) for field in FIELDS if data.get(field.name)}
        named = {field.name: data.get(f"all_{field.name}", "") for field in FIELDS if field.for_all}
        return Columns(places, {name: value for name, value in named.items() if value and name not in places})

    @property
    def takes_hidden(self) -> bool:
        return bool(self.cleaned_data.get("hidden") == _TAKE)

    def rows(self) -> list[dict[str, Any]]:
        """Return each field with its select, its value for all rows, and what its column says."""
        return [
            {
                "field": field,
                "input": self[field.name],
                "for_all": self[f"all_{field.name}"] if field.for_all else None,
            }
            for field in FIELDS
        ]


class RowForm(forms.Form):
    """One row of a file, all fields as texts: what is wrong with them is found as for a file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in FIELDS:
            self.fields[field.name] = _input(field, self.initial.get(field.name, ""))
            self.fields[field.name].required = False

    def tell(self, errors: Iterable[Any]) -> None:
        """Put what is wrong at its field."""
        for error in errors:
            self.add_error(error.field or None, error.text)


def _for_all(field: Field, initial: str) -> forms.Field:
    made = _input(field, initial)
    made.label, made.required, made.initial = _("%(field)s of all rows") % {"field": field.label}, False, initial
    return made


def _input(field: Field, value: str) -> forms.Field:
    """Return a select where the words are known, with what the file says among them even if it is none of these."""
    known = _known_words().get(field.name)
    if known is None:
        widget = UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
        return forms.CharField(label=str(field.label), help_text=str(field.hint), widget=widget)
    choices = [("", "—"), *known.items()]
    if value and value not in known:
        choices.append((value, value))
    return forms.ChoiceField(label=str(field.label), choices=choices, widget=UnfoldAdminSelectWidget)


def _known_words() -> Mapping[str, Mapping[str, Any]]:
    return {
        "country": {code: f"{COUNTRY_NAMES[code]} ({code})" for code in business_ids.COUNTRIES},
        "locale": {code: LOCALE_NAMES.get(code, code) for code in policies.locales()},
        "method": dict(Method.choices),
    }
