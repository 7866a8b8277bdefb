"""Status pills: a word, an icon and a tone, the same everywhere. Tones: neutral, good, warn, bad, info."""

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString

ICONS = {"neutral": "circle", "good": "check_circle", "warn": "schedule", "bad": "error", "info": "info"}


def pill(word: str | Promise, tone: str = "neutral", icon: str = "") -> SafeString:
    """Return a pill as HTML; without an icon it gets the tone's own."""
    return render_to_string("portal/pill.html", {"word": word, "tone": tone, "icon": icon or ICONS[tone]})
