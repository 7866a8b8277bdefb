"""The page of figures: a part that is measured alone replaces its own rows."""

from datetime import date

from tests.bench import frame
from tests.bench.figures import Figure

DAY = date(2026, 11, 30)
ORDER = ["calls", "onboarding sqlite", "onboarding postgres"]


def figure(ours: str) -> Figure:
    return Figure("one call", ours, "1 ms", 1.25)


def test_page_reads_back_as_the_sections_it_was_made_of() -> None:
    sections = {name: frame.section([figure(name)], DAY) for name in ORDER}

    assert frame.sections_of(frame.page(sections, ORDER)) == sections


def test_part_measured_alone_replaces_its_rows_and_no_others() -> None:
    before = frame.page({name: frame.section([figure("2 ms")], DAY) for name in ORDER}, ORDER)

    sections = frame.sections_of(before)
    sections["onboarding sqlite"] = frame.section([figure("3 ms")], DAY)
    after = frame.page(sections, ORDER)

    assert [line for line in after.splitlines() if line not in before.splitlines()] == [
        "| one call | 3 ms | 1 ms | 1.25 |"
    ]


def test_what_people_wrote_below_a_table_stays_when_it_is_measured_again() -> None:
    note = "Two cores are shared with the simulator.\n\nMore of them would help."
    page = frame.page({"calls": frame.section([figure("2 ms"), figure("4 ms")], DAY, note)}, ORDER)

    kept = frame.note_of(frame.sections_of(page)["calls"])

    assert kept == note
    assert frame.note_of(frame.section([figure("3 ms")], DAY)) == ""
    assert frame.section([figure("3 ms")], DAY, kept).endswith(note)


def test_sections_stand_in_their_order_and_those_of_no_part_are_dropped() -> None:
    sections = {name: frame.section([figure(name)], DAY) for name in ("gone", "onboarding sqlite", "calls")}

    assert list(frame.sections_of(frame.page(sections, ORDER))) == ["calls", "onboarding sqlite"]


def test_what_people_wrote_of_the_goals_stands_first_and_stays() -> None:
    sections = {"calls": frame.section([figure("calls")], DAY), frame.GOALS: "Met, but one."}

    page = frame.page(sections, ORDER)

    assert list(frame.sections_of(page)) == [frame.GOALS, "calls"]
    assert frame.sections_of(page)[frame.GOALS] == "Met, but one."
