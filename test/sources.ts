import { readdirSync, readFileSync } from 'node:fs'
import type { Sources } from './architecture'

/** The TypeScript files in a folder and below it. */
export const sourcesIn = (folder: string): Sources =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')]),
  )
