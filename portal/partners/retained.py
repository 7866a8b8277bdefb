"""For how long the call log is kept."""

from django.utils.translation import gettext_lazy as _

from portal.retention import Kind, register

register(
    Kind(
        name="partners.calls",
        label=_("API calls (call log)"),
        model_label="partners.ApiCall",
        made="at",
        age="at",
        days=90,
        lowest=7,
        why=_("What was asked of AutoInvoice and how it answered: for questions to its support."),
    )
)
