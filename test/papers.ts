/**
 * The papers of the repository, and what cites them: `DESIGN.md §3.2`, `tribe/API.md §4.1`. Everything here reads text and
 * nothing else, so that it can be tried on texts that are made up.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const FOLDERS = ['.github', 'src', 'test']

/** Every paper, by its path from the top. */
export const PAPERS: readonly string[] = [
  'README.md',
  ...FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
].sort()

/** The numbers of a paper's headings: `## 3 Who wins` is `3`, `### 3.2 …` is `3.2`. */
export const paragraphsOf = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/^#{2,4} (\d+(?:\.\d+)?)\.? /gm)].map(([, number = '']) => number))

/** How GitHub names a heading in an address. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

export interface Reference {
  /** The paper's path from the top. */
  paper: string
  paragraph: string
}

const NAMED = /((?:\w+\/)?(?:DESIGN|OPERATING|API)\.md)[)`]*,? /g
const BARE = /§(\d+(?:\.\d+)?)/g

/** `API.md` is the one beside the file; the others have one place each. */
function pathOf(name: string, citedBy: string): string {
  if (name !== 'API.md') return name.includes('/API') ? `src/${name}` : `src/${name.split('/').at(-1)}`
  return join(dirname(citedBy), name)
}

/**
 * What a file cites. A paragraph belongs to the paper that was named last on its line; where none was, to the file itself if it
 * is a paper, the README's to the decisions; in code, that is a paragraph of nowhere, and its paper is empty.
 */
export function referencesIn(path: string, text: string): Reference[] {
  const itself = path.endsWith('.md') ? path : ''
  const own = path === 'README.md' ? 'src/DESIGN.md' : itself
  return text.split('\n').flatMap((line) => {
    const names = [...line.matchAll(NAMED)]
    return [...line.matchAll(BARE)].map(({ index, 1: paragraph = '' }) => {
      const name = names.filter((named) => named.index < index).at(-1)?.[1]
      return { paper: name ? pathOf(name, path) : own, paragraph }
    })
  })
}

/** Those that lead to no paragraph, in words. */
export function lostReferences(path: string, text: string, read = textOf): string[] {
  return referencesIn(path, text)
    .filter(({ paper, paragraph }) => !paragraphsOf(read(paper)).has(paragraph))
    .map(({ paper, paragraph }) => `${path} cites ${paper || 'no paper,'} §${paragraph}`)
}

/** Papers that whoever wrote the code had, and the reader has not. */
const OTHER = /\b(?:spec|design|contract|house|style)(?:\.md)?(?: (?:§|\d)|, ")|\b(?:tribe|poweroffice)-api\b/
export const saysOtherPaper = (path: string, text: string): string[] =>
  text
    .split('\n')
    .filter((line) => OTHER.test(line))
    .map((line) => `${path}: ${line.trim()}`)

/** Links of a paper to files and headings that are not there. Addresses of the Internet are not looked at. */
export function lostLinks(path: string, text: string, read = textOf): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#')
      const to = file ? normalize(join(dirname(path), file)) : path
      if (file && !existsSync(to)) return true
      if (!anchor) return false
      return ![...read(to).matchAll(/^#+ (.+)$/gm)].some(([, heading = '']) => anchorOf(heading) === anchor)
    })
    .map((target) => `${path} links to ${target}`)
}

function textOf(path: string): string {
  return path && existsSync(path) ? readFileSync(path, 'utf8') : ''
}
