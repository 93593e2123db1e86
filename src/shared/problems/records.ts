import type { ProblemText } from './index'

/** What stands in the way of single records: relations, products, mappings. */
export const RECORDS = {
  'unit.unmapped': {
    en: 'The unit of the product has no counterpart in PowerOffice. → Map it on the tab Units; the product then goes by itself.',
    nl: 'De eenheid van het product is niet gekoppeld aan een eenheid in PowerOffice. → Koppel haar op het tabblad Eenheden; het product gaat daarna vanzelf mee.',
    nb: 'Enheten på produktet er ikke knyttet til en enhet i PowerOffice. → Knytt den på fanen Enheter; produktet går deretter av seg selv.',
  },
  'relation.not_electronic': {
    en: 'The customer was made in PowerOffice and cannot be delivered electronically: it takes no EHF, and has no e-mail address. → Enter an e-mail address and choose e-mail in PowerOffice, if its invoices are not to be printed; set this aside with "Try again".',
    nl: 'De klant is in PowerOffice gemaakt en kan niet elektronisch worden bereikt: geen EHF, en geen e-mailadres. → Vul een e-mailadres in en kies e-mail in PowerOffice als haar facturen niet moeten worden afgedrukt; zet deze melding opzij met "Opnieuw proberen".',
    nb: 'Kunden er opprettet i PowerOffice og kan ikke nås elektronisk: den tar ikke imot EHF og har ingen e-postadresse. → Legg inn en e-postadresse og velg e-post i PowerOffice hvis fakturaene ikke skal skrives ut; legg meldingen til side med «Prøv igjen».',
  },
  'vat.unmapped': {
    en: 'The VAT group or VAT code has no counterpart in the other system. → Map it on the tab VAT groups; what waits then goes by itself.',
    nl: 'De btw-groep of btw-code heeft geen tegenhanger in het andere systeem. → Koppel haar op het tabblad Btw-groepen; wat wacht, gaat daarna vanzelf mee.',
    nb: 'Mva-gruppen eller mva-koden har ingen motpart i det andre systemet. → Knytt den på fanen Mva-grupper; det som venter, går deretter av seg selv.',
  },
  'account.default_gone': {
    en: 'The default ledger account is missing, or not active in PowerOffice any more, and a product without a VAT group needs it. → Choose another one in the settings; what waits then goes by itself.',
    nl: 'De standaardgrootboekrekening ontbreekt of is in PowerOffice niet meer actief, en een product zonder btw-groep heeft haar nodig. → Kies een andere in de instellingen; wat wacht, gaat daarna vanzelf mee.',
    nb: 'Standard salgskonto mangler eller er ikke lenger aktiv i PowerOffice, og et produkt uten mva-gruppe trenger den. → Velg en annen i innstillingene; det som venter, går deretter av seg selv.',
  },
  'phase.gone': {
    en: 'The settings name a phase of invoices that Tribe does not have any more. → Choose another one in the settings.',
    nl: 'De instellingen noemen een factuurfase die Tribe niet meer heeft. → Kies een andere in de instellingen.',
    nb: 'Innstillingene nevner en fakturafase som Tribe ikke har lenger. → Velg en annen i innstillingene.',
  },
  'unit.gone': {
    en: 'A unit is mapped to one that PowerOffice does not have any more. → Map it anew on the tab Units; what waits then goes by itself.',
    nl: 'Een eenheid is gekoppeld aan een die PowerOffice niet meer heeft. → Koppel haar opnieuw op het tabblad Eenheden; wat wacht, gaat daarna vanzelf mee.',
    nb: 'En enhet er knyttet til en som PowerOffice ikke har lenger. → Knytt den på nytt på fanen Enheter; det som venter, går deretter av seg selv.',
  },
  'vat.account_gone': {
    en: 'The sales account of a VAT group is gone, archived, or carries another VAT code now. → Choose another sales account on the tab VAT groups, or put the account right in PowerOffice; what waits then goes by itself.',
    nl: 'De omzetrekening van een btw-groep bestaat niet meer, is gearchiveerd of heeft nu een andere btw-code. → Kies een andere omzetrekening op het tabblad Btw-groepen, of herstel de rekening in PowerOffice; wat wacht, gaat daarna vanzelf mee.',
    nb: 'Salgskontoen til en mva-gruppe er borte, arkivert eller har fått en annen mva-kode. → Velg en annen salgskonto på fanen Mva-grupper, eller rett kontoen i PowerOffice; det som venter, går deretter av seg selv.',
  },
  'product.account_differs': {
    en: 'The VAT group of the product was mapped to another sales account, and the product in PowerOffice still stands on the one of before. → "Try again" moves the product to the account of now; until then its sales are booked on the one of before.',
    nl: 'De btw-groep van het product is aan een andere omzetrekening gekoppeld, en het product staat in PowerOffice nog op de vorige. → "Opnieuw proberen" zet het product op de huidige rekening; tot dan wordt de omzet op de vorige geboekt.',
    nb: 'Mva-gruppen til produktet er knyttet til en annen salgskonto, og produktet i PowerOffice står fortsatt på den forrige. → «Prøv igjen» flytter produktet til kontoen som gjelder nå; til da bokføres salget på den forrige.',
  },
  'payment_term.unknown': {
    en: 'PowerOffice has no active payment term with that many days; the rest was synced. → Add the term in PowerOffice, or change the days in Tribe.',
    nl: 'PowerOffice heeft geen actieve betalingstermijn met dat aantal dagen; de rest is wel bijgewerkt. → Voeg de termijn toe in PowerOffice, of wijzig het aantal dagen in Tribe.',
    nb: 'PowerOffice har ingen aktiv betalingsbetingelse med så mange dager; resten er oppdatert. → Legg til betingelsen i PowerOffice, eller endre antall dager i Tribe.',
  },
  'field.refused': {
    en: 'One of the systems does not take a field as the other holds it; all else of the record was synced. → Correct the field that the message names, or try again once the other system would take it.',
    nl: 'Een van de systemen accepteert een veld niet zoals het andere het heeft; al het overige is wel bijgewerkt. → Verbeter het veld dat de melding noemt, of probeer het opnieuw zodra het andere systeem het wel accepteert.',
    nb: 'Et av systemene godtar ikke et felt slik det andre har det; alt annet på posten er oppdatert. → Rett feltet som meldingen nevner, eller prøv igjen når det andre systemet godtar det.',
  },
  'relation.name_missing': {
    en: 'The relation has no name in Tribe, and PowerOffice demands one. → Enter a name in Tribe.',
    nl: 'De relatie heeft in Tribe geen naam, en PowerOffice eist er een. → Vul in Tribe een naam in.',
    nb: 'Relasjonen mangler navn i Tribe, og PowerOffice krever et. → Fyll inn navnet i Tribe.',
  },
  'relation.email_invalid': {
    en: 'PowerOffice does not take an e-mail address of this relation; the rest was synced. → Correct the address in Tribe.',
    nl: 'PowerOffice accepteert een e-mailadres van deze relatie niet; de rest is wel bijgewerkt. → Verbeter het adres in Tribe.',
    nb: 'PowerOffice godtar ikke en e-postadresse på denne relasjonen; resten er oppdatert. → Rett adressen i Tribe.',
  },
  'relation.number_taken': {
    en: 'The number belongs to another relation already. → Change the number of one of the two, or relink the record if they are the same company.',
    nl: 'Het nummer hoort al bij een andere relatie. → Wijzig het nummer van een van beide, of leg de koppeling opnieuw als het om hetzelfde bedrijf gaat.',
    nb: 'Nummeret tilhører allerede en annen relasjon. → Endre nummeret på en av dem, eller koble posten på nytt hvis det er samme firma.',
  },
  'relation.ambiguous': {
    en: 'Several relations in Tribe have this number. → Decide in the preview or on the record page which one it is, or change the number of the others.',
    nl: 'Meerdere relaties in Tribe hebben dit nummer. → Kies in de proefronde of op de pagina van de relatie welke het is, of wijzig het nummer van de andere.',
    nb: 'Flere relasjoner i Tribe har dette nummeret. → Velg i forhåndsvisningen eller på siden for posten hvilken det er, eller endre nummeret på de andre.',
  },
  'relation.two_contacts': {
    en: 'It is one organisation in Tribe, and a customer and a separate supplier in PowerOffice that say different things; neither was changed. → Make them one contact in PowerOffice or two organisations in Tribe, or link this one as it is: then each keeps what differs.',
    nl: 'In Tribe is het één organisatie, in PowerOffice een klant en een aparte leverancier met andere gegevens; geen van beide is gewijzigd. → Maak er in PowerOffice één contact van of in Tribe twee organisaties, of koppel deze zoals zij is: dan houdt elk wat verschilt.',
    nb: 'Det er én organisasjon i Tribe, og en kunde og en egen leverandør i PowerOffice med ulike opplysninger; ingen av dem er endret. → Gjør dem til én kontakt i PowerOffice eller to organisasjoner i Tribe, eller koble denne som den er: da beholder hver sitt.',
  },
  'preview.unseen': {
    en: 'By the conflict policy, values of Tribe would take the place of values in PowerOffice, and nobody has seen which; PowerOffice keeps its own until then. → Work out a preview and look at it, or choose the policy that lets PowerOffice win.',
    nl: 'Volgens het conflictbeleid zouden waarden uit Tribe waarden in PowerOffice vervangen, en niemand heeft gezien welke; tot dan houdt PowerOffice zijn eigen waarden. → Maak een proefronde en bekijk haar, of kies het beleid waarbij PowerOffice wint.',
    nb: 'Etter konfliktregelen ville verdier fra Tribe erstattet verdier i PowerOffice, og ingen har sett hvilke; inntil da beholder PowerOffice sine egne. → Lag en forhåndsvisning og se på den, eller velg regelen der PowerOffice vinner.',
  },
  'relation.namesake': {
    en: 'The company has several contact persons of this name, and nothing tells them apart; none of them was changed. → Give each their own e-mail address or telephone number in both systems, or decide in the preview or on the record page which of them it is.',
    nl: 'Het bedrijf heeft meerdere contactpersonen met deze naam, en niets onderscheidt ze; geen van hen is gewijzigd. → Geef elk een eigen e-mailadres of telefoonnummer in beide systemen, of kies in de proefronde of op de pagina van de persoon wie het is.',
    nb: 'Firmaet har flere kontaktpersoner med dette navnet, og ingenting skiller dem; ingen av dem er endret. → Gi hver sin e-postadresse eller sitt telefonnummer i begge systemer, eller velg i forhåndsvisningen eller på siden for personen hvem det er.',
  },
  'relation.given_twice': {
    en: 'One organisation or person has the same role twice in Tribe, and one of the two is linked; nothing was made in PowerOffice for the other. → Remove the one that is too many in Tribe: if that is the linked one, the other takes its place by itself.',
    nl: 'Eén organisatie of persoon heeft in Tribe tweemaal dezelfde rol, en een van de twee is gekoppeld; voor de andere is in PowerOffice niets gemaakt. → Verwijder in Tribe de rol die te veel is: is dat de gekoppelde, dan neemt de andere vanzelf haar plaats in.',
    nb: 'Én organisasjon eller person har samme rolle to ganger i Tribe, og den ene er koblet; for den andre er ingenting opprettet i PowerOffice. → Fjern rollen som er for mye, i Tribe: er det den koblede, tar den andre over plassen av seg selv.',
  },
  'relation.merged': {
    en: 'Its organisation was merged with another one in Tribe, which is another record in PowerOffice; nothing was written to either. → Relink the organisation to the record that stays, and forget the link of the other.',
    nl: 'De organisatie is in Tribe samengevoegd met een andere, die in PowerOffice een ander record is; er is niets gewijzigd. → Koppel de organisatie aan het record dat blijft, en vergeet de koppeling van het andere.',
    nb: 'Organisasjonen er slått sammen med en annen i Tribe, som er en annen post i PowerOffice; ingenting ble skrevet. → Koble organisasjonen til posten som skal bli, og glem koblingen til den andre.',
  },
  'relation.kind_differs': {
    en: 'It is a person in one system and a company in the other. → Make it the same in both, or relink it to the right record.',
    nl: 'In het ene systeem is het een persoon en in het andere een bedrijf. → Maak het in beide gelijk, of koppel het aan de juiste relatie.',
    nb: 'Det er en person i det ene systemet og et firma i det andre. → Gjør det likt i begge, eller koble det til riktig post.',
  },
  'relation.company_unlinked': {
    en: 'The company of this contact person is not linked. → Relink or recreate the company first, then try again.',
    nl: 'Het bedrijf van deze contactpersoon is niet gekoppeld. → Koppel het bedrijf eerst opnieuw of maak het opnieuw aan en probeer het daarna opnieuw.',
    nb: 'Firmaet til denne kontaktpersonen er ikke koblet. → Koble firmaet på nytt eller opprett det igjen først, og prøv igjen.',
  },
  'relation.company_gone': {
    en: 'The company that this record belongs to is not there (yet). → Nothing to do: the relay looks again. If it lasts, check the company in both systems.',
    nl: 'Het bedrijf waar deze relatie bij hoort, is er (nog) niet. → U hoeft niets te doen: de koppeling kijkt opnieuw. Blijft het zo, controleer dan het bedrijf in beide systemen.',
    nb: 'Firmaet som denne posten hører til, finnes ikke (ennå). → Du trenger ikke gjøre noe: koblingen ser etter igjen. Varer det, kontroller firmaet i begge systemene.',
  },
  'relation.tied_elsewhere': {
    en: 'The record names one that is linked to another already. → Relink it, make it anew in PowerOffice, or remove it in Tribe.',
    nl: 'De gegevens verwijzen naar een relatie die al aan een andere is gekoppeld. → Leg de koppeling opnieuw, maak de relatie opnieuw aan in PowerOffice, of verwijder haar in Tribe.',
    nb: 'Posten viser til en som allerede er koblet til en annen. → Koble den på nytt, opprett den igjen i PowerOffice, eller fjern den i Tribe.',
  },
  'relation.flapping': {
    en: 'A field goes to and fro between the two systems, and the relay has stopped. → Find out who or what keeps changing it (often another integration), then try again.',
    nl: 'Een veld wisselt steeds heen en weer tussen de twee systemen; de koppeling is ermee gestopt. → Zoek uit wie of wat het steeds wijzigt (vaak een andere integratie) en probeer het opnieuw.',
    nb: 'Et felt går frem og tilbake mellom de to systemene, og koblingen har stanset. → Finn ut hvem eller hva som stadig endrer det (ofte en annen integrasjon), og prøv igjen.',
  },
  'relation.unreadable': {
    en: 'A record of PowerOffice has a form that the relay cannot read. → Open it in PowerOffice and save it again; if that does not help, tell the operator its id.',
    nl: 'Gegevens in PowerOffice hebben een vorm die de koppeling niet kan lezen. → Open ze in PowerOffice en sla ze opnieuw op; helpt dat niet, geef de beheerder dan het id door.',
    nb: 'En post i PowerOffice har en form som koblingen ikke kan lese. → Åpne den i PowerOffice og lagre på nytt; hjelper ikke det, gi driftsansvarlig ID-en.',
  },
  'product.ambiguous': {
    en: 'Several products in Tribe bear the id of this product of PowerOffice, as copies of one do; none was linked. → Decide in the preview or on the record page which one it is.',
    nl: 'Meerdere producten in Tribe dragen het id van dit product in PowerOffice, zoals kopieën doen; geen ervan is gekoppeld. → Kies in de proefronde of op de pagina van het product welk het is.',
    nb: 'Flere produkter i Tribe bærer ID-en til dette produktet i PowerOffice, slik kopier gjør; ingen av dem er koblet. → Velg i forhåndsvisningen eller på siden for produktet hvilket det er.',
  },
  'product.name_missing': {
    en: 'The product has no name, and both systems demand one. → Enter a name.',
    nl: 'Het product heeft geen naam, en beide systemen eisen er een. → Vul een naam in.',
    nb: 'Produktet mangler navn, og begge systemene krever et. → Fyll inn et navn.',
  },
  'product.group_unknown': {
    en: 'PowerOffice does not list the product group yet. → Nothing to do: the relay looks again.',
    nl: 'PowerOffice toont de productgroep nog niet. → U hoeft niets te doen: de koppeling kijkt opnieuw.',
    nb: 'PowerOffice viser ikke produktgruppen ennå. → Du trenger ikke gjøre noe: koblingen ser etter igjen.',
  },
  'product.in_doubt': {
    en: 'A product may have been made in PowerOffice, which does not show it yet. → Nothing to do: the relay looks again.',
    nl: 'Er is misschien een product in PowerOffice gemaakt dat daar nog niet zichtbaar is. → U hoeft niets te doen: de koppeling kijkt opnieuw.',
    nb: 'Det kan være opprettet et produkt i PowerOffice som ikke vises der ennå. → Du trenger ikke gjøre noe: koblingen ser etter igjen.',
  },
  'tribe.shows_late': {
    en: 'Something may have been made in Tribe CRM, which does not show it yet. → Nothing to do: the relay looks again.',
    nl: 'Er is misschien iets in Tribe CRM gemaakt dat daar nog niet zichtbaar is. → U hoeft niets te doen: de koppeling kijkt opnieuw.',
    nb: 'Det kan være opprettet noe i Tribe CRM som ikke vises der ennå. → Du trenger ikke gjøre noe: koblingen ser etter igjen.',
  },
  'product.tied_elsewhere': {
    en: 'The two products name each other, and one of them is linked to another product. → Relink the right pair, or forget the wrong link.',
    nl: 'De twee producten verwijzen naar elkaar, maar een ervan is aan een ander product gekoppeld. → Koppel het juiste paar, of verwijder de verkeerde koppeling.',
    nb: 'De to produktene viser til hverandre, men ett av dem er koblet til et annet produkt. → Koble riktig par, eller glem den gale koblingen.',
  },
  'product.flapping': {
    en: 'A field of the product goes to and fro between the two systems, and the relay has stopped. → Find out who or what keeps changing it (often another integration), then try again.',
    nl: 'Een veld van het product wisselt steeds heen en weer tussen de twee systemen; de koppeling is ermee gestopt. → Zoek uit wie of wat het steeds wijzigt (vaak een andere integratie) en probeer het opnieuw.',
    nb: 'Et felt på produktet går frem og tilbake mellom de to systemene, og koblingen har stanset. → Finn ut hvem eller hva som stadig endrer det (ofte en annen integrasjon), og prøv igjen.',
  },
  'decision.unknown_record': {
    en: 'Somebody decided to link this record to one that is not there (any more). → Decide once more in the preview, or relink the record.',
    nl: 'Iemand koos ervoor dit te koppelen aan gegevens die er niet (meer) zijn. → Kies opnieuw in de proefronde, of leg de koppeling opnieuw.',
    nb: 'Noen valgte å koble denne posten til en som ikke finnes (lenger). → Velg på nytt i forhåndsvisningen, eller koble posten på nytt.',
  },
  'records.many_vanished': {
    en: 'One system does not show many linked records any more; the relay parted none of them. → Look at the rights of the integration there: once they are seen again, all goes on by itself. If they are really deleted, try again: then those in the other system are left alone.',
    nl: 'Een van de systemen toont veel gekoppelde gegevens niet meer; de koppeling heeft er geen van losgemaakt. → Controleer daar de rechten van de integratie: zodra ze weer zichtbaar zijn, gaat alles vanzelf verder. Zijn ze echt verwijderd, kies dan opnieuw proberen: die in het andere systeem blijven ongemoeid.',
    nb: 'Et av systemene viser ikke lenger mange koblede poster; ingen av dem er koblet fra. → Kontroller tilgangene til integrasjonen der: når de vises igjen, fortsetter alt av seg selv. Er de virkelig slettet, prøv igjen: da blir de i det andre systemet stående urørt.',
  },
  'record.gone': {
    en: 'The record was deleted while the relay looked at it. → Nothing to do: the relay looks again.',
    nl: 'De gegevens zijn verwijderd terwijl de koppeling ernaar keek. → U hoeft niets te doen: de koppeling kijkt opnieuw.',
    nb: 'Posten ble slettet mens koblingen så på den. → Du trenger ikke gjøre noe: koblingen ser etter igjen.',
  },
  'record.unknown': {
    en: 'The relay does not know this record, or it is not there in one of the systems. → Check the kind and the id; a record that was just made needs a moment.',
    nl: 'De koppeling kent deze gegevens niet, of ze ontbreken in een van de systemen. → Controleer de soort en het id; iets wat net is aangemaakt, heeft even nodig.',
    nb: 'Koblingen kjenner ikke denne posten, eller den finnes ikke i et av systemene. → Kontroller type og ID; en post som nettopp er opprettet, trenger et øyeblikk.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>
