"""Units: Finvoice writes words, UBL writes codes of UN/ECE recommendation 20."""

PIECE = "C62"

CODES = {
    "": PIECE, "kpl": PIECE, "st": PIECE, "stk": PIECE, "pcs": PIECE, "pc": PIECE,
    "piece": PIECE, "item": "EA", "ea": "EA",
    "h": "HUR", "t": "HUR", "tunti": "HUR", "tuntia": "HUR", "hour": "HUR", "min": "MIN",
    "pv": "DAY", "päivä": "DAY", "day": "DAY", "vko": "WEE", "kk": "MON", "month": "MON", "v": "ANN", "vuosi": "ANN",
    "kg": "KGM", "g": "GRM", "tn": "TNE", "l": "LTR", "m": "MTR", "m2": "MTK", "m3": "MTQ", "km": "KMT",
    "cm": "CMT", "mm": "MMT",
    "kwh": "KWH", "mwh": "MWH", "pkt": "PK", "ltk": "BX", "erä": "LO", "%": "P1",
}  # fmt: skip
WORDS = {
    PIECE: "kpl", "EA": "kpl", "H87": "kpl",
    "HUR": "h", "MIN": "min", "DAY": "pv", "WEE": "vko", "MON": "kk", "ANN": "v",
    "KGM": "kg",
    "GRM": "g", "TNE": "tn", "LTR": "l", "MTR": "m", "MTK": "m2", "MTQ": "m3", "KMT": "km", "CMT": "cm", "MMT": "mm",
    "KWH": "kWh", "MWH": "MWh",
}  # fmt: skip


def code_of(word: str) -> str:
    """Return the code of a unit word; an unknown word counts as a piece."""
    return CODES.get(word.strip().lower().rstrip("."), PIECE)


def word_of(code: str) -> str:
    return WORDS.get(code, code)


def shown(code: str) -> str:
    """A unit as the drawn image shows it, in English."""
    spoken = {PIECE: "pcs", "EA": "pcs", "H87": "pcs", "DAY": "days", "WEE": "weeks", "MON": "months", "ANN": "years"}
    return spoken.get(code) or word_of(code)
