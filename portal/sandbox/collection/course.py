"""
The agencies' course: letters, payments, questions and closing, each at its day of the simulator's clock.

Letters go out in the order reminder, payment demand, collection, legal collection; each agency has its own days. The
debtor's name steers what comes of them: "Prompt" pays after the reminder, "Half" pays half of it then, "Asks" has the
agency ask the company, "Never" never pays; everybody else pays twenty days after collection began.
"""

import sqlite3
from datetime import date, timedelta
from decimal import Decimal

from portal.sandbox.clock import DAY
from portal.sandbox.collection import rows, threads
from portal.sandbox.collection.rows import AGENCY, CLOSED, OPEN, PARTIALLY_CLOSED
from portal.sandbox.world import World, job

# (stage, event, days after the step before, fee): what an agency does in turn.
Step = tuple[str, str, int, str]
_LETTERS: dict[str, tuple[Step, ...]] = {
    "amili": (
        ("reminder", "reminder_sent", 1, "5.00"),
        ("payment_demand", "reminder_sent", 14, "0.00"),
        ("collection", "collection_started", 14, "14.00"),
    ),
    "ropo": (
        ("reminder", "reminder_sent", 1, "5.00"),
        ("payment_demand", "reminder_sent", 10, "0.00"),
        ("collection", "collection_started", 10, "20.00"),
    ),
    "intrum": (
        ("reminder", "reminder_sent", 2, "5.00"),
        ("collection", "collection_started", 14, "14.00"),
        ("legal_collection", "collection_started", 30, "60.00"),
    ),
}
_TEXTS = {
    "reminder": "Reminder letter",
    "payment_demand": "Payment demand",
    "collection": "Collection letter",
    "legal_collection": "Application to the district court",
}
FOLLOWED_DAYS = 3  # a followed invoice (Kassavirta) is reminded of so long after its due date
_PAYS_AFTER, _CHARGES_AFTER, _ANSWERS_AFTER = 20, 7, 1
LONGEST_EXTENSION = 30  # days from today that an agency agrees to
CANCELLATION_FEE = Decimal("25.00")


def begin(world: World, assignment_id: str, collection_type: str, *, first: date | None = None) -> None:
    """Plan the first letter: by the agency's days, or on a given day."""
    row = rows.get(world.db, assignment_id)
    if row is None:
        return
    letters = _LETTERS[row["agency"]]
    step = 0 if collection_type != "collection" else _first_of_collection(letters)
    days = letters[step][2] if first is None else max((first - world.day()).days, 0)
    world.later(days * DAY, "collection_letter", assignment_id=assignment_id, step=step)


@job("collection_letter")
def letter(world: World, assignment_id: str, step: int) -> None:
    """Send a letter, unless all is paid; a hold or a later due date moves it."""
    row = rows.get(world.db, assignment_id)
    if row is None or row["status"] != OPEN:
        return
    if (wait := _wait(world, row)) > 0:
        world.later(wait * DAY, "collection_letter", assignment_id=assignment_id, step=step)
        return
    letters = _LETTERS[row["agency"]]
    stage, kind, _days, fee = letters[step]
    rows.update(world, assignment_id, stage=stage, fees=rows.amount(row, "fees") + Decimal(fee))
    rows.add_event(world, row, kind, AGENCY, text=_TEXTS[stage])
    _debtor_reacts(world, row, stage)
    if step + 1 < len(letters):
        world.later(letters[step + 1][2] * DAY, "collection_letter", assignment_id=assignment_id, step=step + 1)
    else:
        world.later(_PAYS_AFTER * DAY, "debtor_pays", assignment_id=assignment_id, share="1")


@job("debtor_pays")
def debtor_pays(world: World, assignment_id: str, share: str) -> None:
    """The debtor pays a share of what is left to the agency."""
    row = rows.get(world.db, assignment_id)
    if row is None or row["status"] == CLOSED or "Never" in row["debtor"]:
        return
    sum_paid = (rows.left(row) * Decimal(share)).quantize(Decimal("0.01"))
    paid(world, row, sum_paid, AGENCY)


