"""Companies as the list of quiet accounts shows them."""

from django.utils.translation import gettext_lazy as _

from companies.models.company import Company


class QuietCompany(Company):
    """A company that nothing was sent or received for, or of which nobody knows."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("quiet company")
        verbose_name_plural = _("quiet companies")
