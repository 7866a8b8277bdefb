"""
The portal's own texts of reminders, one a language, for accounts that wrote none.

We do not know the link to sign: only Visma Sign's own mail holds it. So the text leads the signer to that mail.
"""

# ruff: noqa: E501  a paragraph of a mail is one line: the reader's program breaks it

from collections.abc import Mapping
from typing import NamedTuple


class Text(NamedTuple):
    subject: str
    body: str


# Placeholders that a text may hold, and what each stands for is in `companies.reminders.letters`.
DEFAULTS: Mapping[str, Text] = {
    "EN": Text(
        "Please sign by {expires}: authorization of {first_company}",
        """Hello {signer},

On {sent} you received an e-mail from Visma Sign asking you to sign an authorization, so that e-invoices can be sent and received for:

{companies}

It has not been signed yet. The link in that e-mail works until {expires}.

Please look for the message from Visma Sign, also among spam, open its link and sign. If you cannot find it, or if somebody else should sign, just answer this e-mail and we will send a new one.

If you have signed in the meantime, you need not do anything.

Kind regards
{partner}
""",
    ),
    "FI": Text(
        "Allekirjoitathan viimeistään {expires}: {first_company}, valtuutus",
        """Hei {signer},

Sait {sent} Visma Signilta sähköpostin, jossa sinua pyydettiin allekirjoittamaan valtuutus verkkolaskujen lähettämistä ja vastaanottamista varten. Valtuutus koskee:

{companies}

Valtuutusta ei ole vielä allekirjoitettu. Viestissä oleva linkki on voimassa {expires} asti.

Etsi Visma Signin viesti, tarvittaessa myös roskapostista, avaa siinä oleva linkki ja allekirjoita. Jos viestiä ei löydy tai allekirjoittajan pitäisi olla joku muu, vastaa tähän viestiin, niin lähetämme uuden pyynnön.

Jos olet jo allekirjoittanut, sinun ei tarvitse tehdä mitään.

Ystävällisin terveisin
{partner}
""",
    ),
    "SE": Text(
        "Signera senast {expires}: fullmakt för {first_company}",
        """Hej {signer},

Den {sent} fick du ett e-postmeddelande från Visma Sign där du ombads signera en fullmakt, så att e-fakturor kan skickas och tas emot för:

{companies}

Fullmakten är ännu inte signerad. Länken i meddelandet gäller till {expires}.

Leta upp meddelandet från Visma Sign, även i skräpposten, öppna länken och signera. Hittar du det inte, eller är det någon annan som ska signera? Svara på det här meddelandet så skickar vi en ny förfrågan.

Har du redan signerat behöver du inte göra något.

Vänliga hälsningar
{partner}
""",
    ),
    "NO": Text(
        "Signer innen {expires}: fullmakt for {first_company}",
        """Hei {signer},

Den {sent} fikk du en e-post fra Visma Sign der du ble bedt om å signere en fullmakt, slik at e-fakturaer kan sendes og mottas for:

{companies}

Fullmakten er ikke signert ennå. Lenken i e-posten virker til {expires}.

Finn e-posten fra Visma Sign, se også i søppelposten, åpne lenken og signer. Finner du den ikke, eller er det en annen som skal signere? Svar på denne e-posten, så sender vi en ny forespørsel.

Har du allerede signert, trenger du ikke å gjøre noe.

Vennlig hilsen
{partner}
""",
    ),
    "DK": Text(
        "Underskriv senest {expires}: fuldmagt for {first_company}",
        """Hej {signer},

Den {sent} modtog du en e-mail fra Visma Sign, hvor du blev bedt om at underskrive en fuldmagt, så e-fakturaer kan sendes og modtages for:

{companies}

Fuldmagten er endnu ikke underskrevet. Linket i e-mailen virker indtil {expires}.

Find e-mailen fra Visma Sign, se også i din spammappe, åbn linket og underskriv. Kan du ikke finde den, eller er det en anden, der skal underskrive? Svar på denne e-mail, så sender vi en ny anmodning.

Har du allerede underskrevet, behøver du ikke gøre noget.

Venlig hilsen
{partner}
""",
    ),
    "NL": Text(
        "Graag ondertekenen vóór {expires}: machtiging voor {first_company}",
        """Beste {signer},

Op {sent} ontving u een e-mail van Visma Sign met het verzoek een machtiging te ondertekenen, zodat e-facturen verstuurd en ontvangen kunnen worden voor:

{companies}

De machtiging is nog niet ondertekend. De link in die e-mail werkt tot {expires}.

Zoek de e-mail van Visma Sign op, kijk ook bij de ongewenste e-mail, open de link en onderteken. Kunt u de e-mail niet vinden, of moet iemand anders ondertekenen? Beantwoord dan deze e-mail; wij sturen een nieuw verzoek.

Hebt u intussen al ondertekend, dan hoeft u niets te doen.

Met vriendelijke groet
{partner}
""",
    ),
}
