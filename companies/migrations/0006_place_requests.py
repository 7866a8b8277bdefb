"""Which of the requests that were sent before stand on the signature desk, and who sent them."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Exists, OuterRef, Q, Subquery


def place(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    requests: Any = apps.get_model("companies", "Authorization").objects.using(schema_editor.connection.alias)
    newer = requests.filter(company=OuterRef("company"), requested_at__gt=OuterRef("requested_at"))
    over = Q(company__state__in=("VERIFIED", "UNKNOWN")) | Q(state__in=("CONFIRMED", "REPLACED")) | Q(Exists(newer))
    requests.filter(over).update(on_desk=False)
    operations: Any = apps.get_model("operations", "Operation").objects.using(schema_editor.connection.alias)
    senders = operations.filter(pk=OuterRef("operation_id")).values("actor")[:1]
    requests.filter(operation_id__isnull=False).update(requested_by=Subquery(senders))


class Migration(migrations.Migration):
    dependencies = [("companies", "0005_signature_desk"), ("operations", "0001_initial")]
    operations = [migrations.RunPython(place, migrations.RunPython.noop)]
