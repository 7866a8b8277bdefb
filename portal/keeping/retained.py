"""For how long the rows of keeping house itself are kept."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.keeping.models import RunState
from portal.retention import Kind, register

register(
    Kind(
        name="keeping.runs",
        label=_("Retention runs"),
        model_label="keeping.RetentionRun",
        made="started_at",
        age="ended_at",
        days=1_095,
        lowest=365,
        why=_("What each run removed, by which rule."),
        may_go=~Q(state=RunState.RUNNING),
    )
)