@job("agency_asks")
def agency_asks(world: World, assignment_id: str, text: str) -> None:
    """Amili asks by message, the others by an event."""
    row = rows.get(world.db, assignment_id)
    if row is None or row["status"] == CLOSED:
        return
    if row["agency"] != "amili":
        rows.add_event(world, row, "comment", AGENCY, text=text)
        return
    thread = threads.of_assignment(world.db, row["company_id"], assignment_id) or threads.open_thread(
        world, row["company_id"], f"Invoice {row['invoice_number']}", assignment_id
    )
    threads.write(world, thread, AGENCY, threads.AGENT, text)


@job("agency_comments")
def agency_comments(world: World, assignment_id: str, text: str) -> None:
    row = rows.get(world.db, assignment_id)
    if row is not None:
        rows.add_event(world, row, "comment", AGENCY, text=text)


@job("charges_settled")
def charges_settled(world: World, assignment_id: str) -> None:
    """The capital is paid: the debtor pays the charges, and the case is over."""
    row = rows.get(world.db, assignment_id)
    if row is not None and row["status"] == PARTIALLY_CLOSED:
        paid(world, row, rows.left(row), AGENCY)


def paid(world: World, row: sqlite3.Row, sum_paid: Decimal, origin: str, kind: str = "paid", **fields: object) -> str:
    """Book a payment or a credit note; returns the event's id."""
    with world.write():
        on = {"payment_date": world.day().isoformat()} if kind == "paid" else {}
        given = {"amount": float(sum_paid), "currency": row["currency"], **on, **fields}
        event_id = rows.add_event(world, row, kind, origin, **given)
        rows.update(world, row["id"], paid=rows.amount(row, "paid") + sum_paid)
        _settle(world, row["id"])
    return event_id


def close(world: World, row: sqlite3.Row, text: str) -> None:
    with world.write():
        rows.add_event(world, row, "close", AGENCY, text=text)
        rows.update(world, row["id"], status=CLOSED, stage="closed", closed_at=_moment(world))


def ask_later(world: World, row: sqlite3.Row, text: str) -> None:
    """Have the agency say something the next day."""
    world.later(_ANSWERS_AFTER * DAY, "agency_comments", assignment_id=row["id"], text=text)


def agree_on(world: World, row: sqlite3.Row, wanted: date) -> None:
    """A new due date: agreed on within a month, else not; either way the agency says so."""
    if (wanted - world.day()).days <= LONGEST_EXTENSION:
        rows.update(world, row["id"], due_date=wanted.isoformat())
        rows.add_event(world, row, "comment", AGENCY, text=f"The new due date {wanted.isoformat()} is agreed.")
    else:
        text = f"The due date cannot be moved by more than {LONGEST_EXTENSION} days. It stays as it was."
        rows.add_event(world, row, "comment", AGENCY, text=text)


def _settle(world: World, assignment_id: str) -> None:
    row = rows.get(world.db, assignment_id)
    if row is None:
        return
    if rows.left(row) <= 0:
        close(world, row, "Everything is paid")
    elif rows.amount(row, "paid") >= rows.amount(row, "capital") and row["status"] == OPEN:
        rows.update(world, assignment_id, status=PARTIALLY_CLOSED)
        world.later(_CHARGES_AFTER * DAY, "charges_settled", assignment_id=assignment_id)


def _debtor_reacts(world: World, row: sqlite3.Row, stage: str) -> None:
    if stage != "reminder":
        return
    if "Asks" in row["debtor"]:
        text = "The debtor says that the goods were returned. Is there a credit note?"
        world.later(_ANSWERS_AFTER * DAY, "agency_asks", assignment_id=row["id"], text=text)
    share = "1" if "Prompt" in row["debtor"] else "0.5" if "Half" in row["debtor"] else ""
    if share:
        world.later(5 * DAY, "debtor_pays", assignment_id=row["id"], share=share)


def _wait(world: World, row: sqlite3.Row) -> int:
    """Days that a letter must wait: for the end of a hold, and for the due date, which may have moved."""
    today, waits = world.day(), [0]
    if row["hold_until"]:
        waits.append((date.fromisoformat(row["hold_until"]) - today).days)
    if row["due_date"]:
        due = date.fromisoformat(row["due_date"]) + timedelta(days=1)
        waits.append((due - today).days)
    return max(waits)


def _first_of_collection(letters: tuple[Step, ...]) -> int:
    return next(place for place, (stage, *_rest) in enumerate(letters) if stage == "collection")


def _moment(world: World) -> str:
    return world.now().strftime("%Y-%m-%dT%H:%M:%SZ")
