from celery import shared_task

from portal.alerts import evaluating


@shared_task(name="alerts.evaluate")
def evaluate() -> None:
    """Look at all that is watched; harmless when run twice, or by two workers at once."""
    evaluating.evaluate()
