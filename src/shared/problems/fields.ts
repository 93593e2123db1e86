import type { ProblemText } from './index'

/** Fields that an admin maps beyond those that every tenant has. */
export const FIELDS = {
  'field.unknown': {
    en: 'A row names a field that Tribe or PowerOffice does not have for this kind of record. → Choose a field from the list.',
    nl: 'Een regel noemt een veld dat Tribe of PowerOffice voor dit soort record niet heeft. → Kies een veld uit de lijst.',
    nb: 'En rad nevner et felt som Tribe eller PowerOffice ikke har for denne typen post. → Velg et felt fra listen.',
  },
  'field.read_only': {
    en: 'A row would write to a field that is only read. → Choose the other direction, or another field.',
    nl: 'Een regel zou schrijven in een veld dat alleen gelezen kan worden. → Kies de andere richting, of een ander veld.',
    nb: 'En rad ville skrive til et felt som bare kan leses. → Velg den andre retningen, eller et annet felt.',
  },
  'field.type_differs': {
    en: 'The two fields of a row hold different types of values. → Choose fields of the same type.',
    nl: 'De twee velden van een regel bevatten verschillende soorten waarden. → Kies velden van hetzelfde type.',
    nb: 'De to feltene i en rad inneholder ulike typer verdier. → Velg felt av samme type.',
  },
  'field.mapped_twice': {
    en: 'Two rows write to the same field. → Remove one of them.',
    nl: 'Twee regels schrijven in hetzelfde veld. → Verwijder er een.',
    nb: 'To rader skriver til det samme feltet. → Fjern en av dem.',
  },
  'field.direction_impossible': {
    en: 'A field cannot go in the direction that its row says. → Choose the other direction.',
    nl: 'Een veld kan niet in de richting die de regel aangeeft. → Kies de andere richting.',
    nb: 'Et felt kan ikke gå i retningen som raden sier. → Velg den andre retningen.',
  },
  'field.no_metadata': {
    en: 'Tribe shows no metadata to this application, so nobody knows which fields it has. → Let the application read metadata in Tribe, then try again.',
    nl: 'Tribe toont deze applicatie geen metadata, dus niemand weet welke velden er zijn. → Laat de applicatie in Tribe metadata lezen en probeer het opnieuw.',
    nb: 'Tribe viser ingen metadata til denne applikasjonen, så ingen vet hvilke felt den har. → La applikasjonen lese metadata i Tribe, og prøv igjen.',
  },
  'field.not_allowed': {
    en: 'PowerOffice does not let the integration read what a mapped field is made of; its row rests. → Ask PowerOffice (go-api@poweroffice.no) to grant the integration the right, or remove the row; it then goes on by itself.',
    nl: 'PowerOffice laat de integratie niet lezen waaruit een gekoppeld veld bestaat; de regel rust. → Vraag PowerOffice (go-api@poweroffice.no) de integratie dit recht te geven, of verwijder de regel; het gaat daarna vanzelf verder.',
    nb: 'PowerOffice lar ikke integrasjonen lese det et koblet felt består av; raden hviler. → Be PowerOffice (go-api@poweroffice.no) gi integrasjonen rettigheten, eller fjern raden; den går deretter videre av seg selv.',
  },
  'field.gone': {
    en: 'A mapped field is not there any more; its row rests, and everything else goes on. → Bring the field back, or map another one under Fields; the row then goes on by itself.',
    nl: 'Een gekoppeld veld bestaat niet meer; de regel rust, en al het andere gaat door. → Maak het veld weer aan, of koppel een ander veld onder Velden; de regel gaat daarna vanzelf verder.',
    nb: 'Et koblet felt finnes ikke lenger; raden hviler, og alt annet går videre. → Opprett feltet igjen, eller koble et annet under Felt; raden går deretter videre av seg selv.',
  },
  'field.type_changed': {
    en: 'A mapped field has become one of another type; its row rests, and everything else goes on. → Map it anew under Fields, or give the field its type back; the row then goes on by itself.',
    nl: 'Een gekoppeld veld heeft een ander type gekregen; de regel rust, en al het andere gaat door. → Koppel het opnieuw onder Velden, of geef het veld zijn type terug; de regel gaat daarna vanzelf verder.',
    nb: 'Et koblet felt har fått en annen type; raden hviler, og alt annet går videre. → Koble det på nytt under Felt, eller gi feltet typen tilbake; raden går deretter videre av seg selv.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>
