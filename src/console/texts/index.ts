import type { Language } from '../../shared/problems'
import { pictures as enPictures } from './pictures/en'
import { pictures as nbPictures } from './pictures/nb'
import { pictures as nlPictures } from './pictures/nl'
import { seen as enSeen } from './seen/en'
import { seen as nbSeen } from './seen/nb'
import { seen as nlSeen } from './seen/nl'
import { setup as enSetup } from './setup/en'
import { setup as nbSetup } from './setup/nb'
import { setup as nlSetup } from './setup/nl'
import { start as enStart } from './start/en'
import { start as nbStart } from './start/nb'
import { start as nlStart } from './start/nl'
import { tries as enTries } from './tries/en'
import { tries as nbTries } from './tries/nb'
import { tries as nlTries } from './tries/nl'
import { trust as enTrust } from './trust/en'
import { trust as nbTrust } from './trust/nb'
import { trust as nlTrust } from './trust/nl'
import { work as enWork } from './work/en'
import { work as nbWork } from './work/nb'
import { work as nlWork } from './work/nl'

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
