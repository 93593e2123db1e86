import type { Language } from '../../shared/problems'
import { pictures as enPictures } from './en/pictures'
import { seen as enSeen } from './en/seen'
import { setup as enSetup } from './en/setup'
import { start as enStart } from './en/start'
import { tries as enTries } from './en/tries'
import { trust as enTrust } from './en/trust'
import { work as enWork } from './en/work'
import { pictures as nbPictures } from './nb/pictures'
import { seen as nbSeen } from './nb/seen'
import { setup as nbSetup } from './nb/setup'
import { start as nbStart } from './nb/start'
import { tries as nbTries } from './nb/tries'
import { trust as nbTrust } from './nb/trust'
import { work as nbWork } from './nb/work'
import { pictures as nlPictures } from './nl/pictures'
import { seen as nlSeen } from './nl/seen'
import { setup as nlSetup } from './nl/setup'
import { start as nlStart } from './nl/start'
import { tries as nlTries } from './nl/tries'
import { trust as nlTrust } from './nl/trust'
import { work as nlWork } from './nl/work'

/** Every text of the console, in short sentences for a bookkeeper. English says which there are. */
export type StartTexts = typeof enStart
export type SetupTexts = typeof enSetup
export type WorkTexts = typeof enWork
export type TrustTexts = typeof enTrust
export type SeenTexts = typeof enSeen
export type PictureTexts = typeof enPictures
export type TryTexts = typeof enTries
export type Texts = StartTexts & SetupTexts & WorkTexts & TrustTexts & SeenTexts & PictureTexts & TryTexts

const TEXTS: Readonly<Record<Language, Texts>> = {
  en: { ...enStart, ...enSetup, ...enWork, ...enTrust, ...enSeen, ...enPictures, ...enTries },
  nl: { ...nlStart, ...nlSetup, ...nlWork, ...nlTrust, ...nlSeen, ...nlPictures, ...nlTries },
  nb: { ...nbStart, ...nbSetup, ...nbWork, ...nbTrust, ...nbSeen, ...nbPictures, ...nbTries },
}
export const textsIn = (language: Language): Texts => TEXTS[language]
