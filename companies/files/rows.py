"""One company of a file: what it says, what is wrong with it, and how it becomes an onboarding."""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field

from django.conf import settings

from companies import policies
from companies.business_ids import BusinessId
from companies.files.errors import FieldError
from companies.files.fields import NAMES
from companies.models import Onboarding
from companies.networks import catalogue

_BETWEEN = re.compile(r"[\s,;/+]+")
_TEXTS = (
    "name", "address1", "address2", "post_code", "post_office", "city", "region", "email", "signer_name",
    "auth_email", "authorization_id",
)  # fmt: skip


@dataclass(slots=True)
class Row:
    """One company of the file; `number` is its line as a spreadsheet counts, the header being 1."""

    number: int
    values: dict[str, str]  # all our fields; "" where the file says nothing
    errors: list[FieldError] = field(default_factory=list)
    notes: list[FieldError] = field(default_factory=list)  # what was repaired, at its field
    business_id: BusinessId | None = None

    def refuse(self, column: str, text: str) -> None:
        self.errors.append(FieldError(column, text))

    def note(self, column: str, text: str) -> None:
        self.notes.append(FieldError(column, text))

    @property
    def networks(self) -> list[str]:
        return list(dict.fromkeys(_BETWEEN.sub(" ", self.values["networks"].upper()).split()))

    def fill(self, onboarding: Onboarding) -> Onboarding:
        """Write what the row says into an onboarding; nothing is saved."""
        self.describe(onboarding)
        onboarding.set_business_id(onboarding.country, self.values["bid"])
        return onboarding

    def describe(self, onboarding: Onboarding) -> Onboarding:
        """Do as `fill` but for the business id, which a stored row has in its columns already."""
        values = self.values
        for name in _TEXTS:
            setattr(onboarding, name, values[name])
        onboarding.country = values["country"].upper()
        onboarding.locale = values["locale"].upper() or policies.default_locale(onboarding.country)
        onboarding.method = values["method"].lower()
        onboarding.networks = catalogue.in_order(self.networks)
        return onboarding

    def digest(self) -> str:
        """Return a keyed digest of what the row says, the same for all ways of saying it."""
        said = self.values | {"networks": " ".join(sorted(self.networks))}
        if self.business_id is not None:
            said["bid"] = self.business_id.identity
        text = json.dumps([said[name] for name in NAMES], ensure_ascii=False)
        return hmac.new(settings.DIGEST_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
