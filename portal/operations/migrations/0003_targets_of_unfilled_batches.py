"""Batches that were picked before keep their ids in the selection; what is not filled yet needs them as rows."""

from typing import Any

from django.db import migrations


def write_targets(apps: Any, schema_editor: Any) -> None:
    batch_model, target_model = apps.get_model("operations", "Batch"), apps.get_model("operations", "BatchTarget")
    for batch in batch_model.objects.filter(state__in=("DRAFT", "FILLING")).exclude(selection={}).iterator():
        ids = batch.selection.get("ids")
        if ids is None:
            continue
        target_model.objects.bulk_create([target_model(batch=batch, target_id=pk) for pk in ids], batch_size=500)
        batch.selection = {"model": batch.selection["model"], "count": len(ids), "taken": True}
        batch.save(update_fields=["selection"])


class Migration(migrations.Migration):
    dependencies = [("operations", "0002_batch_targets")]

    operations = [migrations.RunPython(write_targets, migrations.RunPython.noop)]
