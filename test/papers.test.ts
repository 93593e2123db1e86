import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { lostLinks, lostReferences, PAPERS, paragraphsOf, referencesIn, saysOtherPaper } from './papers'

describe('the papers', () => {
  test.each(PAPERS)(
    'each paragraph that %s cites is there, and each of its links leads somewhere',
    (path) => {
      const text = readFileSync(path, 'utf8')

      expect([...lostReferences(path, text), ...lostLinks(path, text)]).toEqual([])
    },
  )

  test('a number is given to one paragraph', () => {
    for (const path of PAPERS) {
      const numbers = [...readFileSync(path, 'utf8').matchAll(/^#{2,4} (\d+(?:\.\d+)?) /gm)].map(
        ([, number]) => number,
      )
      expect(numbers, path).toEqual([...new Set(numbers)])
    }
  })
})

describe('what is lost is found', () => {
  const PAPER = '# A paper\n\n## 3 Who wins\n\n### 3.2 The policy decides\n'
  const read = () => PAPER

  test('paragraphs are the numbers of headings', () => {
    expect([...paragraphsOf(PAPER)]).toEqual(['3', '3.2'])
  })

  test('a paragraph belongs to the paper that is named before it', () => {
    expect(referencesIn('src/shared/a.ts', '// so (DESIGN.md §3.2, §3; tribe/API.md §4.1)')).toEqual([
      { paper: 'src/DESIGN.md', paragraph: '3.2' },
      { paper: 'src/DESIGN.md', paragraph: '3' },
      { paper: 'src/tribe/API.md', paragraph: '4.1' },
    ])
    expect(referencesIn('src/tribe/a.ts', '// (API.md §4.1)')).toEqual([
      { paper: 'src/tribe/API.md', paragraph: '4.1' },
    ])
    expect(referencesIn('README.md', '[it](src/OPERATING.md) §6 and\n§4')).toEqual([
      { paper: 'src/OPERATING.md', paragraph: '6' },
      { paper: 'src/DESIGN.md', paragraph: '4' },
    ])
  })

  test('one that is not there, and one of no paper', () => {
    expect(lostReferences('src/a.ts', '// (DESIGN.md §3.2)', read)).toEqual([])
    expect(lostReferences('src/a.ts', '// (DESIGN.md §3.9)', read)).toEqual([
      'src/a.ts cites src/DESIGN.md §3.9',
    ])
    expect(lostReferences('src/a.ts', '// as §3 says', () => '')).toEqual(['src/a.ts cites no paper, §3'])
  })

  test('a paper of elsewhere', () => {
    for (const said of [
      '(spec §9)',
      '(design 3)',
      '(tribe-api §2.6)',
      '(contract, "HTTP")',
      'poweroffice-api.md §7',
    ])
      expect(saysOtherPaper('src/a.ts', `// as it must be ${said}`)).toHaveLength(1)
    expect(saysOtherPaper('src/a.ts', '// by design, a contract of 3 (DESIGN.md §3.2)')).toEqual([])
  })

  test('a link to a file or a heading that is not there', () => {
    expect(
      lostLinks(
        'README.md',
        '[a](src/index.ts) [b](https://example.com) [c](src/DESIGN.md#3-who-wins)',
        read,
      ),
    ).toEqual([])
    expect(lostLinks('README.md', '[a](src/nothing.ts) [b](#nowhere)', read)).toEqual([
      'README.md links to src/nothing.ts',
      'README.md links to #nowhere',
    ])
  })
})
