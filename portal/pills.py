"""Status pills: a word, an icon and a tone, the same everywhere. Tones: neutral, good, warn, bad, info."""

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

ICONS = {"neutral": "circle", "good": "check_circle", "warn": "schedule", "bad": "error", "info": "info"}


def pill(word: str | Promise, tone: str = "neutral", icon: str = "") -> SafeString:
    """Return a pill as HTML; without an icon it gets the tone's own."""
    return format_html(
        '<span class="pill pill-{}"><span class="material-symbols-outlined" aria-hidden="true">{}</span>{}</span>',
        tone,
        icon or ICONS[tone],
        word,
    )
