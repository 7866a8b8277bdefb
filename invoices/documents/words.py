"""
What staff read in place of a file's codes: of its format, of units and of kinds of VAT.

What is not here is shown as it came.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
FORMATS = {
    "PEPPOLBIS20": "Peppol BIS 2",
    "PEPPOLBIS30": "Peppol BIS 3",
    "FINVOICE13": "Finvoice 1.3",
    "FINVOICE20": "Finvoice 2.0",
    "FINVOICE30": "Finvoice 3.0",
    "TEAPPS27": "TEAPPSXML 2.7",
    "TEAPPS30": "TEAPPSXML 3.0",
    "VISMAXML53": "Visma XML 5.3",
    "VISMAXML60": "Visma XML 6.0",
    "VISMAUBL10": "Visma UBL 1.0",
    "VISMAUBL30": "Visma UBL 3.0",
    "SVEFAKTURA10": "Svefaktura 1.0",
    "EHF20": "EHF 2.0",
    "E2B": "e2b",
    "SEDI": "SEDI",
    "SIUBL11": "SI-UBL 1.1",
    "SIUBL12": "SI-UBL 1.2",
    "SIUBL20": "SI-UBL 2.0",
    "OIOUBL": "OIOUBL",
    "OIOUBL21": "OIOUBL 2.1",
    "XRECHNUNG30UBL": "XRechnung 3.0 (UBL)",
    "XRECHNUNG30CII": "XRechnung 3.0 (CII)",
    "XRECHNUNG30EXTUBL": "XRechnung 3.0 extended (UBL)",
    "XRECHNUNG30EXTCII": "XRechnung 3.0 extended (CII)",
    "XRECHNUNG23UBL": "XRechnung 2.3 (UBL)",
    "XRECHNUNG23CII": "XRechnung 2.3 (CII)",
    "XRECHNUNG23EXTUBL": "XRechnung 2.3 extended (UBL)",
    "XRECHNUNG23EXTCII": "XRechnung 2.3 extended (CII)",
    "FATTURAPA12": "FatturaPA 1.2",
}
# UN/ECE recommendations 20 and 21: those that invoices name most.
UNITS: dict[str, Text] = {
    "C62": _("pcs"), "EA": _("pcs"), "H87": _("pcs"), "NAR": _("pcs"), "PCE": _("pcs"), "ZZ": "",
    "HUR": _("h"), "MIN": _("min"), "DAY": _("days"), "WEE": _("weeks"), "MON": _("months"), "ANN": _("years"),
    "KGM": "kg", "GRM": "g", "TNE": "t", "LTR": "l", "MTQ": "m³", "MTR": "m", "KMT": "km", "MTK": "m²", "KWH": "kWh",
    "SET": _("sets"), "PR": _("pairs"), "XPK": _("packages"), "XBX": _("boxes"), "LS": _("lump sum"), "P1": "%",
}  # fmt: skip
# UNCL 5305, of which EN 16931 and the Finnish code list take theirs.
VAT: dict[str, Text] = {
    "S": "",  # the rate says it all
    "Z": _("zero rated"),
    "E": _("exempt"),
    "AE": _("reverse charge"),
    "K": _("supply within the EU"),
    "G": _("export"),
    "O": _("outside the scope"),
    "L": _("Canary Islands"),
    "M": _("Ceuta and Melilla"),
}
