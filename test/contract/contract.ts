/**
 * `npm run contract -- FILE|URL` compares PowerOffice's public description (OpenAPI, JSON) with what the relay calls and reads.
 * Ends with 1 when they are apart. Paths and types only; the description is read and not kept.
 */
import { readFile } from 'node:fs/promises'
import { differencesFrom } from './compare'
import { USES } from './uses'

const [from] = process.argv.slice(2)
if (from === undefined) throw new Error('Say where the description is: npm run contract -- FILE|URL')
const text = /^https?:/.test(from) ? await (await fetch(from)).text() : await readFile(from, 'utf8')
const found = differencesFrom(JSON.parse(text), USES)
for (const line of found) console.log(line)
console.log(`${USES.length} uses compared: ${found.length} differences`)
process.exitCode = found.length > 0 ? 1 : 0
