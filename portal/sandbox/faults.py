"""Faults by rule: what goes wrong, for which calls or events, how often."""

import fnmatch
import json
import random
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

from portal.sandbox.store import Store, register_schema

register_schema(
    """
    create table if not exists faults (id integer primary key autoincrement, rule text not null);
    """
)

BEFORE_EFFECT = ("500", "503", "429", "drop_before", "expired_token", "html", "slow", "refusal")
AFTER_EFFECT = ("drop_after", "malformed", "wrong_type", "html_after", "500_after")
WEBHOOK = ("webhook_lost", "webhook_doubled", "webhook_reordered")
KINDS = BEFORE_EFFECT + AFTER_EFFECT + WEBHOOK


@dataclass(slots=True)
class Rule:
    """
    One rule. Patterns know `*` and `?`; `path` is without the API's prefix, for webhooks it is the event's name.

    :ivar share: of the matching calls, 0 to 1
    :ivar count: hits left; None: until removed
    :ivar seconds: of a slow answer, or in Retry-After
    :ivar status, code, message, details: of a refusal: any error that the real service may answer with
    """

    kind: str
    id: int = 0
    api: str = "*"
    method: str = "*"
    path: str = "*"
    share: float = 1.0
    count: int | None = None
    seconds: float = 2.0
    hits: int = 0
    status: int = 400
    code: str = "invalid_parameters"
    message: str = ""
    details: list[str] = field(default_factory=list)

    def matches(self, api: str, method: str, path: str) -> bool:
        return (
            fnmatch.fnmatchcase(api, self.api)
            and fnmatch.fnmatchcase(method, self.method.upper())
            and fnmatch.fnmatchcase(path, self.path)
        )


class Faults:
    """The rules in force, kept in the store, and the latency of every call."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._random = random.Random(1)  # noqa: S311 (the same share of calls on every run)
        self.rules: list[Rule] = []
        self.latency = 0.0
        self.load()

    def load(self) -> None:
        """Take rules and latency from the store again."""
        rows = self._store.connection.execute("select * from faults order by id").fetchall()
        self.rules = [Rule(**(json.loads(row["rule"]) | {"id": row["id"]})) for row in rows]
        self.latency = float(self._store.get("latency") or 0.0)

    def add(self, rule: Rule) -> Rule:
        with self._lock, self._store.write() as db:
            rule.id = db.execute("insert into faults (rule) values (?)", (json.dumps(asdict(rule)),)).lastrowid or 0
            self.rules = [*self.rules, rule]
        return rule

    def remove(self, rule_id: int | None = None) -> int:
        """Remove one rule, or all; returns how many there were."""
        with self._lock, self._store.write() as db:
            gone = [rule for rule in self.rules if rule_id in (None, rule.id)]
            db.executemany("delete from faults where id = ?", [(rule.id,) for rule in gone])
            self.rules = [rule for rule in self.rules if rule not in gone]
        return len(gone)

    def set_latency(self, seconds: float) -> None:
        self.latency = seconds
        self._store.set("latency", repr(seconds))

    def pick(self, api: str, method: str, path: str) -> Rule | None:
        """The first rule that hits this call; counts the hit. None almost always, and then cheap."""
        return self._pick(BEFORE_EFFECT + AFTER_EFFECT, api, method, path) if self.rules else None

    def pick_webhook(self, event: str) -> Rule | None:
        return self._pick(WEBHOOK, "*", "*", event) if self.rules else None

    def describe(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self.rules]

    def _pick(self, kinds: tuple[str, ...], api: str, method: str, path: str) -> Rule | None:
        with self._lock:
            for rule in self.rules:
                if rule.kind not in kinds or rule.count == 0:
                    continue
                if (rule.kind in WEBHOOK or rule.matches(api, method, path)) and self._hits(rule, path):
                    return rule
        return None

    def _hits(self, rule: Rule, path: str) -> bool:
        if rule.kind in WEBHOOK and not fnmatch.fnmatchcase(path, rule.path):
            return False
        if rule.share < 1.0 and self._random.random() >= rule.share:
            return False
        rule.hits += 1
        if rule.count is not None:
            rule.count -= 1
        return True
