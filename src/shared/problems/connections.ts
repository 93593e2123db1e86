import type { ProblemText } from './index'

/** How a call to one of the two systems can end, but for its answer. */
export type CallFault =
  | 'answer_too_large'
  | 'forbidden'
  | 'no_such_route'
  | 'not_found'
  | 'redirected'
  | 'refused'
  | 'timeout'
  | 'too_many_requests'
  | 'unauthorized'
  | 'unavailable'
  | 'unreachable'
  | 'unreadable_answer'

/** What any call to one of the two systems may meet; `shared/api.ts` has the statuses. */
const callsOf = <Area extends 'tribe' | 'poweroffice'>(area: Area, name: string) =>
  ({
    [`${area}.timeout`]: {
      en: `${name} did not answer in time. → Nothing to do: the relay tries again. If it lasts, ask ${name} whether there is a disturbance.`,
      nl: `${name} antwoordde niet op tijd. → U hoeft niets te doen: de koppeling probeert het opnieuw. Blijft het zo, vraag dan bij ${name} naar een storing.`,
      nb: `${name} svarte ikke i tide. → Du trenger ikke gjøre noe: koblingen prøver igjen. Varer det, spør ${name} om det er driftsforstyrrelser.`,
    },
    [`${area}.unreachable`]: {
      en: `${name} could not be reached. → Nothing to do: the relay tries again. If it lasts, the operator checks the address of the API.`,
      nl: `${name} was niet bereikbaar. → U hoeft niets te doen: de koppeling probeert het opnieuw. Blijft het zo, dan controleert de beheerder het adres van de API.`,
      nb: `${name} kunne ikke nås. → Du trenger ikke gjøre noe: koblingen prøver igjen. Varer det, kontrollerer driftsansvarlig adressen til API-et.`,
    },
    [`${area}.unavailable`]: {
      en: `${name} is out of order for the moment. → Nothing to do: the relay tries again.`,
      nl: `${name} is op dit moment niet beschikbaar. → U hoeft niets te doen: de koppeling probeert het opnieuw.`,
      nb: `${name} er ikke tilgjengelig akkurat nå. → Du trenger ikke gjøre noe: koblingen prøver igjen.`,
    },
    [`${area}.too_many_requests`]: {
      en: `${name} asks the relay to slow down. → Nothing to do: the relay waits and goes on.`,
      nl: `${name} vraagt de koppeling om rustiger aan te doen. → U hoeft niets te doen: de koppeling wacht en gaat daarna verder.`,
      nb: `${name} ber koblingen om å senke farten. → Du trenger ikke gjøre noe: koblingen venter og fortsetter etterpå.`,
    },
    [`${area}.redirected`]: {
      en: `${name} pointed to another address, which the relay does not follow. → The operator checks the address of the API in the settings of the relay.`,
      nl: `${name} verwees naar een ander adres, en dat volgt de koppeling niet. → De beheerder controleert het adres van de API in de instellingen van de koppeling.`,
      nb: `${name} viste til en annen adresse, og den følger ikke koblingen. → Driftsansvarlig kontrollerer adressen til API-et i innstillingene for koblingen.`,
    },
    [`${area}.no_such_route`]: {
      en: `The gateway of ${name} does not know the call. → The operator checks the address of the API; if it is right, the relay needs an update.`,
      nl: `De gateway van ${name} kent deze aanroep niet. → De beheerder controleert het adres van de API; klopt dat, dan moet de koppeling worden bijgewerkt.`,
      nb: `Gatewayen til ${name} kjenner ikke dette kallet. → Driftsansvarlig kontrollerer adressen til API-et; er den riktig, må koblingen oppdateres.`,
    },
    [`${area}.unreadable_answer`]: {
      en: `${name} answered something that the relay cannot read. → Nothing to do: the relay tries again. If it lasts, tell the operator.`,
      nl: `${name} gaf een antwoord dat de koppeling niet kan lezen. → U hoeft niets te doen: de koppeling probeert het opnieuw. Blijft het zo, meld het dan bij de beheerder.`,
      nb: `${name} ga et svar som koblingen ikke kan lese. → Du trenger ikke gjøre noe: koblingen prøver igjen. Varer det, si fra til driftsansvarlig.`,
    },
    [`${area}.answer_too_large`]: {
      en: `${name} answered more than the relay reads at once (32 MiB). → Nothing to do: the relay tries again. If it lasts, tell the operator.`,
      nl: `${name} gaf een groter antwoord dan de koppeling in één keer leest (32 MiB). → U hoeft niets te doen: de koppeling probeert het opnieuw. Blijft het zo, meld het dan bij de beheerder.`,
      nb: `${name} ga et større svar enn koblingen leser på én gang (32 MiB). → Du trenger ikke gjøre noe: koblingen prøver igjen. Varer det, si fra til driftsansvarlig.`,
    },
    [`${area}.unauthorized`]: {
      en: `${name} no longer accepts the access of the relay. → Connect ${name} once more.`,
      nl: `${name} accepteert de toegang van de koppeling niet meer. → Verbind ${name} opnieuw.`,
      nb: `${name} godtar ikke lenger tilgangen til koblingen. → Koble til ${name} på nytt.`,
    },
    [`${area}.forbidden`]: {
      en: `${name} does not allow the relay to do this. → Give the integration the missing right in ${name}, then connect it once more.`,
      nl: `${name} staat dit de koppeling niet toe. → Geef de integratie in ${name} het ontbrekende recht en verbind daarna opnieuw.`,
      nb: `${name} gir ikke koblingen lov til dette. → Gi integrasjonen tilgangen som mangler i ${name}, og koble deretter til på nytt.`,
    },
    [`${area}.not_found`]: {
      en: `${name} does not have this record now. → Look it up in ${name}: restore it, or relink or forget it in the relay.`,
      nl: `${name} kent deze gegevens niet (meer). → Zoek ze op in ${name}: herstel ze, of leg de koppeling opnieuw of verwijder haar.`,
      nb: `${name} har ikke denne posten (lenger). → Slå den opp i ${name}: gjenopprett den, eller koble den på nytt eller glem den i koblingen.`,
    },
    [`${area}.refused`]: {
      en: `${name} refused what the relay sent; the message has its own words. → Mend what it says in the record, then try again.`,
      nl: `${name} weigerde wat de koppeling stuurde; in de melding staan de eigen woorden van ${name}. → Verbeter wat daar staat in de gegevens en probeer het opnieuw.`,
      nb: `${name} avviste det koblingen sendte; meldingen gjengir det ${name} selv skrev. → Rett det som står der i posten, og prøv igjen.`,
    },
  }) as Readonly<Record<`${Area}.${CallFault}`, ProblemText>>

