import type { ProblemText } from './index'

/** Messages about a tenant's health, and what keeps them. */
export const ALERTS = {
  'alert.address_refused': {
    en: 'Alerts go to public https addresses only, which name their host: no numbers, no names of a private network, no password in the URL. → Enter the public https address of the webhook.',
    nl: 'Meldingen gaan alleen naar openbare https-adressen met een hostnaam: geen nummers, geen namen uit een eigen netwerk, geen wachtwoord in de URL. → Vul het openbare https-adres van de webhook in.',
    nb: 'Varsler sendes bare til offentlige https-adresser med vertsnavn: ingen tall, ingen navn fra et privat nettverk, ikke passord i URL-en. → Oppgi den offentlige https-adressen til webhooken.',
  },
  'alert.secret_missing': {
    en: 'A webhook for alerts needs a secret by which its messages are signed. → Send `alerts.webhookSecret` along, at least 16 characters, and keep it where the webhook is received.',
    nl: 'Een webhook voor meldingen heeft een geheim nodig waarmee de berichten worden ondertekend. → Stuur `alerts.webhookSecret` mee, minstens 16 tekens, en bewaar het waar de webhook binnenkomt.',
    nb: 'En webhook for varsler trenger en hemmelighet som meldingene signeres med. → Send med `alerts.webhookSecret`, minst 16 tegn, og oppbevar den der webhooken tas imot.',
  },
  'alert.email_unavailable': {
    en: 'This relay cannot send e-mail. → Use a webhook, or ask the operator to set up `SEND_EMAIL` and `ALERT_FROM`.',
    nl: 'Deze koppeling kan geen e-mail versturen. → Gebruik een webhook, of vraag de beheerder om `SEND_EMAIL` en `ALERT_FROM` in te stellen.',
    nb: 'Denne koblingen kan ikke sende e-post. → Bruk en webhook, eller be driftsansvarlig om å sette opp `SEND_EMAIL` og `ALERT_FROM`.',
  },
  'event.address_refused': {
    en: 'Events go to public https addresses only, which name their host: no numbers, no names of a private network, no password in the URL. → Enter the public https address of the webhook.',
    nl: 'Gebeurtenissen gaan alleen naar openbare https-adressen met een hostnaam: geen nummers, geen namen uit een eigen netwerk, geen wachtwoord in de URL. → Vul het openbare https-adres van de webhook in.',
    nb: 'Hendelser sendes bare til offentlige https-adresser med vertsnavn: ingen tall, ingen navn fra et privat nettverk, ikke passord i URL-en. → Oppgi den offentlige https-adressen til webhooken.',
  },
  'event.secret_missing': {
    en: 'A webhook for events needs a secret by which they are signed. → Send `events.secret` along, at least 16 characters, and keep it where the webhook is received.',
    nl: 'Een webhook voor gebeurtenissen heeft een geheim nodig waarmee ze worden ondertekend. → Stuur `events.secret` mee, minstens 16 tekens, en bewaar het waar de webhook binnenkomt.',
    nb: 'En webhook for hendelser trenger en hemmelighet som de signeres med. → Send med `events.secret`, minst 16 tegn, og oppbevar den der webhooken tas imot.',
  },
  'event.not_delivered': {
    en: 'Events are not received by your webhook. → Check its address and what it answers; then send them again on the page of events. What waits is tried for three days by itself.',
    nl: 'Uw webhook ontvangt de gebeurtenissen niet. → Controleer het adres en wat het antwoordt; stuur ze daarna opnieuw op de pagina met gebeurtenissen. Wat wacht, wordt drie dagen lang vanzelf opnieuw geprobeerd.',
    nb: 'Webhooken din tar ikke imot hendelsene. → Kontroller adressen og hva den svarer; send dem deretter på nytt på siden med hendelser. Det som venter, prøves av seg selv i tre døgn.',
  },
  'event.unknown': {
    en: 'There is no such event (any more). → Nothing to do: events are kept for a week.',
    nl: 'Deze gebeurtenis bestaat niet (meer). → U hoeft niets te doen: gebeurtenissen worden een week bewaard.',
    nb: 'Hendelsen finnes ikke (lenger). → Du trenger ikke gjøre noe: hendelser oppbevares i en uke.',
  },
  'alert.not_delivered': {
    en: "A message about the tenant's health was not received. → Nothing to do: it is tried again for a day. If it lasts, check the address of the webhook or mail.",
    nl: 'Een melding over de toestand van de klant is niet ontvangen. → U hoeft niets te doen: het wordt een dag lang opnieuw geprobeerd. Blijft het zo, controleer dan het adres van de webhook of de e-mail.',
    nb: 'En melding om tilstanden til kunden ble ikke mottatt. → Du trenger ikke gjøre noe: den prøves på nytt i et døgn. Varer det, kontroller adressen til webhooken eller e-posten.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>
