"""The plan of a whole file: calls it will take, how long that is at today's pace, and who is asked to sign."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count

from companies.enums import RUNNING_OUTCOMES
from companies.models import ImportFile
from companies.onboarding import ACTIVATE, AUTHORIZE, REGISTER
from portal.operations import registry
from portal.partners.models import ApiCall, Method, PartnerAccount

_RECENT = 500  # calls whose median tells today's pace
_USUAL = 0.2  # seconds a call, when none was made yet


def of(file: ImportFile) -> dict[str, Any]:
    """
    Return what is kept in `ImportFile.plan`.

    Shape: {"rows": 120, "outcomes": {"new": 117}, "will_run": 117, "calls": {"register": 117, …}, "seconds": 40,
    "pace": 12.5, "requests": [{"country": "FI", "locale": "FI", "companies": 60, "requests": 58}]}
    """
    counted = file.rows.order_by().values("outcome").annotate(n=Count("pk"))
    outcomes = {row["outcome"]: row["n"] for row in counted}
    running = file.rows.filter(outcome__in=RUNNING_OUTCOMES).order_by()
    tally = _Tally()
    for country, prediction in running.values_list("country", "prediction").iterator(chunk_size=2000):
        tally.add(country, prediction)
    calls = tally.calls()
    speed = pace(file.account)
    return {
        "rows": sum(outcomes.values()),
        "outcomes": outcomes,
        "will_run": sum(outcomes.get(outcome, 0) for outcome in RUNNING_OUTCOMES),
        "calls": calls,
        "pace": round(speed, 1),
        "seconds": math.ceil(sum(calls.values()) / speed),
        "requests": tally.requests(),
    }


def pace(account: PartnerAccount) -> float:
    """Return the calls a second that the account makes at best: its own limit, or as fast as answers come."""
    answered = ApiCall.objects.filter(account=account, status__isnull=False).order_by("-at")
    took = list(answered.values_list("ms", flat=True)[:_RECENT])
    seconds = statistics.median(took) / 1000 if took else _USUAL
    return min(account.calls_per_second, account.parallel_calls / max(seconds, 0.001))


def _per_call() -> int:
    return registry.get(AUTHORIZE).group


class _Tally:
    """Counts over the rows that will run."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()
        self._groups: Counter[tuple[str, str, str, str]] = Counter()  # country, locale, method, request

    def add(self, country: str, prediction: dict[str, Any]) -> None:
        kinds = Counter(step[0] for step in prediction["steps"])
        self._calls["register"] += kinds[REGISTER]
        self._calls["activate"] += kinds[ACTIVATE]
        self._calls["tokens"] += bool(kinds[ACTIVATE])  # each company speaks for itself there
        if kinds[AUTHORIZE]:
            asked = (country, prediction["locale"], prediction["method"], prediction["request"])
            self._groups[asked] += 1
            self._calls["looks"] += prediction["method"] == Method.OWN  # what our own proof did is seen at once

    def calls(self) -> dict[str, int]:
        """Return calls by kind; what follows the companies afterwards, such as looks at signatures, is apart."""
        groups = sum(math.ceil(n / _per_call()) for n in self._groups.values())
        own = 1 if groups else 0  # the partner company's own token
        counted = Counter({"authorize": groups, "tokens": own}) + self._calls
        return {kind: counted[kind] for kind in ("register", "authorize", "looks", "tokens", "activate")}

    def requests(self) -> list[dict[str, Any]]:
        """Return what signers get, by country and language; own proof is signed by nobody."""
        companies: Counter[tuple[str, str]] = Counter()
        sent: Counter[tuple[str, str]] = Counter()
        for (country, locale, method, _request), n in self._groups.items():
            if method != Method.OWN:
                companies[country, locale] += n
                sent[country, locale] += math.ceil(n / _per_call())
        return [
            {"country": country, "locale": locale, "companies": n, "requests": sent[country, locale]}
            for (country, locale), n in sorted(companies.items())
        ]


def add_asked(file: ImportFile, asked: Iterable[tuple[str, int]]) -> None:
    """Count look-ups that were made for the file."""
    before = Counter(file.plan.get("asked", {}))
    before.update(dict(asked))
    file.plan["asked"] = dict(before)
