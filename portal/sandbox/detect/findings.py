"""
Sentences of the Detect results: our own words, in the order of `detect_texts.LANGUAGES` (EN, FI, SE, NO, DK, NL).

Keyed by reason code without the name of its check, or with it where one reason means different things. Placeholders
are those that the service documents: bid, name, country, registry_name, bank_account, sources, reporter_count …
"""

from typing import Any

from portal.sandbox.detect import texts as detect_texts

Texts = tuple[str, str, str, str, str, str]

_SENTENCES: dict[str, Texts] = {
    "PENDING": ("The check is running.", "Tarkistus on käynnissä.", "Kontrollen pågår.", "Kontrollen pågår.",
                "Kontrollen er i gang.", "De controle loopt."),
    "FAILED": ("The check could not be run.", "Tarkistusta ei voitu tehdä.", "Kontrollen kunde inte göras.",
               "Kontrollen kunne ikke gjøres.", "Kontrollen kunne ikke udføres.",
               "De controle kon niet worden uitgevoerd."),
    "NOT_AN_INVOICE": ("Not an invoice.", "Ei ole lasku.", "Inte en faktura.", "Ikke en faktura.", "Ikke en faktura.",
                       "Geen factuur."),
    "INVALID_INPUT": ("The invoice lacks what the check needs.", "Laskusta puuttuu tarkistuksen tarvitsema tieto.",
                      "Fakturan saknar det som kontrollen behöver.", "Fakturaen mangler det kontrollen trenger.",
                      "Fakturaen mangler det, kontrollen kræver.", "De factuur mist wat de controle nodig heeft."),
    "COMPANY_CAN_ONLY_SEND_SCAN": ("{name} sends on paper only.", "{name} lähettää vain paperilaskuja.",
                                   "{name} skickar bara på papper.", "{name} sender bare på papir.",
                                   "{name} sender kun på papir.", "{name} stuurt alleen op papier."),
    "COMPANY_CAN_SEND_ELECTRONIC": ("{name} could send e-invoices.", "{name} voisi lähettää verkkolaskuja.",
                                    "{name} kan skicka e-fakturor.", "{name} kan sende e-faktura.",
                                    "{name} kan sende e-fakturaer.", "{name} kan e-facturen sturen."),
    "INVOICE_NOT_FROM_SCAN": ("The invoice was not scanned.", "Laskua ei ole skannattu.", "Fakturan är inte skannad.",
                              "Fakturaen er ikke skannet.", "Fakturaen er ikke scannet.",
                              "De factuur is niet gescand."),
    "NOT_CHANGED": ("The account {bank_account} is known from earlier invoices.",
                    "Tili {bank_account} on tuttu aiemmista laskuista.",
                    "Kontot {bank_account} är känt från tidigare fakturor.",
                    "Kontoen {bank_account} er kjent fra tidligere fakturaer.",
                    "Kontoen {bank_account} er kendt fra tidligere fakturaer.",
                    "Rekening {bank_account} is bekend van eerdere facturen."),
    "UNKNOWN": ("First invoice of {name}: the account {bank_account} is new.",
                "Ensimmäinen lasku lähettäjältä {name}: tili {bank_account} on uusi.",
                "Första fakturan från {name}: kontot {bank_account} är nytt.",
                "Første faktura fra {name}: kontoen {bank_account} er ny.",
                "Første faktura fra {name}: kontoen {bank_account} er ny.",
                "Eerste factuur van {name}: rekening {bank_account} is nieuw."),
    "CHANGED": ("{name} used another account before: {bank_account} is new.",
                "{name} käytti aiemmin toista tiliä: {bank_account} on uusi.",
                "{name} har använt ett annat konto: {bank_account} är nytt.",
                "{name} har brukt en annen konto: {bank_account} er ny.",
                "{name} har brugt en anden konto: {bank_account} er ny.",
                "{name} gebruikte een andere rekening: {bank_account} is nieuw."),
    "NO_BANK_ACCOUNTS": ("The invoice names no account.", "Laskulla ei ole tiliä.", "Fakturan har inget konto.",
                         "Fakturaen har ingen konto.", "Fakturaen har ingen konto.",
                         "De factuur noemt geen rekening."),
    "FOUND": ("{bid} is active in {registry_name}.", "{bid} on toiminnassa: {registry_name}.",
              "{bid} är aktivt i {registry_name}.", "{bid} er aktivt i {registry_name}.",
              "{bid} er aktivt i {registry_name}.", "{bid} is actief in {registry_name}."),
    "PREPAYMENT_REGISTER_FOUND": ("{bid} is in the prepayment register.", "{bid} on ennakkoperintärekisterissä.",
                                  "{bid} finns i förskottsuppbördsregistret.",
                                  "{bid} står i forskuddsregisteret.", "{bid} står i forskudsregisteret.",
                                  "{bid} staat in het voorheffingsregister."),
    "PREPAYMENT_REGISTER_NOT_FOUND": ("{bid} is not in the prepayment register.",
                                      "{bid} ei ole ennakkoperintärekisterissä.",
                                      "{bid} finns inte i förskottsuppbördsregistret.",
                                      "{bid} står ikke i forskuddsregisteret.", "{bid} står ikke i forskudsregisteret.",
                                      "{bid} staat niet in het voorheffingsregister."),
    "NOT_FOUND": ("{bid} is not in {registry_name}.", "{bid} puuttuu: {registry_name}.",
                  "{bid} finns inte i {registry_name}.", "{bid} finnes ikke i {registry_name}.",
                  "{bid} findes ikke i {registry_name}.", "{bid} staat niet in {registry_name}."),
    "INVALID_BID": ("{bid} is no business id of {country}.", "{bid} ei ole y-tunnus ({country}).",
                    "{bid} är inget organisationsnummer ({country}).",
                    "{bid} er ikke et organisasjonsnummer ({country}).",
                    "{bid} er ikke et virksomhedsnummer ({country}).", "{bid} is geen bedrijfsnummer ({country})."),
    "NOT_FOUND_NO_BID": ("The sender gives no business id.", "Lähettäjä ei ilmoita y-tunnusta.",
                         "Avsändaren anger inget organisationsnummer.", "Avsenderen oppgir ikke organisasjonsnummer.",
                         "Afsenderen oplyser intet virksomhedsnummer.", "De afzender noemt geen bedrijfsnummer."),
    "INACTIVE": ("{name} is no longer active.", "{name} on lopettanut toimintansa.", "{name} är inte längre aktivt.",
                 "{name} er ikke lenger aktivt.", "{name} er ikke længere aktivt.", "{name} is niet meer actief."),
    "UNDER_LIQUIDATION": ("{name} is under liquidation.", "{name} on selvitystilassa.", "{name} är i likvidation.",
                          "{name} er under avvikling.", "{name} er under likvidation.",
                          "{name} is in liquidatie."),
    "UNDER_REORGANIZATION": ("{name} is under reorganization.", "{name} on yrityssaneerauksessa.",
                             "{name} är under rekonstruktion.", "{name} er under rekonstruksjon.",
                             "{name} er under rekonstruktion.", "{name} wordt gereorganiseerd."),
    "BANKRUPT": ("{name} is bankrupt.", "{name} on konkurssissa.", "{name} är i konkurs.", "{name} er konkurs.",
                 "{name} er konkurs.", "{name} is failliet."),
    "ON_HOLD": ("{name} has suspended its business.", "{name} on keskeyttänyt toimintansa.",
                "{name} har uppehåll i verksamheten.", "{name} har innstilt virksomheten.",
                "{name} har indstillet driften.", "{name} heeft de activiteiten gestaakt."),
    "COUNTRY_NOT_SUPPORTED": ("{country} has no register that can be asked.", "Maan {country} rekisteriä ei voi kysyä.",
                              "Inget register för {country}.", "Ikke noe register for {country}.",
                              "Intet register for {country}.", "Geen register voor {country}."),
    "SENDER_WARNING_LIST_NOT_FOUND": ("{name} is on no warning list.", "{name} ei ole varoituslistalla.",
                                      "{name} finns inte på någon varningslista.",
                                      "{name} står ikke på noen varslingsliste.",
                                      "{name} står ikke på en advarselsliste.",
                                      "{name} staat niet op een waarschuwingslijst."),
    "SENDER_WARNING_LIST_FOUND": ("{name} is on a warning list: {sources}.", "{name} on varoituslistalla: {sources}.",
                                  "{name} finns på en varningslista: {sources}.",
                                  "{name} står på en varslingsliste: {sources}.",
                                  "{name} står på en advarselsliste: {sources}.",
                                  "{name} staat op een waarschuwingslijst: {sources}."),
    "USER_REPORTED_FOUND": ("{name} was reported by users: {reporter_count}.",
                            "Käyttäjien ilmoituksia: {reporter_count} ({name}).",
                            "{name} har anmälts av användare: {reporter_count}.",
                            "{name} er rapportert av brukere: {reporter_count}.",
                            "{name} er anmeldt af brugere: {reporter_count}.",
                            "{name} is door gebruikers gemeld: {reporter_count}."),
    "COMPANY_REGISTERED": ("{bid} is registered for VAT.", "{bid} on alv-rekisterissä.", "{bid} är momsregistrerat.",
                           "{bid} er mva-registrert.", "{bid} er momsregistreret.", "{bid} is btw-plichtig."),
    "COMPANY_NOT_REGISTERED": ("{bid} charges VAT, but is not registered for it.",
                               "{bid} veloittaa alv:n, mutta ei ole rekisterissä.",
                               "{bid} tar ut moms men är inte momsregistrerat.",
                               "{bid} krever mva uten å være registrert.",
                               "{bid} opkræver moms uden at være registreret.",
                               "{bid} rekent btw, maar is niet geregistreerd."),
    "NO_VAT_CHARGED": ("No VAT is charged.", "Alv:tä ei veloiteta.", "Ingen moms tas ut.", "Det kreves ikke mva.",
                       "Der opkræves ingen moms.", "Er wordt geen btw berekend."),
}  # fmt: skip


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


def sentences(check: str, reason: str, data: dict[str, Any]) -> list[dict[str, str]]:
    """The finding in every language, placeholders filled; unknown data shows as a dash."""
    texts = _SENTENCES.get(f"{check}_{reason}") or _SENTENCES[reason]
    known = _Known({name: ", ".join(value) if isinstance(value, list) else value for name, value in data.items()})
    return [
        {"lang": language, "value": text.format_map(known)}
        for language, text in zip(detect_texts.LANGUAGES, texts, strict=True)
    ]


def in_language(translations: list[dict[str, str]], language: str) -> str:
    return next((item["value"] for item in translations if item["lang"] == language), translations[0]["value"])
