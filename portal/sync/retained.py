"""For how long sync runs, drift and gaps are kept."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.retention import Kind, register
from portal.sync.models import RunState

register(
    Kind(
        name="sync.runs",
        label=_("Sync runs"),
        model_label="sync.SyncRun",
        made="started_at",
        age="started_at",
        days=30,
        lowest=7,
        why=_("What each reading of a list saw, wrote and cost."),
        may_go=~Q(state=RunState.RUNNING),
        open_label=_("Still running"),
    )
)
register(
    Kind(
        name="sync.drift",
        label=_("Drift"),
        model_label="sync.Drift",
        made="found_at",
        age="found_at",
        days=400,
        lowest=30,
        why=_("What comparisons found different and put right: the trend of a year."),
    )
)
register(
    Kind(
        name="sync.gaps",
        label=_("Closed gaps"),
        model_label="sync.Gap",
        made="found_at",
        age="closed_at",
        days=400,
        lowest=30,
        why=_("What one source lacked, and when it came. Open gaps stay."),
    )
)
