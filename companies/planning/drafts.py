"""From a stored row of a file to the onboarding that it asks for."""

from collections.abc import Sequence

from django.utils import timezone

from companies import files, known
from companies.models import ImportRow, Onboarding
from portal.partners.models import PartnerAccount

# Defaults in the order of the columns, worked out once: a file has thousands of rows, and a model asks each field anew.
_BLANK = [column.get_default() for column in Onboarding._meta.concrete_fields]


def of(row: ImportRow, account: PartnerAccount) -> Onboarding:
    """Return the unsaved onboarding that a row without errors asks for."""
    blank = Onboarding(*_BLANK)
    blank.account, blank.created_at = account, timezone.now()
    return fill(blank, row)


def fill(onboarding: Onboarding, row: ImportRow) -> Onboarding:
    """Write what the row says into an onboarding; nothing is saved. Networks are only added."""
    before = onboarding.networks
    files.Row(row.number, row.values).describe(onboarding)
    onboarding.business_id, onboarding.business_id_digest = row.business_id, row.business_id_digest
    onboarding.business_id_secret = row.business_id_secret
    onboarding.networks = list(dict.fromkeys([*before, *onboarding.networks]))
    return onboarding


class Chunk:
    """Some hundred rows of one account, and everything that the portal knows about their companies."""

    def __init__(self, account: PartnerAccount, rows: Sequence[ImportRow]) -> None:
        self.account, self.rows = account, rows
        drafts = {row.pk: of(row, account) for row in rows if not row.has_errors}
        self.here = known.load(account, list(drafts.values()))
        self.wanted: dict[int, Onboarding] = {}  # by row: the onboarding of an earlier run, or a new one
        for row in rows:
            draft = drafts.get(row.pk)
            if draft is None:
                continue
            stored = self.here.onboardings.get(known.identity(draft)) or self.here.refused.get(known.identity(draft))
            self.wanted[row.pk] = draft if stored is None else self._again(stored, row)

    def _again(self, stored: Onboarding, row: ImportRow) -> Onboarding:
        stored.account = self.account
        return fill(stored, row)
