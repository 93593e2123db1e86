import { readdirSync, readFileSync } from 'node:fs'
import type { Sources } from './architecture'

/** The files of code in a folder and below it. */
export const sourcesIn = (folder: string): Sources =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(tsx?|css|js)$/.test(name))
      .map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]),
  )
