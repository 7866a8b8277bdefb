import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_setting_that_the_environment_gives_is_in_the_example_and_no_other() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "portal" / "settings.py").read_text()))
    shown = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))

    assert shown == read
