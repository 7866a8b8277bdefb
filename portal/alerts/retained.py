"""For how long ended alerts are kept, with their story and whom they were told to."""

from collections.abc import Collection

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.alerts.models import Notice
from portal.operations.models import Operation
from portal.retention import Ids, Kind, Stay, register


def _under_way(notices: Collection[int]) -> set[int]:
    about = Operation.objects.open().filter(target_type=ContentType.objects.get_for_model(Notice))
    return set(about.filter(target_id__in=notices).values_list("target_id", flat=True))


def alerts_being_told(ids: Ids) -> Collection[int]:
    """Return those alerts of which a notice is still on its way."""
    of = dict(Notice.objects.filter(step__alert__in=ids, done_at=None).values_list("pk", "step__alert"))
    return {of[notice] for notice in _under_way(of)}


register(
    Kind(
        name="alerts.alerts",
        label=_("Ended alerts and their notices"),
        model_label="alerts.Alert",
        made="opened_at",
        age="ended_at",
        days=400,
        lowest=30,
        why=_("What went wrong, who saw to it, and who was told. Open alerts stay."),
        stays=[Stay(_("A notice is still on its way"), alerts_being_told)],
        describe=lambda alert: f"#{alert.pk} {alert.label}",
    )
)
register(
    Kind(
        name="alerts.tests",
        label=_("Tests of alert destinations"),
        model_label="alerts.Notice",
        made="created_at",
        age="created_at",
        days=30,
        lowest=1,
        why=_("Tests that administrators sent."),
        may_go=Q(step=None),
        open_label=_("Notices of alerts, which go with their alert"),
        stays=[Stay(_("Still on its way"), _under_way)],
        describe=lambda notice: f"#{notice.pk}",
    )
)
