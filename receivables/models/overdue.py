"""The work list of invoices that can be handed over."""

from django.utils.translation import gettext_lazy as _

from invoices.models import Invoice


class OverdueInvoice(Invoice):
    """A sent invoice past its due date."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("overdue invoice")
        verbose_name_plural = _("overdue invoices")
