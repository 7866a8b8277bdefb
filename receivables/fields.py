"""Form fields of this app: short texts, amounts with at most two decimals, days."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget


class AmountField(forms.DecimalField):
    """A sum as people write it: with a comma or a point, and blanks between thousands."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = "".join(value.split()).replace(",", ".")
        return super().to_python(value)


def text(
    label: Any,
    help_text: Any = "",
    *,
    required: bool = True,
    most: int = 100,
    widget: type[forms.Widget] = UnfoldAdminTextInputWidget,
) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=most, widget=widget)


def amount(label: Any, help_text: Any = "", *, required: bool = False) -> AmountField:
    return AmountField(
        label=label,
        help_text=help_text,
        required=required,
        max_digits=14,
        decimal_places=2,
        min_value=Decimal("0.00"),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
        error_messages={"max_decimal_places": _("An amount has at most two decimals.")},
    )


def day(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs=_DAY),
    )


_DAY = UnfoldAdminTextInputWidget(attrs={"placeholder": "2026-05-17"}).attrs
