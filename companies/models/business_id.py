"""The columns of a business id, which can be a person's."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from companies import business_ids
from portal.partners.concealed import Concealed
from portal.partners.fields import EncryptedTextField


class BusinessIdColumns(models.Model):
    """The three columns of a business id: what is shown, what it is found by, and the secret if it is a person's."""

    business_id = models.CharField(_("business id"), max_length=40, blank=True)  # masked when it is a personal number
    business_id_digest = models.CharField(max_length=64, blank=True, db_index=True)
    business_id_secret = EncryptedTextField(blank=True, default="")

    class Meta:
        abstract = True

    @property
    def real_business_id(self) -> str:
        """Return the business id as it is sent to AutoInvoice."""
        return self.business_id_secret or self.business_id

    def set_business_id(self, country: str, text: str) -> None:
        """Fill the three columns; a text that breaks the rules of its country is kept as it came."""
        self._conceal(business_ids.conceal(country, text))

    def take_business_id(self, parsed: business_ids.BusinessId) -> None:
        """Fill the three columns with a business id that was parsed already."""
        self._conceal(business_ids.conceal_parsed(parsed))

    def _conceal(self, stored: Concealed) -> None:
        self.business_id, self.business_id_digest, self.business_id_secret = stored.shown, stored.digest, stored.secret
