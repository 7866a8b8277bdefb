"""
What columns are called, in English, Finnish, Swedish, Norwegian, Danish and Dutch.

Compared without case, blanks, signs and diacritics, so that "Y-tunnus", "y tunnus" and "YTUNNUS" are one.
"""

SYNONYMS: dict[str, str] = {
    "name": """
        name, company, company name, legal name, registered name, customer, customer name, client, client name
        nimi, yritys, yrityksen nimi, yritysnimi, toiminimi, asiakas, asiakkaan nimi, asiakasnimi
        namn, företag, företagsnamn, företagets namn, bolag, bolagsnamn, kund, kundnamn, firma
        navn, firmanavn, firmaets navn, foretak, foretaksnavn, selskap, selskapsnavn, kunde, kundenavn
        virksomhed, virksomhedsnavn, virksomhedens navn, selskabsnavn, selskab
        naam, bedrijf, bedrijfsnaam, klant, klantnaam, handelsnaam, statutaire naam""",
    "bid": """
        bid, business id, business identity code, company id, company number, registration number, company bid
        organisation number, organization number, org number, org no, orgno, orgnr, vat, vat number, vat no, vat id
        tax id, company registration number, reg no, business number
        y-tunnus, ytunnus, alv-tunnus, alv-numero, yritystunnus, yrityksen tunnus, liiketunnus
        organisationsnummer, orgnummer, org.nr, org nummer, momsnummer, momsregistreringsnummer, personnummer
        organisasjonsnummer, mva-nummer, foretaksnummer
        cvr, cvr-nummer, cvr nr, cvrnr, se-nummer, momsnr
        kvk, kvk-nummer, kvknr, kvk nr, btw, btw-nummer, btw nr, handelsregisternummer, ondernemingsnummer
        btw-identificatienummer""",
    "country": """
        country, country code, land code, iso country, maa, maakoodi, maatunnus, land, landskod, landkod
        landkode, landekode, landcode""",
    "address1": """
        address1, address, street, street address, address 1, address line 1, postal address, visiting address
        osoite, katuosoite, lähiosoite, postiosoite, käyntiosoite, osoite 1, osoiterivi 1
        adress, gatuadress, gata, postadress, besöksadress, adress 1, adressrad 1, utdelningsadress
        adresse, gateadresse, gate, postadresse, besøksadresse, adresse 1, adresselinje 1
        gade, vej, gadenavn, vejnavn
        adres, straat, straatnaam, adres 1, adresregel 1, postadres, bezoekadres, straat en huisnummer""",
    "address2": """
        address2, address 2, address line 2, second line, c/o, co address, osoite 2, osoiterivi 2, lisäosoite
        adress 2, adressrad 2, c/o adress, adresse 2, adresselinje 2, c/o adresse, adres 2, adresregel 2""",
    "post_code": """
        post_code, post code, postcode, postal code, zip, zip code, postinumero, postinro, postnummer, postnr
        postal number, post number""",
    "city": """
        city, town, kaupunki, kunta, paikkakunta, kotipaikka, stad, ort, by, sted, kommune, kommun
        plaats, woonplaats, vestigingsplaats, gemeente""",
    "post_office": """
        post_office, post office, postitoimipaikka, toimipaikka, postort, poststed, postby, postdistrikt
        postkantoor, postplaats""",
    "region": """
        region, state, province, state or province, county, maakunta, alue, lääni, län, landskap, fylke
        regio, provincie""",
    "email": """
        email, e-mail, mail, company email, company e-mail, contact email, email address, e-mail address, office email
        sähköposti, sähköpostiosoite, yrityksen sähköposti, sposti, s-posti
        e-post, epost, e-postadress, mejl, mejladress, mailadress, företagets e-post
        e-postadresse, epostadresse, firmaets e-post, mailadresse, e-mailadresse, firma e-mail
        virksomhedens e-mail, e-mailadres, emailadres, bedrijfsmail, e-mail bedrijf""",
    "signer_name": """
        signer_name, signer, signer name, signers name, signatory, signatory name, name of signer, authorized person
        allekirjoittaja, allekirjoittajan nimi, nimenkirjoittaja
        undertecknare, undertecknarens namn, firmatecknare, firmatecknarens namn, signatär
        signatar, underskriver, underskrivers navn, signerer, signaturberettiget
        underskriverens navn, tegningsberettiget, tegningsberettigets navn
        ondertekenaar, naam ondertekenaar, tekenbevoegde, naam tekenbevoegde""",
    "auth_email": """
        auth_email, auth email, signer email, signer e-mail, signers email, signers e-mail, signatory email
        authorization email, email of signer, signatory e-mail
        allekirjoittajan sähköposti, nimenkirjoittajan sähköposti, allekirjoittajan sähköpostiosoite
        undertecknarens e-post, undertecknarens epost, firmatecknarens e-post, firmatecknares e-post
        undertecknare e-post, signatärens e-post
        underskrivers e-post, underskriver e-post, signatars e-post, signerers e-post
        underskrivers e-mail, underskriverens e-mail, underskriver e-mail, tegningsberettigets e-mail
        e-mail ondertekenaar, e-mailadres ondertekenaar, email ondertekenaar, e-mail tekenbevoegde""",
    "locale": """
        locale, language, document language, signing language, lang, kieli, asiakirjan kieli, allekirjoituskieli
        språk, dokumentspråk, sprog, dokumentsprog, taal, documenttaal""",
    "networks": """
        networks, network, invoice networks, verkot, verkostot, verkko, verkosto, nätverk, nettverk, netværk
        netwerk, netwerken""",
    "method": """
        method, authorization method, signing method, way to authorize, tapa, valtuutustapa, menetelmä
        metod, sätt, auktoriseringssätt, signeringsmetod, metode, måte, signeringsmetode, godkendelsesmetode
        methode, wijze, machtigingswijze""",
    "authorization_id": """
        authorization_id, authorization id, traceable id, kyc id, kyc, contract number, contract id, agreement number
        valtuutustunnus, sopimusnumero, sopimuksen numero, avtalsnummer, avtals-id, avtalenummer, avtale-id
        aftalenummer, aftale-id, contractnummer, machtigings-id""",
}
# Columns that our own download adds; they say nothing of the company.
OURS = "errors, what is wrong"
COUNTRIES: dict[str, str] = {
    "FI": "finland, suomi",
    "SE": "sweden, ruotsi, sverige, zweden",
    "NO": "norway, norja, norge, noorwegen",
    "DK": "denmark, tanska, danmark, denemarken",
    "NL": "netherlands, the netherlands, alankomaat, hollanti, nederländerna, holland, nederland, nederlandene",
    "BE": "belgium, belgia, belgien, belgië, belgie",
    "EE": "estonia, viro, estland, eesti",
    "DE": "germany, saksa, tyskland, duitsland, deutschland",
    "LV": "latvia, lettland, letland, latvija",
    "IT": "italy, italia, italien, italië",
    "PL": "poland, puola, polen, polska",
}
