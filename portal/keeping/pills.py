"""How a retention run stands, as a pill."""

from django.utils.safestring import SafeString

from portal.keeping.models import RetentionRun, RunState
from portal.pills import pill

_TONES = {RunState.RUNNING: "info", RunState.DONE: "good", RunState.STOPPED: "neutral", RunState.FAILED: "bad"}


def of_run(run: RetentionRun) -> SafeString:
    state = RunState(run.state)
    return pill(state.label, _TONES[state])
