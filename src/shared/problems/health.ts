import type { ProblemText } from './index'

/** Why a tenant as a whole is not well; `health/health.ts` says when. */
export const HEALTH = {
  'health.reconnect': {
    en: 'Tribe or PowerOffice refuses the credentials, so nothing is synced; what happens meanwhile is kept. → The admin connects that system anew; the relay then goes on by itself.',
    nl: 'Tribe of PowerOffice weigert de aanmelding en daarom wordt er niets gesynchroniseerd; wat intussen gebeurt, blijft bewaard. → De admin verbindt dat systeem opnieuw; daarna gaat de koppeling vanzelf verder.',
    nb: 'Tribe eller PowerOffice avviser påloggingen, så ingenting synkroniseres; det som skjer imens, blir tatt vare på. → Administratoren kobler til systemet på nytt; deretter fortsetter koblingen av seg selv.',
  },
  'health.stuck': {
    en: "Nothing at all could be worked off lately, because of the relay itself. → The operator looks at the relay's logs; nothing is lost.",
    nl: 'De laatste tijd kon er niets worden verwerkt, en dat ligt aan de koppeling zelf. → De beheerder bekijkt de logs van de koppeling; er gaat niets verloren.',
    nb: 'Ingenting har latt seg behandle i det siste, og det skyldes koblingen selv. → Driftsansvarlig ser i loggene til koblingen; ingenting går tapt.',
  },
  'health.overdue': {
    en: 'Work has been due for more than forty minutes and was not taken up. → The operator looks whether the relay runs and whether PowerOffice asks it to wait.',
    nl: 'Er ligt al meer dan veertig minuten werk klaar dat niet is opgepakt. → De beheerder kijkt of de koppeling draait en of PowerOffice haar laat wachten.',
    nb: 'Arbeid har ventet i mer enn førti minutter uten å bli tatt fatt på. → Driftsansvarlig ser etter om koblingen kjører og om PowerOffice ber den vente.',
  },
  'health.stale': {
    en: 'One of the two systems has not been asked for changes with success for too long. → Look at the problems of the tenant; if there are none, the operator checks the clock (cron triggers) of the relay.',
    nl: 'Een van beide systemen is te lang niet met succes naar wijzigingen gevraagd. → Bekijk de problemen van de klant; zijn die er niet, dan controleert de beheerder de klok (cron triggers) van de koppeling.',
    nb: 'Et av de to systemene er ikke blitt spurt om endringer med hell på for lenge. → Se på problemene til kunden; er det ingen, kontrollerer driftsansvarlig klokken (cron triggers) til koblingen.',
  },
  'health.waits_for_a_person': {
    en: 'Some records cannot be synced until a person mends something; all others go on. → Look at the problems of the tenant: each has its own cause and next step.',
    nl: 'Sommige gegevens kunnen pas worden gesynchroniseerd als iemand iets herstelt; al het andere gaat door. → Bekijk de problemen van de klant: elk heeft een eigen oorzaak en vervolgstap.',
    nb: 'Noen poster kan ikke synkroniseres før noen retter på noe; alt annet går videre. → Se på problemene til kunden: hvert av dem har sin egen årsak og sitt eget neste steg.',
  },
  'contract.drifted': {
    en: 'Tribe or PowerOffice answers otherwise than the relay reads it; the path says where, and no value is told. What can be read goes on; a field that cannot be rests, and a record that cannot be waits. → The operator looks whether the system has announced a change and brings in a newer relay; it goes by itself once the answers are as before.',
    nl: 'Tribe of PowerOffice antwoordt anders dan de koppeling leest; het pad zegt waar, en er wordt geen waarde genoemd. Wat gelezen kan worden, gaat door; een veld waarbij dat niet kan, rust, en gegevens waarbij dat niet kan, wachten. → De beheerder kijkt of het systeem een wijziging heeft aangekondigd en zet een nieuwere versie van de koppeling in; het verdwijnt vanzelf zodra de antwoorden weer zijn zoals eerst.',
    nb: 'Tribe eller PowerOffice svarer annerledes enn koblingen leser; stien sier hvor, og ingen verdi blir nevnt. Det som kan leses, går videre; et felt som ikke kan det, hviler, og en post som ikke kan det, venter. → Driftsansvarlig ser etter om systemet har varslet en endring, og tar i bruk en nyere versjon av koblingen; det går over av seg selv når svarene er som før.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>
