"""The rows of sync: cursors and runs, and what was not in step."""

from portal.sync.models.runs import Cursor, CursorQuerySet, RunState, SyncRun
from portal.sync.models.steps import Asked, Drift, DriftKind, Gap, Lacking, Repair

__all__ = ["Asked", "Cursor", "CursorQuerySet", "Drift", "DriftKind", "Gap", "Lacking", "Repair", "RunState", "SyncRun"]