/** Tribe, PowerOffice, and the relay's own trouble. */
export const CONNECTIONS = {
  ...callsOf('tribe', 'Tribe'),
  ...callsOf('poweroffice', 'PowerOffice'),
  'tribe.credentials_refused': {
    en: 'Tribe does not accept the client id and secret. → Copy both again from Configuration > Applications in Tribe, and connect once more.',
    nl: 'Tribe accepteert de client-id en het geheim niet. → Kopieer beide opnieuw uit Configuratie > Applicaties in Tribe en verbind opnieuw.',
    nb: 'Tribe godtar ikke klient-ID-en og hemmeligheten. → Kopier begge på nytt fra Configuration > Applications i Tribe, og koble til igjen.',
  },
  'tribe.consent_ended': {
    en: 'The access that a user gave in Tribe has ended. → Connect Tribe once more; a user of Tribe gives consent again.',
    nl: 'De toestemming die een gebruiker in Tribe gaf, is vervallen. → Verbind Tribe opnieuw; een gebruiker van Tribe geeft nogmaals toestemming.',
    nb: 'Samtykket som en bruker ga i Tribe, er opphørt. → Koble til Tribe på nytt; en bruker av Tribe gir samtykke igjen.',
  },
  'tribe.consent_not_completed': {
    en: 'Tribe did not take what came back from its consent page. → Begin the connection once more.',
    nl: 'Tribe accepteerde niet wat van de toestemmingspagina terugkwam. → Begin opnieuw met verbinden.',
    nb: 'Tribe godtok ikke det som kom tilbake fra samtykkesiden. → Start tilkoblingen på nytt.',
  },
  'tribe.consent_refused': {
    en: 'The consent was not given in Tribe. → Begin once more, and choose to allow it.',
    nl: 'De toestemming is in Tribe niet gegeven. → Begin opnieuw en kies voor toestaan.',
    nb: 'Samtykket ble ikke gitt i Tribe. → Start på nytt, og velg å tillate.',
  },
  'tribe.consent_not_yours': {
    en: 'This consent would connect a company that you are not logged in for, so nothing was connected. → Do not go on with a link that somebody else has sent you. To connect your own company, begin in its settings.',
    nl: 'Deze toestemming zou een bedrijf verbinden waarvoor u niet bent ingelogd; er is niets verbonden. → Ga niet verder met een link die iemand anders u heeft gestuurd. Begin voor uw eigen bedrijf bij de instellingen ervan.',
    nb: 'Dette samtykket ville ha koblet til et firma du ikke er logget inn for, så ingenting ble koblet til. → Ikke gå videre med en lenke som noen andre har sendt deg. Start i innstillingene for ditt eget firma.',
  },
  'tribe.consent_state_unknown': {
    en: 'Nobody asked for this consent, or too long ago, or it came back before. → Begin the connection once more, and finish it within a quarter of an hour.',
    nl: 'Om deze toestemming is niet gevraagd, te lang geleden gevraagd, of ze kwam al eerder terug. → Begin opnieuw met verbinden en rond het binnen een kwartier af.',
    nb: 'Ingen har bedt om dette samtykket, eller det er for lenge siden, eller det er allerede brukt. → Start tilkoblingen på nytt, og fullfør den innen et kvarter.',
  },
  'tribe.consent_without_offline': {
    en: 'The application in Tribe may not stay connected. → The operator allows it the scope "offline" in Tribe; then begin once more.',
    nl: 'De applicatie in Tribe mag niet verbonden blijven. → De beheerder geeft haar in Tribe de scope "offline"; begin daarna opnieuw.',
    nb: 'Applikasjonen i Tribe har ikke lov til å holde seg tilkoblet. → Driftsansvarlig gir den omfanget "offline" i Tribe; start deretter på nytt.',
  },
  'tribe.application_refused': {
    en: "Tribe does not accept the relay's own application. → The operator mends TRIBE_CLIENT_ID and TRIBE_CLIENT_SECRET, then tries again.",
    nl: 'Tribe accepteert de eigen applicatie van de koppeling niet. → De beheerder herstelt TRIBE_CLIENT_ID en TRIBE_CLIENT_SECRET en probeert het opnieuw.',
    nb: 'Tribe godtar ikke applikasjonen til koblingen. → Driftsansvarlig retter TRIBE_CLIENT_ID og TRIBE_CLIENT_SECRET, og prøver igjen.',
  },
  'tribe.application_missing': {
    en: 'The relay has no application in Tribe, so nobody can be asked for consent. → The operator sets TRIBE_CLIENT_ID and TRIBE_CLIENT_SECRET, or the admin enters client credentials.',
    nl: 'De koppeling heeft geen applicatie in Tribe, dus kan er geen toestemming worden gevraagd. → De beheerder stelt TRIBE_CLIENT_ID en TRIBE_CLIENT_SECRET in, of u voert een client-id en geheim in.',
    nb: 'Koblingen har ingen applikasjon i Tribe, så ingen kan bes om samtykke. → Driftsansvarlig setter TRIBE_CLIENT_ID og TRIBE_CLIENT_SECRET, eller du legger inn klient-ID og hemmelighet.',
  },
  'tribe.other_organization': {
    en: 'This access belongs to another company in Tribe than before. → Connect the right company, or make a new tenant for this one.',
    nl: 'Deze toegang hoort bij een ander bedrijf in Tribe dan voorheen. → Verbind het juiste bedrijf, of voeg dit bedrijf apart toe.',
    nb: 'Denne tilgangen hører til et annet firma i Tribe enn før. → Koble til riktig firma, eller opprett et nytt firma i koblingen for dette.',
  },
  'tribe.organization_taken': {
    en: 'Another tenant of this relay serves this company of Tribe. → Connect the right company; or the admin of that tenant deletes it first.',
    nl: 'Een ander bedrijf in deze koppeling bedient dit bedrijf in Tribe al. → Verbind het juiste bedrijf; of de beheerder van dat bedrijf koppelt het eerst los.',
    nb: 'Et annet firma i denne koblingen bruker allerede dette firmaet i Tribe. → Koble til riktig firma; eller administratoren av det andre firmaet kobler det fra først.',
  },
  'tribe.identity_unclear': {
    en: 'Tribe names no own organisation, or several. → Leave exactly one own organisation that the application can see in Tribe, then connect once more.',
    nl: 'Tribe noemt geen eigen organisatie, of meerdere. → Zorg dat de applicatie in Tribe precies één eigen organisatie ziet en verbind opnieuw.',
    nb: 'Tribe oppgir ingen egen organisasjon, eller flere. → Sørg for at applikasjonen ser nøyaktig én egen organisasjon i Tribe, og koble til på nytt.',
  },
  'tribe.foreign_link': {
    en: 'Tribe pointed to another host for the next page of a list. → The operator checks TRIBE_API_URL.',
    nl: 'Tribe verwees voor de volgende pagina van een lijst naar een andere server. → De beheerder controleert TRIBE_API_URL.',
    nb: 'Tribe viste til en annen server for neste side i en liste. → Driftsansvarlig kontrollerer TRIBE_API_URL.',
  },
  'poweroffice.onboarding_unavailable': {
    en: 'PowerOffice does not open its consent page for this relay. → The operator asks go-api@poweroffice.no to allow the return address; until then, enter the client key.',
    nl: 'PowerOffice opent zijn toestemmingspagina niet voor deze koppeling. → De beheerder vraagt go-api@poweroffice.no om het retouradres toe te staan; voer tot die tijd de client key in.',
    nb: 'PowerOffice åpner ikke samtykkesiden for denne koblingen. → Driftsansvarlig ber go-api@poweroffice.no om å tillate returadressen; legg inn klientnøkkelen inntil videre.',
  },
  'poweroffice.consent_state_unknown': {
    en: 'Nobody asked for this consent in PowerOffice, or too long ago, or it came back before. → Begin the connection once more, and finish it within a quarter of an hour.',
    nl: 'Om deze toestemming in PowerOffice is niet gevraagd, te lang geleden gevraagd, of ze kwam al eerder terug. → Begin opnieuw met verbinden en rond het binnen een kwartier af.',
    nb: 'Ingen har bedt om dette samtykket i PowerOffice, eller det er for lenge siden, eller det er allerede brukt. → Start tilkoblingen på nytt, og fullfør den innen et kvarter.',
  },
  'poweroffice.consent_refused': {
    en: 'The consent was not given in PowerOffice. → Begin once more, and choose to allow it.',
    nl: 'De toestemming is in PowerOffice niet gegeven. → Begin opnieuw en kies voor toestaan.',
    nb: 'Samtykket ble ikke gitt i PowerOffice. → Start på nytt, og velg å tillate.',
  },
  'poweroffice.consent_client_not_found': {
    en: 'PowerOffice does not know the client that was asked for. → Check the organisation number, and begin once more.',
    nl: 'PowerOffice kent de gevraagde client niet. → Controleer het organisatienummer en begin opnieuw.',
    nb: 'PowerOffice kjenner ikke klienten det ble spurt etter. → Kontroller organisasjonsnummeret, og start på nytt.',
  },
  'poweroffice.consent_no_access': {
    en: 'Whoever logged in at PowerOffice may not add integrations to this client. → Let an administrator of the client in PowerOffice Go give the consent.',
    nl: 'Wie bij PowerOffice inlogde, mag aan deze client geen integraties toevoegen. → Laat een administrator van de client in PowerOffice Go de toestemming geven.',
    nb: 'Den som logget inn i PowerOffice, kan ikke legge til integrasjoner for denne klienten. → La en administrator for klienten i PowerOffice Go gi samtykket.',
  },
  'poweroffice.integration_blocked': {
    en: 'PowerOffice has blocked the integration. → The operator asks go-api@poweroffice.no why; nothing can be connected until then.',
    nl: 'PowerOffice heeft de integratie geblokkeerd. → De beheerder vraagt go-api@poweroffice.no waarom; tot die tijd kan niets worden verbonden.',
    nb: 'PowerOffice har sperret integrasjonen. → Driftsansvarlig spør go-api@poweroffice.no om grunnen; inntil da kan ingenting kobles til.',
  },
  'poweroffice.consent_not_completed': {
    en: 'PowerOffice did not take what came back from its consent page, or it names no client. → Begin the connection once more.',
    nl: 'PowerOffice accepteerde niet wat van de toestemmingspagina terugkwam, of er staat geen client in. → Begin opnieuw met verbinden.',
    nb: 'PowerOffice godtok ikke det som kom tilbake fra samtykkesiden, eller det nevner ingen klient. → Start tilkoblingen på nytt.',
  },
  'poweroffice.offboarding_refused': {
    en: 'PowerOffice does not let the relay take the integration out of the client, so the company was not disconnected. → Disconnect it without that, and remove the extension in PowerOffice Go under Settings > Extensions.',
    nl: 'PowerOffice staat niet toe dat de koppeling de integratie uit de client verwijdert; het bedrijf is niet losgekoppeld. → Koppel los zonder dit, en verwijder de uitbreiding in PowerOffice Go onder Settings > Extensions.',
    nb: 'PowerOffice lar ikke koblingen fjerne integrasjonen fra klienten, så firmaet ble ikke koblet fra. → Koble fra uten dette, og fjern utvidelsen i PowerOffice Go under Settings > Extensions.',
  },
  'poweroffice.client_key_refused': {
    en: 'PowerOffice does not accept the client key. → Copy it again from Settings > Extensions in PowerOffice Go, and connect once more.',
    nl: 'PowerOffice accepteert de client key niet. → Kopieer hem opnieuw uit Innstillinger > Utvidelser (Settings > Extensions) in PowerOffice Go en verbind opnieuw.',
    nb: 'PowerOffice godtar ikke klientnøkkelen. → Kopier den på nytt fra Innstillinger > Utvidelser i PowerOffice Go, og koble til igjen.',
  },
  'poweroffice.other_client': {
    en: 'This key belongs to another client of PowerOffice than before. → Enter a key of the right client, or make a new tenant for this one.',
    nl: 'Deze sleutel hoort bij een andere administratie in PowerOffice dan voorheen. → Voer een sleutel van de juiste administratie in, of voeg deze als apart bedrijf toe.',
    nb: 'Denne nøkkelen hører til en annen klient i PowerOffice enn før. → Legg inn en nøkkel for riktig klient, eller opprett et nytt firma i koblingen for denne.',
  },
  'poweroffice.client_taken': {
    en: 'Another tenant of this relay serves this client of PowerOffice. → Enter a key of the right client; or the admin of that tenant deletes it first.',
    nl: 'Een ander bedrijf in deze koppeling bedient deze administratie in PowerOffice al. → Voer een sleutel van de juiste administratie in; of de beheerder van dat bedrijf koppelt het eerst los.',
    nb: 'Et annet firma i denne koblingen bruker allerede denne klienten i PowerOffice. → Legg inn en nøkkel for riktig klient; eller administratoren av det andre firmaet kobler det fra først.',
  },
  'poweroffice.identity_unclear': {
    en: 'PowerOffice does not say which client this key belongs to. → Ask PowerOffice to grant CommonServices to the integration, then connect once more.',
    nl: 'PowerOffice zegt niet bij welke administratie deze sleutel hoort. → Vraag PowerOffice de integratie het recht CommonServices te geven en verbind opnieuw.',
    nb: 'PowerOffice sier ikke hvilken klient denne nøkkelen hører til. → Be PowerOffice gi integrasjonen rettigheten CommonServices, og koble til igjen.',
  },
  'relay.unexpected': {
    en: 'The relay met something that it did not expect. → Try again; if it comes back, tell the operator the code and the time.',
    nl: 'De koppeling kwam iets onverwachts tegen. → Probeer het opnieuw; komt het terug, geef de beheerder dan de code en het tijdstip door.',
    nb: 'Koblingen møtte noe uventet. → Prøv igjen; kommer det tilbake, gi driftsansvarlig koden og tidspunktet.',
  },
  'relay.database_unavailable': {
    en: "The relay's own database did not answer. → Nothing to do: the relay tries again.",
    nl: 'De eigen database van de koppeling antwoordde niet. → U hoeft niets te doen: de koppeling probeert het opnieuw.',
    nb: 'Databasen til koblingen svarte ikke. → Du trenger ikke gjøre noe: koblingen prøver igjen.',
  },
  'relay.gate_unavailable': {
    en: 'The part of the relay that spreads calls to PowerOffice did not answer. → Nothing to do: the relay tries again.',
    nl: 'Het onderdeel van de koppeling dat de aanroepen naar PowerOffice verdeelt, antwoordde niet. → U hoeft niets te doen: de koppeling probeert het opnieuw.',
    nb: 'Delen av koblingen som fordeler kallene til PowerOffice, svarte ikke. → Du trenger ikke gjøre noe: koblingen prøver igjen.',
  },
  'relay.object_unavailable': {
    en: 'The relay is being renewed, or has much to do, and did not answer. → Nothing to do: try again in a moment.',
    nl: 'De koppeling wordt vernieuwd of heeft het druk, en antwoordde niet. → U hoeft niets te doen: probeer het zo meteen opnieuw.',
    nb: 'Koblingen blir fornyet eller har mye å gjøre, og svarte ikke. → Du trenger ikke gjøre noe: prøv igjen om et øyeblikk.',
  },
  'relay.settings_changed': {
    en: 'Settings changed while this record was looked at. → Nothing to do: the relay looks again by the new ones.',
    nl: 'De instellingen zijn gewijzigd terwijl dit record werd bekeken. → U hoeft niets te doen: de koppeling kijkt opnieuw, volgens de nieuwe instellingen.',
    nb: 'Innstillingene ble endret mens denne posten ble behandlet. → Du trenger ikke gjøre noe: koblingen ser på den igjen etter de nye innstillingene.',
  },
  'settings.invalid': {
    en: 'A setting of the relay is missing or malformed; the message names it. → The operator mends that setting and deploys again.',
    nl: 'Een instelling van de koppeling ontbreekt of klopt niet; de melding noemt welke. → De beheerder herstelt die instelling en rolt de koppeling opnieuw uit.',
    nb: 'En innstilling i koblingen mangler eller er feil; meldingen sier hvilken. → Driftsansvarlig retter innstillingen og ruller ut på nytt.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>
