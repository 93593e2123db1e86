import type { ProblemText } from './index'

/** Invoices, credit invoices and payments. */
export const INVOICES = {
  'invoice.no_lines': {
    en: 'The invoice has no lines that can be booked. → Add lines in Tribe, or credit the invoice there.',
    nl: 'De factuur heeft geen regels die geboekt kunnen worden. → Voeg in Tribe regels toe, of crediteer de factuur daar.',
    nb: 'Fakturaen har ingen linjer som kan bokføres. → Legg til linjer i Tribe, eller krediter fakturaen der.',
  },
  'invoice.no_customer': {
    en: 'The invoice names no customer. → Choose one in Tribe.',
    nl: 'Op de factuur staat geen klant. → Kies er in Tribe een.',
    nb: 'Fakturaen har ingen kunde. → Velg en kunde i Tribe.',
  },
  'invoice.customer_not_linked': {
    en: 'The customer of this invoice is not tied to one in PowerOffice: it may be a former one, of a kind that is switched off, or have a problem of its own. → Link or recreate the customer, mend what else is told of it, or switch its kind of relations on; the invoice then goes by itself.',
    nl: 'De klant van deze factuur is niet aan een klant in PowerOffice gekoppeld: het kan een voormalige zijn, van een soort die uit staat, of een eigen probleem hebben. → Koppel de klant of maak hem opnieuw aan, los op wat er verder van hem wordt gemeld, of zet zijn soort relaties aan; de factuur gaat daarna vanzelf mee.',
    nb: 'Kunden på denne fakturaen er ikke koblet til en i PowerOffice: den kan være tidligere kunde, av en type som er slått av, eller ha et eget problem. → Koble kunden eller opprett den igjen, løs det som ellers er meldt om den, eller slå på dens type relasjoner; fakturaen går deretter av seg selv.',
  },
  'invoice.customer_gone': {
    en: 'The customer of this invoice was deleted in PowerOffice. → Relink or recreate the customer, then try again.',
    nl: 'De klant van deze factuur is in PowerOffice verwijderd. → Koppel de klant opnieuw of maak hem opnieuw aan en probeer het opnieuw.',
    nb: 'Kunden på denne fakturaen er slettet i PowerOffice. → Koble kunden på nytt eller opprett den igjen, og prøv igjen.',
  },
  'invoice.customer_archived': {
    en: 'The customer of this invoice is archived in PowerOffice. → Make it active there again, then try again.',
    nl: 'De klant van deze factuur is in PowerOffice gearchiveerd. → Maak de klant daar weer actief en probeer het opnieuw.',
    nb: 'Kunden på denne fakturaen er arkivert i PowerOffice. → Gjør kunden aktiv igjen der, og prøv på nytt.',
  },
  'invoice.product_gone': {
    en: 'A product of this invoice was deleted in PowerOffice. → Relink or recreate the product, then try again.',
    nl: 'Een product op deze factuur is in PowerOffice verwijderd. → Koppel het product opnieuw of maak het opnieuw aan en probeer het opnieuw.',
    nb: 'Et produkt på denne fakturaen er slettet i PowerOffice. → Koble produktet på nytt eller opprett det igjen, og prøv på nytt.',
  },
  'invoice.product_archived': {
    en: 'A product of this invoice is archived in PowerOffice. → Make it active there again, then try again.',
    nl: 'Een product op deze factuur is in PowerOffice gearchiveerd. → Maak het product daar weer actief en probeer het opnieuw.',
    nb: 'Et produkt på denne fakturaen er arkivert i PowerOffice. → Gjør produktet aktivt igjen der, og prøv på nytt.',
  },
  'invoice.currency_unknown': {
    en: 'PowerOffice does not know the currency of this invoice. → Switch the currency on in PowerOffice, then try again.',
    nl: 'PowerOffice kent de valuta van deze factuur niet. → Zet de valuta in PowerOffice aan en probeer het opnieuw.',
    nb: 'PowerOffice kjenner ikke valutaen på denne fakturaen. → Slå på valutaen i PowerOffice, og prøv igjen.',
  },
  'invoice.amount_absurd': {
    en: 'An amount of this invoice is more than any books can hold. → Correct it in Tribe by a credit invoice, or book it by hand.',
    nl: 'Een bedrag op deze factuur is groter dan welke boekhouding ook kan bevatten. → Herstel het in Tribe met een creditfactuur, of boek de factuur met de hand.',
    nb: 'Et beløp på denne fakturaen er større enn noe regnskap kan romme. → Rett det i Tribe med en kreditnota, eller bokfør fakturaen for hånd.',
  },
  'invoice.rounding_account': {
    en: 'The account for rounding is no active income account without VAT in PowerOffice. → Choose another one in the settings, or none, then try again.',
    nl: 'De rekening voor afronding is in PowerOffice geen actieve omzetrekening zonder btw. → Kies een andere in de instellingen, of geen, en probeer het opnieuw.',
    nb: 'Kontoen for avrunding er ikke en aktiv inntektskonto uten mva i PowerOffice. → Velg en annen i innstillingene, eller ingen, og prøv på nytt.',
  },
  'invoice.currency_unclear': {
    en: 'Tribe does not say in which currency the invoice is, or says its prices in another currency only. → Book it by hand; where Tribe can say the currency, fill it in there and try again.',
    nl: 'Tribe zegt niet in welke valuta de factuur is, of noemt de prijzen alleen in een andere valuta. → Boek de factuur met de hand; kan Tribe de valuta wel noemen, vul die daar dan in en probeer het opnieuw.',
    nb: 'Tribe sier ikke hvilken valuta fakturaen er i, eller oppgir prisene bare i en annen valuta. → Bokfør den for hånd; kan Tribe oppgi valutaen, fyll den inn der og prøv igjen.',
  },
  'invoice.dimension_unknown': {
    en: 'The invoice names a project, department or sales person that is not active in PowerOffice; nothing was made. → Make it in PowerOffice, make it active there, or correct the field in Tribe; the invoice then goes by itself.',
    nl: 'De factuur noemt een project, afdeling of verkoper die in PowerOffice niet actief is; er is niets aangemaakt. → Maak dit in PowerOffice aan of maak het daar actief, of verbeter het veld in Tribe; de factuur gaat daarna vanzelf mee.',
    nb: 'Fakturaen nevner et prosjekt, en avdeling eller en selger som ikke er aktiv i PowerOffice; ingenting er opprettet. → Opprett eller aktiver det i PowerOffice, eller rett feltet i Tribe; fakturaen går deretter av seg selv.',
  },
  'invoice.dimension_missing': {
    en: 'PowerOffice demands a department or a project on an account that this invoice is booked on, and the invoice names none; nothing was posted. → Fill in the field in Tribe that is mapped to it, or map one under Fields; the invoice then goes by itself. Or lift the demand on the account in PowerOffice, and try again.',
    nl: 'PowerOffice eist een afdeling of project op een rekening waarop deze factuur wordt geboekt, en de factuur noemt die niet; er is niets geboekt. → Vul in Tribe het veld in dat daaraan gekoppeld is, of koppel er een onder Velden; de factuur gaat daarna vanzelf mee. Of haal de eis in PowerOffice van de rekening af en probeer het opnieuw.',
    nb: 'PowerOffice krever avdeling eller prosjekt på en konto som denne fakturaen bokføres på, og fakturaen nevner ingen; ingenting er bokført. → Fyll ut feltet i Tribe som er koblet til det, eller koble et under Felt; fakturaen går deretter av seg selv. Eller fjern kravet på kontoen i PowerOffice, og prøv igjen.',
  },
  'invoice.period_closed': {
    en: 'The invoice date lies in a period that is closed in PowerOffice. → Open the period (move the lock date), then try again.',
    nl: 'De factuurdatum ligt in een periode die in PowerOffice is afgesloten. → Open de periode (verzet de blokkeerdatum) en probeer het opnieuw.',
    nb: 'Fakturadatoen ligger i en periode som er avsluttet i PowerOffice. → Åpne perioden (flytt låsedatoen), og prøv igjen.',
  },
  'invoice.send_not_allowed': {
    en: 'PowerOffice does not let the integration post invoices. → Ask go-api@poweroffice.no for the right to send invoices, or switch to drafts; then try again.',
    nl: 'PowerOffice laat de integratie geen facturen boeken. → Vraag go-api@poweroffice.no om het recht facturen te verzenden, of stap over op concepten; probeer het daarna opnieuw.',
    nb: 'PowerOffice lar ikke integrasjonen bokføre fakturaer. → Be go-api@poweroffice.no om rett til å sende fakturaer, eller gå over til utkast; prøv deretter igjen.',
  },
  'invoice.no_email': {
    en: 'The customer has no e-mail address for invoices in PowerOffice. → Enter one, then try again.',
    nl: 'De klant heeft in PowerOffice geen e-mailadres voor facturen. → Vul er een in en probeer het opnieuw.',
    nb: 'Kunden mangler e-postadresse for faktura i PowerOffice. → Fyll inn en, og prøv igjen.',
  },
  'invoice.credited_not_posted': {
    en: 'The invoice that this one credits is still a draft in PowerOffice. → Post that draft first; the credit invoice then goes by itself.',
    nl: 'De factuur die hiermee wordt gecrediteerd, is in PowerOffice nog een concept. → Boek eerst dat concept; de creditfactuur gaat daarna vanzelf mee.',
    nb: 'Fakturaen som krediteres, er fortsatt et utkast i PowerOffice. → Bokfør utkastet først; kreditnotaen går deretter av seg selv.',
  },
  'invoice.credited_unknown': {
    en: 'The invoice that this one credits is not in step with PowerOffice. → Send or relink that invoice first, then try again.',
    nl: 'De factuur die hiermee wordt gecrediteerd, loopt niet gelijk met PowerOffice. → Verstuur of koppel eerst die factuur en probeer het opnieuw.',
    nb: 'Fakturaen som krediteres, er ikke i takt med PowerOffice. → Send eller koble den fakturaen først, og prøv igjen.',
  },
  'invoice.credit_unclear': {
    en: 'The invoice credits another one, as Tribe says, and its amounts are above zero. → Correct the amounts in Tribe, or book it by hand in PowerOffice and relink it.',
    nl: 'Volgens Tribe crediteert deze factuur een andere, maar haar bedragen liggen boven nul. → Verbeter de bedragen in Tribe, of boek haar met de hand in PowerOffice en koppel haar opnieuw.',
    nb: 'Ifølge Tribe krediterer denne fakturaen en annen, men beløpene er over null. → Rett beløpene i Tribe, eller bokfør den for hånd i PowerOffice og koble den på nytt.',
  },
  'invoice.delivery_overdue': {
    en: 'PowerOffice has been posting this invoice for a day. → Look in PowerOffice what holds it up, then try again.',
    nl: 'PowerOffice is al een dag bezig met het boeken van deze factuur. → Kijk in PowerOffice wat haar ophoudt en probeer het opnieuw.',
    nb: 'PowerOffice har holdt på å bokføre denne fakturaen i et døgn. → Se i PowerOffice hva som stopper den, og prøv igjen.',
  },
  'invoice.delivery_failed': {
    en: 'PowerOffice could not post the invoice; the message has its own words. → Mend what it says, then try again.',
    nl: 'PowerOffice kon de factuur niet boeken; in de melding staan de eigen woorden van PowerOffice. → Verbeter wat daar staat en probeer het opnieuw.',
    nb: 'PowerOffice kunne ikke bokføre fakturaen; meldingen gjengir det PowerOffice selv skrev. → Rett det som står der, og prøv igjen.',
  },
  'invoice.not_delivered': {
    en: 'PowerOffice has booked the invoice and could not deliver it; the message has its own words. → Send it to the customer from PowerOffice or by hand, then set this aside with "Try again".',
    nl: 'PowerOffice heeft de factuur geboekt en kon haar niet bezorgen; in de melding staan de eigen woorden van PowerOffice. → Stuur haar vanuit PowerOffice of met de hand naar de klant en zet deze melding daarna opzij met "Opnieuw proberen".',
    nb: 'PowerOffice har bokført fakturaen og kunne ikke levere den; meldingen gjengir det PowerOffice selv skrev. → Send den til kunden fra PowerOffice eller for hånd, og legg deretter meldingen til side med «Prøv igjen».',
  },
  'invoice.refused': {
    en: 'PowerOffice did not take the invoice; the message has its own words. → Mend what it says, then try again.',
    nl: 'PowerOffice nam de factuur niet aan; in de melding staan de eigen woorden van PowerOffice. → Verbeter wat daar staat en probeer het opnieuw.',
    nb: 'PowerOffice tok ikke imot fakturaen; meldingen gjengir det PowerOffice selv skrev. → Rett det som står der, og prøv igjen.',
  },
  'invoice.reference_taken': {
    en: 'PowerOffice has this invoice already and does not show it yet. → Nothing to do: the relay looks again.',
    nl: 'PowerOffice heeft deze factuur al, maar toont haar nog niet. → U hoeft niets te doen: de koppeling kijkt opnieuw.',
    nb: 'PowerOffice har allerede denne fakturaen, men viser den ikke ennå. → Du trenger ikke gjøre noe: koblingen ser etter igjen.',
  },
  'invoice.total_differs': {
    en: 'The invoice comes to another total in PowerOffice than in Tribe, so it is not posted. → Correct the draft in PowerOffice, or the invoice in Tribe where there is no draft, then try again; the message says by how much, and where.',
    nl: 'De factuur komt in PowerOffice op een ander totaal uit dan in Tribe en wordt daarom niet geboekt. → Verbeter het concept in PowerOffice, of de factuur in Tribe als er geen concept is, en probeer het opnieuw; de melding zegt hoeveel het scheelt en waar.',
    nb: 'Fakturaen får en annen sum i PowerOffice enn i Tribe, så den blir ikke bokført. → Rett utkastet i PowerOffice, eller fakturaen i Tribe hvis det ikke er noe utkast, og prøv igjen; meldingen sier hvor mye det avviker, og hvor.',
  },
  'invoice.order_differs': {
    en: 'The draft in PowerOffice has another currency or date than the invoice in Tribe, so it stays a draft. → Correct the draft in PowerOffice, then try again; the message says what differs.',
    nl: 'Het concept in PowerOffice heeft een andere valuta of datum dan de factuur in Tribe en blijft daarom een concept. → Verbeter het concept in PowerOffice en probeer het opnieuw; de melding zegt wat er verschilt.',
    nb: 'Utkastet i PowerOffice har en annen valuta eller dato enn fakturaen i Tribe, så det forblir et utkast. → Rett utkastet i PowerOffice, og prøv igjen; meldingen sier hva som avviker.',
  },
  'invoice.due_day_unsaid': {
    en: 'PowerOffice has no payment term that comes to the due date of the invoice, so the draft does not say it. → Choose a term on the draft, or make one in PowerOffice; set this aside with "try again".',
    nl: 'PowerOffice heeft geen betalingstermijn die op de vervaldatum van de factuur uitkomt; het concept noemt die dus niet. → Kies een termijn op het concept, of maak er een in PowerOffice; leg dit terzijde met "opnieuw proberen".',
    nb: 'PowerOffice har ingen betalingsbetingelse som gir forfallsdatoen til fakturaen, så utkastet sier den ikke. → Velg en betingelse på utkastet, eller lag en i PowerOffice; legg dette til side med «prøv igjen».',
  },
  'invoice.total_unknown': {
    en: 'Tribe says no total of the invoice, so there is nothing to compare with, and it is not posted. → Check the draft in PowerOffice and send it from there; where there is no draft, book the invoice by hand.',
    nl: 'Tribe noemt geen totaal van de factuur; er is dus niets om mee te vergelijken en ze wordt niet geboekt. → Controleer het concept in PowerOffice en verstuur het daar; is er geen concept, boek de factuur dan met de hand.',
    nb: 'Tribe oppgir ingen sum for fakturaen, så det er ingenting å sammenligne med, og den blir ikke bokført. → Kontroller utkastet i PowerOffice, og send det derfra; er det ikke noe utkast, bokfør fakturaen for hånd.',
  },
  'invoice.vat_differs': {
    en: 'PowerOffice would book a line with another VAT code or rate than it should have, so the invoice is not posted. → Correct the mapping of the VAT group, or the sales account of the product and then the draft, and try again.',
    nl: 'PowerOffice zou een regel met een andere btw-code of een ander tarief boeken dan de bedoeling is; de factuur wordt daarom niet geboekt. → Verbeter de instelling van de btw-groep, of de omzetrekening van het product en daarna het concept, en probeer het opnieuw.',
    nb: 'PowerOffice ville bokføre en linje med en annen mva-kode eller sats enn den skal ha, så fakturaen blir ikke bokført. → Rett koblingen av mva-gruppen, eller salgskontoen på produktet og deretter utkastet, og prøv igjen.',
  },
  'invoice.number_not_numeric': {
    en: 'The number of the invoice has no digits, or more than PowerOffice takes. → Change the numbering in Tribe, or book this invoice by hand; then set this aside with "Try again".',
    nl: 'Het nummer van de factuur bevat geen cijfers, of meer dan PowerOffice aanneemt. → Pas de nummering in Tribe aan, of boek deze factuur met de hand; zet deze melding daarna opzij met "Opnieuw proberen".',
    nb: 'Fakturanummeret har ingen sifre, eller flere enn PowerOffice tar imot. → Endre nummereringen i Tribe, eller bokfør fakturaen for hånd; legg deretter meldingen til side med «Prøv igjen».',
  },
  'invoice.number_taken': {
    en: 'Another invoice in PowerOffice has this number already, so nothing was posted. → If it is the same invoice, relink the two; else give one of them another number, then try again.',
    nl: 'Een andere factuur in PowerOffice heeft dit nummer al; er is niets geboekt. → Is het dezelfde factuur, koppel de twee dan; geef anders een van beide een ander nummer en probeer het opnieuw.',
    nb: 'En annen faktura i PowerOffice har allerede dette nummeret, så ingenting ble bokført. → Er det samme faktura, koble de to sammen; gi ellers en av dem et annet nummer, og prøv igjen.',
  },
  'invoice.voucher_not_allowed': {
    en: 'PowerOffice does not let the integration post invoices under their own numbers. → Ask go-api@poweroffice.no for OutgoingInvoiceVoucher_Full and connect again, or choose another mode; then try again.',
    nl: 'PowerOffice staat niet toe dat de integratie facturen onder hun eigen nummer boekt. → Vraag go-api@poweroffice.no om OutgoingInvoiceVoucher_Full en verbind opnieuw, of kies een andere manier; probeer het daarna opnieuw.',
    nb: 'PowerOffice lar ikke integrasjonen bokføre fakturaer under deres egne numre. → Be go-api@poweroffice.no om OutgoingInvoiceVoucher_Full og koble til på nytt, eller velg en annen måte; prøv deretter igjen.',
  },
  'invoice.zero_total': {
    en: 'The invoice comes to nothing, and PowerOffice takes no voucher of 0. → Book it by hand if it has to be in the books; set this aside with "Try again".',
    nl: 'De factuur komt op nul uit, en PowerOffice neemt geen boeking van 0 aan. → Boek haar met de hand als ze in de boeken moet staan; zet deze melding opzij met "Opnieuw proberen".',
    nb: 'Fakturaen summerer til null, og PowerOffice tar ikke imot et bilag på 0. → Bokfør den for hånd hvis den må være i regnskapet; legg meldingen til side med «Prøv igjen».',
  },
  'invoice.booked_otherwise': {
    en: 'PowerOffice has booked the invoice with another amount or VAT than Tribe has issued it. → Compare the two, and correct the voucher in PowerOffice; then set this aside with "Try again".',
    nl: 'PowerOffice heeft de factuur met een ander bedrag of andere btw geboekt dan Tribe heeft gefactureerd. → Vergelijk de twee en corrigeer de boeking in PowerOffice; zet deze melding daarna opzij met "Opnieuw proberen".',
    nb: 'PowerOffice har bokført fakturaen med et annet beløp eller en annen mva enn Tribe har fakturert. → Sammenlign de to, og rett bilaget i PowerOffice; legg deretter meldingen til side med «Prøv igjen».',
  },
  'invoice.customer_without_account': {
    en: 'PowerOffice shows no ledger account of the customer. → Look at the customer in PowerOffice, then try again.',
    nl: 'PowerOffice toont geen grootboekrekening van de klant. → Bekijk de klant in PowerOffice en probeer het opnieuw.',
    nb: 'PowerOffice viser ingen reskontrokonto for kunden. → Se på kunden i PowerOffice, og prøv igjen.',
  },
  'invoice.pdf_missing': {
    en: 'The invoice is booked, and Tribe has shown no PDF of it for a day. → Make the PDF in Tribe, with the number of the invoice in its name, then try again; or put it on the voucher in PowerOffice by hand.',
    nl: 'De factuur is geboekt, en Tribe toont al een dag geen pdf ervan. → Maak de pdf in Tribe, met het factuurnummer in de naam, en probeer het opnieuw; of voeg haar met de hand toe aan de boeking in PowerOffice.',
    nb: 'Fakturaen er bokført, og Tribe har ikke vist noen PDF av den på et døgn. → Lag PDF-en i Tribe, med fakturanummeret i navnet, og prøv igjen; eller legg den på bilaget i PowerOffice for hånd.',
  },
  'invoice.pdf_too_large': {
    en: 'The invoice is booked, and its PDF in Tribe is larger than the 30 MB that PowerOffice takes. → Put a smaller one on the voucher in PowerOffice by hand.',
    nl: 'De factuur is geboekt, en haar pdf in Tribe is groter dan de 30 MB die PowerOffice aanneemt. → Voeg met de hand een kleinere toe aan de boeking in PowerOffice.',
    nb: 'Fakturaen er bokført, og PDF-en i Tribe er større enn de 30 MB som PowerOffice tar imot. → Legg en mindre på bilaget i PowerOffice for hånd.',
  },
  'invoice.pdf_not_allowed': {
    en: 'The invoice is booked, and its PDF may not be read in Tribe, or not be put on the voucher in PowerOffice. → Let the application read attachments in Tribe, or ask go-api@poweroffice.no for VoucherDocumentation_Full; then try again.',
    nl: 'De factuur is geboekt, maar haar pdf mag in Tribe niet worden gelezen of in PowerOffice niet worden toegevoegd. → Geef de applicatie in Tribe toegang tot bijlagen, of vraag go-api@poweroffice.no om VoucherDocumentation_Full; probeer het daarna opnieuw.',
    nb: 'Fakturaen er bokført, men PDF-en kan ikke leses i Tribe eller ikke legges på bilaget i PowerOffice. → La applikasjonen lese vedlegg i Tribe, eller be go-api@poweroffice.no om VoucherDocumentation_Full; prøv deretter igjen.',
  },
  'invoice.pdf_refused': {
    en: 'The invoice is booked, and PowerOffice did not take its PDF; the message has its own words. → Look at the file in Tribe, then try again, or put it on the voucher by hand.',
    nl: 'De factuur is geboekt, maar PowerOffice nam haar pdf niet aan; in de melding staan de eigen woorden van PowerOffice. → Bekijk het bestand in Tribe en probeer het opnieuw, of voeg het met de hand toe.',
    nb: 'Fakturaen er bokført, men PowerOffice tok ikke imot PDF-en; meldingen gjengir det PowerOffice selv skrev. → Se på filen i Tribe, og prøv igjen, eller legg den på bilaget for hånd.',
  },
  'invoice.paper_missing': {
    en: 'The invoice is posted, and PowerOffice has shown no PDF of it for a day. → Look at the invoice in PowerOffice, then try again; or attach the PDF in Tribe by hand.',
    nl: 'De factuur is geboekt, maar PowerOffice toont al een dag geen pdf ervan. → Bekijk de factuur in PowerOffice en probeer het opnieuw, of voeg de pdf in Tribe met de hand toe.',
    nb: 'Fakturaen er bokført, men PowerOffice har ikke vist noen PDF av den på et døgn. → Se på fakturaen i PowerOffice og prøv igjen, eller legg PDF-en ved i Tribe for hånd.',
  },
  'invoice.paper_unreadable': {
    en: 'The invoice is posted, and PowerOffice sends its PDF in a way that cannot be unpacked. → Try again later, or attach the PDF in Tribe by hand.',
    nl: 'De factuur is geboekt, maar haar pdf komt zo uit PowerOffice dat ze niet kan worden uitgepakt. → Probeer het later opnieuw, of voeg de pdf in Tribe met de hand toe.',
    nb: 'Fakturaen er bokført, men PDF-en kommer fra PowerOffice slik at den ikke kan pakkes ut. → Prøv igjen senere, eller legg PDF-en ved i Tribe for hånd.',
  },
  'invoice.paper_too_large': {
    en: 'The invoice is posted, and the PDF that PowerOffice has made of it is too large to be brought to Tribe. → Attach it in Tribe by hand if it is wanted there.',
    nl: 'De factuur is geboekt, maar de pdf van PowerOffice is te groot om naar Tribe te brengen. → Voeg haar met de hand toe als ze daar gewenst is.',
    nb: 'Fakturaen er bokført, men PDF-en fra PowerOffice er for stor til å bringes til Tribe. → Legg den ved for hånd hvis den skal være der.',
  },
  'invoice.paper_refused': {
    en: 'The invoice is posted, and Tribe did not take the PDF that PowerOffice has made of it; the message has its own words. → Mend what it says, then try again, or attach the PDF by hand.',
    nl: 'De factuur is geboekt, maar Tribe nam de pdf van PowerOffice niet aan; in de melding staan de eigen woorden van Tribe. → Herstel wat er staat en probeer het opnieuw, of voeg de pdf met de hand toe.',
    nb: 'Fakturaen er bokført, men Tribe tok ikke imot PDF-en fra PowerOffice; meldingen gjengir det Tribe selv skrev. → Rett det som står der, og prøv igjen, eller legg PDF-en ved for hånd.',
  },
  'invoice.attachment_refused': {
    en: 'An attachment of the invoice in Tribe did not go along to PowerOffice; the invoice itself did. The message names the attachment. → Attach it in PowerOffice by hand; or mend it in Tribe and, while the order is still a draft, try again.',
    nl: 'Een bijlage van de factuur in Tribe is niet meegegaan naar PowerOffice, de factuur zelf wel. De melding noemt de bijlage. → Voeg haar in PowerOffice met de hand toe; of herstel haar in Tribe en probeer het opnieuw zolang de order een concept is.',
    nb: 'Et vedlegg til fakturaen i Tribe kom ikke med til PowerOffice, men det gjorde fakturaen. Meldingen nevner vedlegget. → Legg det ved i PowerOffice for hånd; eller rett det i Tribe og prøv igjen mens ordren ennå er et utkast.',
  },
  'invoice.attachments_not_allowed': {
    en: 'The attachments of the invoice in Tribe did not go along to PowerOffice; the invoice itself did. The application may not read attachments in Tribe, or not put them on orders in PowerOffice. → Let it read attachments in Tribe, or ask go-api@poweroffice.no for SalesOrderAttachment_Full; or switch attachments off in the settings.',
    nl: 'De bijlagen van de factuur in Tribe zijn niet meegegaan naar PowerOffice, de factuur zelf wel. De applicatie mag in Tribe geen bijlagen lezen, of ze in PowerOffice niet toevoegen. → Geef haar in Tribe toegang tot bijlagen, of vraag go-api@poweroffice.no om SalesOrderAttachment_Full; of zet bijlagen uit in de instellingen.',
    nb: 'Vedleggene til fakturaen i Tribe kom ikke med til PowerOffice, men det gjorde fakturaen. Applikasjonen får ikke lese vedlegg i Tribe, eller ikke legge dem på ordrer i PowerOffice. → La den lese vedlegg i Tribe, eller be go-api@poweroffice.no om SalesOrderAttachment_Full; eller slå av vedlegg i innstillingene.',
  },
  'invoice.reversed': {
    en: 'The invoice was reversed in PowerOffice. → Credit it in Tribe, or send a new one; then set this aside with "Try again".',
    nl: 'De factuur is in PowerOffice teruggeboekt. → Crediteer haar in Tribe, of verstuur een nieuwe; zet deze melding daarna opzij met "Opnieuw proberen".',
    nb: 'Fakturaen er reversert i PowerOffice. → Krediter den i Tribe, eller send en ny; legg deretter meldingen til side med «Prøv igjen».',
  },
  'invoice.changed_in_tribe': {
    en: 'The invoice was edited in Tribe after it was made in PowerOffice, where it does not change. → Correct it by a credit invoice, then set this aside with "Try again".',
    nl: 'De factuur is in Tribe gewijzigd nadat ze in PowerOffice was gemaakt; daar verandert ze niet mee. → Corrigeer met een creditfactuur en zet deze melding daarna opzij met "Opnieuw proberen".',
    nb: 'Fakturaen er endret i Tribe etter at den ble opprettet i PowerOffice, og der endres den ikke. → Rett den med en kreditnota, og legg deretter meldingen til side med «Prøv igjen».',
  },
  'invoice.old_or_new': {
    en: 'The invoice changed while the relay noted what had been sent before, so it is not exported by itself. → If it is not in the books yet, have the invoices of its date exported; then set this aside with "Try again".',
    nl: 'De factuur veranderde terwijl de koppeling noteerde wat al eerder verzonden was, en gaat daarom niet vanzelf mee. → Staat ze nog niet in de boeken, laat dan de facturen van die datum exporteren; zet deze melding daarna opzij met "Opnieuw proberen".',
    nb: 'Fakturaen ble endret mens koblingen noterte hva som var sendt fra før, så den går ikke av seg selv. → Er den ikke bokført ennå, la fakturaene med den datoen bli eksportert; legg deretter meldingen til side med «Prøv igjen».',
  },
  'invoice.unfinished': {
    en: 'Tribe says that the invoice is sent, and gives it no number or no date. → Send it in Tribe; it then goes by itself.',
    nl: 'Volgens Tribe is de factuur verzonden, maar ze heeft geen nummer of geen datum. → Verstuur haar in Tribe; ze gaat daarna vanzelf mee.',
    nb: 'Ifølge Tribe er fakturaen sendt, men den har ikke nummer eller dato. → Send den i Tribe; den går deretter av seg selv.',
  },
  'invoice.date_unknown': {
    en: 'Tribe does not show the date of invoices to the relay, so no invoice is made. → Connect Tribe again by credentials that may read the invoice date, then try again.',
    nl: 'Tribe toont de koppeling geen factuurdatum; daarom wordt er geen factuur gemaakt. → Verbind Tribe opnieuw met gegevens die de factuurdatum mogen lezen en probeer het opnieuw.',
    nb: 'Tribe viser ikke fakturadatoen til koblingen, så ingen faktura blir opprettet. → Koble til Tribe på nytt med tilgang til fakturadatoen, og prøv igjen.',
  },
  'invoice.not_sent': {
    en: 'The invoice is not sent in Tribe. → Send it there; it then goes by itself.',
    nl: 'De factuur is in Tribe niet verzonden. → Verstuur haar daar; ze gaat daarna vanzelf mee.',
    nb: 'Fakturaen er ikke sendt i Tribe. → Send den der; den går deretter av seg selv.',
  },
  'invoice.taken_back': {
    en: 'The invoice is not sent in Tribe any more, so its draft in PowerOffice is not posted. → Send it again in Tribe, or delete the draft in PowerOffice.',
    nl: 'De factuur is in Tribe niet meer verzonden; haar concept in PowerOffice wordt daarom niet geboekt. → Verstuur haar opnieuw in Tribe, of verwijder het concept in PowerOffice.',
    nb: 'Fakturaen er ikke lenger sendt i Tribe, så utkastet i PowerOffice blir ikke bokført. → Send den på nytt i Tribe, eller slett utkastet i PowerOffice.',
  },
  'invoice.draft_outdated': {
    en: 'The invoice changed in Tribe, and PowerOffice does not let its draft be replaced. → Delete the draft in PowerOffice, then try again.',
    nl: 'De factuur is in Tribe gewijzigd, en PowerOffice staat niet toe dat het concept wordt vervangen. → Verwijder het concept in PowerOffice en probeer het opnieuw.',
    nb: 'Fakturaen er endret i Tribe, og PowerOffice lar ikke utkastet bli erstattet. → Slett utkastet i PowerOffice, og prøv igjen.',
  },
  'invoice.deleted_in_tribe': {
    en: 'The invoice was deleted in Tribe after it was made in PowerOffice, where it stays. → Credit it in PowerOffice if it should not be there.',
    nl: 'De factuur is in Tribe verwijderd nadat ze in PowerOffice was gemaakt; daar blijft ze staan. → Crediteer haar in PowerOffice als ze er niet hoort te zijn.',
    nb: 'Fakturaen er slettet i Tribe etter at den ble opprettet i PowerOffice, og der blir den stående. → Krediter den i PowerOffice hvis den ikke skal være der.',
  },
  'payment.paid_phase_unknown': {
    en: 'Tribe has no phase that means that an invoice is paid. → Choose one in the settings; the payment then goes by itself.',
    nl: 'Tribe heeft geen fase die betekent dat een factuur betaald is. → Kies er een in de instellingen; de betaling gaat daarna vanzelf mee.',
    nb: 'Tribe har ingen fase som betyr at en faktura er betalt. → Velg en i innstillingene; betalingen går deretter av seg selv.',
  },
  'payment.unexplained': {
    en: 'PowerOffice says that the invoice is settled, and its customer ledger does not show by what; nothing was told in Tribe. → Look at the match of the invoice in PowerOffice. The relay looks again every four hours, or when you try again.',
    nl: 'Volgens PowerOffice is de factuur vereffend, maar het klantengrootboek laat niet zien waarmee; in Tribe is niets gemeld. → Bekijk in PowerOffice waarmee de factuur is afgeletterd. De koppeling kijkt elke vier uur opnieuw, of zodra u het opnieuw probeert.',
    nb: 'Ifølge PowerOffice er fakturaen gjort opp, men kundereskontroen viser ikke med hva; ingenting er meldt i Tribe. → Se på motposteringen av fakturaen i PowerOffice. Koblingen ser etter igjen hver fjerde time, eller når du prøver på nytt.',
  },
  'payment.phase_refused': {
    en: 'Tribe does not let the phase of the invoice be changed. → Set the phase by hand in Tribe, or allow the change there, then try again.',
    nl: 'Tribe staat niet toe dat de fase van de factuur wordt gewijzigd. → Zet de fase in Tribe met de hand, of sta de wijziging daar toe, en probeer het opnieuw.',
    nb: 'Tribe lar ikke fasen på fakturaen endres. → Sett fasen for hånd i Tribe, eller tillat endringen der, og prøv igjen.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>
