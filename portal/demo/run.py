"""One run of the demo, from its folder to its exit code."""

import json
import sys

from portal.demo import place as places
from portal.demo.place import USER, DemoError, Place, write_private
from portal.demo.story import Story
from portal.demo.supervisor import Supervisor, say

WRONG_USE = 2


def run(place: Place, *, reset: bool, tell_story: bool) -> int:
    """Return the exit code: 0 ended on request, 1 something did not work, 2 it could not start at all."""
    try:
        place.var.mkdir(parents=True, exist_ok=True)
        _lock = places.lock(place)
        places.check_port(place.port, "PORT")
        places.check_port(place.sandbox_port, "SANDBOX_PORT")
        if reset:
            place.forget()
        place.make()
        place.summary_file.unlink(missing_ok=True)  # it says that everything is in place, so it comes last every time
    except (DemoError, OSError) as exc:
        return _complain(f"demo: {exc}", WRONG_USE)
    try:
        Supervisor(place).run(lambda supervisor: _open(supervisor, tell_story=tell_story))
    except DemoError as exc:
        return _complain(f"demo: {exc}", 1)
    return 0


def _complain(text: str, code: int) -> int:
    print(text, file=sys.stderr, flush=True)
    return code


def _open(supervisor: Supervisor, *, tell_story: bool) -> None:
    place = supervisor.place
    story = Story(supervisor)
    if tell_story and not place.told_file.exists():
        story.tell()
        place.told_file.touch()
    say(_welcome(place, supervisor.settings["DEMO_PASSWORD"]))
    if place.told_file.exists():
        _write_summary(supervisor, [row["bid"] for row in story.customers])


def _write_summary(supervisor: Supervisor, business_ids: list[str]) -> None:
    """Written last: who finds it finds everything in place."""
    place = supervisor.place
    summary = {
        "url": place.url,
        "sandbox_url": place.sandbox_url,
        "username": USER,
        "password": supervisor.settings["DEMO_PASSWORD"],
        "companies": business_ids,
    }
    write_private(place.summary_file, json.dumps(summary, indent=2) + "\n")


def _welcome(place: Place, password: str) -> str:
    return f"""
The portal runs.

  portal      {place.url}/admin/     user {USER}     password {password}
  simulator   {place.sandbox_url}/_sandbox/
  logs        {place.var / "logs"}

Try first: the dashboard shows what needs a human; open a company from it and press the button beside what is missing.
Then onboard one more company with the wizard, and sign for it on the page that the simulator lists.

Ctrl-C ends everything; the next `make demo` keeps the data, `make demo-reset` begins anew.
"""
