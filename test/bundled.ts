/**
 * `node test/bundled.ts test/converge/converge.ts …` runs a script of the tests as one file that esbuild has made of
 * it and of all it uses: it begins in a third of a second, and one import at a time would take four. Its errors still
 * name the lines of the sources. With `--relay REF` the Worker on the simulated platform is that version's.
 */
import { pathToFileURL } from 'node:url'
import { bundle, relayOf } from './bundle.ts'

const at = process.argv.indexOf('--relay')
const [, ref] = at > 0 ? process.argv.splice(at, 2) : []
const [entry = ''] = process.argv.splice(2, 1)
process.setSourceMapsEnabled(true)
const file = await bundle(entry, ref === undefined ? {} : { relay: relayOf(ref) })
await import(pathToFileURL(file).href)
