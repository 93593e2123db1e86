import type { ProblemText } from './index'

/** What the API answers to a request that cannot be done. */
export const REQUESTS = {
  'request.invalid': {
    en: 'The request does not have the form that is expected. → Mend what `details.faults` names; GET /openapi.json describes each call.',
    nl: 'Het verzoek heeft niet de verwachte vorm. → Verbeter wat `details.faults` noemt; GET /openapi.json beschrijft elke aanroep.',
    nb: 'Forespørselen har ikke formen som ventes. → Rett det `details.faults` nevner; GET /openapi.json beskriver hvert kall.',
  },
  'request.not_json': {
    en: 'The body of the request is not JSON. → Send JSON.',
    nl: 'De inhoud van het verzoek is geen JSON. → Stuur JSON.',
    nb: 'Innholdet i forespørselen er ikke JSON. → Send JSON.',
  },
  'request.too_large': {
    en: 'The body of the request is larger than 1 MiB (64 KiB under /console). → Send less at once.',
    nl: 'De inhoud van het verzoek is groter dan 1 MiB (64 KiB onder /console). → Stuur minder tegelijk.',
    nb: 'Innholdet i forespørselen er større enn 1 MiB (64 KiB under /console). → Send mindre om gangen.',
  },
  'request.https_only': {
    en: 'The request came over plain http, so its token may have been read on the way. → Ask by https, and make a new token.',
    nl: 'Het verzoek kwam via gewone http; het token kan onderweg zijn gelezen. → Gebruik https en maak een nieuw token.',
    nb: 'Forespørselen kom over vanlig http, så tokenet kan være lest underveis. → Bruk https, og lag et nytt token.',
  },
  'request.unauthorized': {
    en: 'There is no admin token, or not a right one. → Send the token of the tenant or of the operator: Authorization: Bearer …',
    nl: 'Het beheertoken ontbreekt of klopt niet. → Stuur het token van het bedrijf of van de beheerder mee: Authorization: Bearer …',
    nb: 'Administratortokenet mangler eller er feil. → Send tokenet til firmaet eller driftsansvarlig: Authorization: Bearer …',
  },
  'request.too_many_attempts': {
    en: 'Too many wrong tokens came from this address. → Wait as long as Retry-After says; a right token waits, too.',
    nl: 'Van dit adres kwamen te veel verkeerde tokens. → Wacht zo lang als Retry-After aangeeft; ook een juist token moet wachten.',
    nb: 'Det kom for mange gale tokener fra denne adressen. → Vent så lenge Retry-After sier; et riktig token må også vente.',
  },
  'request.too_many': {
    en: 'More was asked for this company than sixty times in a minute (searches, lists, previews, connecting, exports). → Wait as long as Retry-After says.',
    nl: 'Voor dit bedrijf is meer dan zestig keer per minuut iets opgevraagd (zoeken, lijsten, proefronden, verbinden, exports). → Wacht zo lang als Retry-After aangeeft.',
    nb: 'Det ble spurt mer enn seksti ganger i minuttet for dette firmaet (søk, lister, forhåndsvisninger, tilkobling, eksport). → Vent så lenge Retry-After sier.',
  },
  'request.foreign_form': {
    en: 'This form did not come from the console, so nothing was changed. → Open the page again and send the form from there.',
    nl: 'Dit formulier kwam niet van de console; er is niets gewijzigd. → Open de pagina opnieuw en verstuur het formulier daar.',
    nb: 'Dette skjemaet kom ikke fra konsollen, så ingenting er endret. → Åpne siden på nytt, og send skjemaet derfra.',
  },
  'request.foreign_origin': {
    en: 'The request comes from a page of another site, so it was not taken. → Connect an assistant from its own program, with a token.',
    nl: 'Het verzoek komt van een pagina van een andere site en is niet aangenomen. → Verbind een assistent vanuit zijn eigen programma, met een token.',
    nb: 'Forespørselen kommer fra en side på et annet nettsted og ble ikke tatt imot. → Koble til en assistent fra dens eget program, med et token.',
  },
  'assistant.not_confirmed': {
    en: 'An assistant wanted to do something without a right confirmation, so nothing was done. → Let it call `preview` first, look at what it shows, and agree.',
    nl: 'Een assistent wilde iets doen zonder juiste bevestiging; er is niets gedaan. → Laat hem eerst `preview` aanroepen, bekijk wat die toont en ga akkoord.',
    nb: 'En assistent ville gjøre noe uten riktig bekreftelse, så ingenting ble gjort. → La den kalle `preview` først, se på det den viser, og godta.',
  },
  'request.no_such_route': {
    en: 'There is nothing at this address. → Check the path; GET /docs lists all calls.',
    nl: 'Op dit adres is niets. → Controleer het pad; GET /docs toont alle aanroepen.',
    nb: 'Det finnes ingenting på denne adressen. → Kontroller stien; GET /docs viser alle kall.',
  },
  'webhook.not_from_tribe': {
    en: "A delivery did not carry the tenant's secret or a right signature. → If it was Tribe's, activate the tenant once more, or enter the signing secret that Tribe shows.",
    nl: 'Een aflevering droeg niet het geheim van het bedrijf of een juiste handtekening. → Kwam ze van Tribe, activeer het bedrijf dan opnieuw, of voer het ondertekeningsgeheim in dat Tribe toont.',
    nb: 'En levering hadde verken hemmeligheten til firmaet eller riktig signatur. → Kom den fra Tribe, aktiver firmaet på nytt, eller legg inn signeringshemmeligheten som Tribe viser.',
  },
  'tenant.unknown': {
    en: 'There is no such tenant, or this token does not reach it. → Check the id and the token.',
    nl: 'Dit bedrijf bestaat niet, of dit token geeft er geen toegang toe. → Controleer het id en het token.',
    nb: 'Firmaet finnes ikke, eller tokenet gir ikke tilgang til det. → Kontroller ID-en og tokenet.',
  },
  'tenant.not_ready': {
    en: 'Steps of the activation are still open. → Do what the checklist names.',
    nl: 'Er staan nog stappen van de activering open. → Doe wat de controlelijst noemt.',
    nb: 'Det gjenstår trinn i aktiveringen. → Gjør det sjekklisten nevner.',
  },
  'tenant.not_active': {
    en: 'The tenant is not activated yet. → Activate it first.',
    nl: 'Het bedrijf is nog niet geactiveerd. → Activeer het eerst.',
    nb: 'Firmaet er ikke aktivert ennå. → Aktiver det først.',
  },
  'undo.too_late': {
    en: 'There is no first sync that can be taken back: none has ended within the last 30 days, or it is being taken back already. → Nothing to do.',
    nl: 'Er is geen eerste synchronisatie die kan worden teruggedraaid: in de laatste 30 dagen is er geen voltooid, of ze wordt al teruggedraaid. → U hoeft niets te doen.',
    nb: 'Det er ingen første synkronisering som kan tas tilbake: ingen er fullført de siste 30 dagene, eller den tas allerede tilbake. → Du trenger ikke gjøre noe.',
  },
  'undo.not_kept': {
    en: 'The values that this change replaced were not kept, or are not kept any more. → Enter the value by hand. For how many days replaced values are kept is chosen under "What is synced" (keepBefore).',
    nl: 'De waarden die deze wijziging verving, zijn niet bewaard, of niet meer. → Voer de waarde met de hand in. Hoeveel dagen vervangen waarden worden bewaard, kiest u onder "Wat wordt gesynchroniseerd" (keepBefore).',
    nb: 'Verdiene som endringen erstattet, er ikke tatt vare på, eller ikke lenger. → Skriv inn verdien for hånd. Hvor mange dager erstattede verdier tas vare på, velger du under «Hva som synkroniseres» (keepBefore).',
  },
  'undo.changed_since': {
    en: 'Somebody has changed one of these fields since, so nothing was taken back. → Look at the record, and enter the value by hand.',
    nl: 'Iemand heeft een van deze velden sindsdien gewijzigd; er is niets teruggedraaid. → Bekijk het record en voer de waarde met de hand in.',
    nb: 'Noen har endret ett av disse feltene siden, så ingenting er tatt tilbake. → Se på posten, og skriv inn verdien for hånd.',
  },
  'undo.not_previewed': {
    en: 'Nobody has seen yet what would be taken back, or it was confirmed already. → Work it out, look at it, then confirm.',
    nl: 'Nog niemand heeft gezien wat zou worden teruggedraaid, of het is al bevestigd. → Laat het uitzoeken, bekijk het en bevestig het dan.',
    nb: 'Ingen har sett ennå hva som ville blitt tatt tilbake, eller det er allerede bekreftet. → Få det regnet ut, se på det, og bekreft så.',
  },
  'dry_run.unknown': {
    en: 'There is no such dry run, or it is more than an hour old. → Try the change once more.',
    nl: 'Deze uitkomst bestaat niet, of is meer dan een uur oud. → Probeer de wijziging nog eens uit.',
    nb: 'Dette resultatet finnes ikke, eller er mer enn en time gammelt. → Prøv endringen en gang til.',
  },
  'job.unknown': {
    en: 'There is no such job (any more). → Nothing to do: it is done, or the record was looked at since.',
    nl: 'Deze taak bestaat niet (meer). → U hoeft niets te doen: ze is klaar, of er is intussen al naar gekeken.',
    nb: 'Oppgaven finnes ikke (lenger). → Du trenger ikke gjøre noe: den er utført, eller posten er sett på siden.',
  },
  'record.not_detached': {
    en: 'Both sides of this record are there, so nothing has to be made again. → Relink or forget it if it is the wrong pair.',
    nl: 'Beide kanten zijn aanwezig, dus er hoeft niets opnieuw te worden gemaakt. → Leg de koppeling opnieuw of verwijder haar als het paar niet klopt.',
    nb: 'Begge sider av posten finnes, så ingenting må opprettes på nytt. → Koble den på nytt eller glem den hvis paret er galt.',
  },
  'decision.twice': {
    en: 'Two records of PowerOffice were to be linked to one of Tribe. → Choose another record for one of them.',
    nl: 'Twee gegevens uit PowerOffice zouden aan één in Tribe worden gekoppeld. → Kies voor een van beide iets anders.',
    nb: 'To poster i PowerOffice skulle kobles til én i Tribe. → Velg en annen post for en av dem.',
  },
  'mapping.twice': {
    en: 'A unit or VAT group is mapped twice. → Keep one of the two rows.',
    nl: 'Een eenheid of btw-groep is twee keer gekoppeld. → Laat één van beide regels staan.',
    nb: 'En enhet eller mva-gruppe er knyttet to ganger. → Behold én av linjene.',
  },
  'mapping.unit_unknown': {
    en: 'Tribe has no such unit. → Choose one from the list; read the lists anew if it was just made.',
    nl: 'Tribe kent deze eenheid niet. → Kies er een uit de lijst; lees de lijsten opnieuw in als de eenheid net is gemaakt.',
    nb: 'Tribe har ingen slik enhet. → Velg en fra listen; les listene på nytt hvis den nettopp er laget.',
  },
  'mapping.unit_code_unknown': {
    en: 'PowerOffice has no such unit. → Choose one of its units from the list.',
    nl: 'PowerOffice kent deze eenheid niet. → Kies een van de eenheden uit de lijst.',
    nb: 'PowerOffice har ingen slik enhet. → Velg en av enhetene i listen.',
  },
  'mapping.vat_group_unknown': {
    en: 'Tribe has no such VAT group. → Choose one from the list; read the lists anew if it was just made.',
    nl: 'Tribe kent deze btw-groep niet. → Kies er een uit de lijst; lees de lijsten opnieuw in als de groep net is gemaakt.',
    nb: 'Tribe har ingen slik mva-gruppe. → Velg en fra listen; les listene på nytt hvis den nettopp er laget.',
  },
  'mapping.vat_code_unknown': {
    en: 'PowerOffice has no such active VAT code. → Choose one from the list, or activate it in PowerOffice.',
    nl: 'PowerOffice heeft deze btw-code niet, of ze is niet actief. → Kies er een uit de lijst, of activeer haar in PowerOffice.',
    nb: 'PowerOffice har ingen slik aktiv mva-kode. → Velg en fra listen, eller aktiver den i PowerOffice.',
  },
  'mapping.account_unknown': {
    en: 'PowerOffice has no such income account. → Choose one from the list.',
    nl: 'PowerOffice heeft deze omzetrekening niet. → Kies er een uit de lijst.',
    nb: 'PowerOffice har ingen slik inntektskonto. → Velg en fra listen.',
  },
  'mapping.account_archived': {
    en: 'The sales account is archived in PowerOffice. → Choose an active one, or activate it there.',
    nl: 'De omzetrekening is in PowerOffice gearchiveerd. → Kies een actieve, of activeer haar daar.',
    nb: 'Salgskontoen er arkivert i PowerOffice. → Velg en aktiv konto, eller aktiver den der.',
  },
  'mapping.account_has_other_vat': {
    en: 'The sales account carries another VAT code. → Choose an account that carries the code, or change it in PowerOffice.',
    nl: 'De omzetrekening heeft een andere btw-code. → Kies een rekening met deze code, of wijzig haar in PowerOffice.',
    nb: 'Salgskontoen har en annen mva-kode. → Velg en konto med denne koden, eller endre den i PowerOffice.',
  },
  'mapping.account_missing': {
    en: 'No income account of PowerOffice carries this VAT code. → Give one the code in PowerOffice, then map it.',
    nl: 'Geen enkele omzetrekening in PowerOffice heeft deze btw-code. → Geef er in PowerOffice een die code en koppel daarna.',
    nb: 'Ingen inntektskonto i PowerOffice har denne mva-koden. → Gi en konto koden i PowerOffice, og knytt deretter.',
  },
  'mapping.account_ambiguous': {
    en: 'Several income accounts carry this VAT code. → Name the sales account that is meant.',
    nl: 'Meerdere omzetrekeningen hebben deze btw-code. → Geef aan welke omzetrekening bedoeld is.',
    nb: 'Flere inntektskontoer har denne mva-koden. → Oppgi hvilken salgskonto som gjelder.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>
