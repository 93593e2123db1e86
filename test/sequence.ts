import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What mostly waits begins first, and each project goes on in one piece: it shares its processes. */
const PROJECTS = ['demo', 'workerd', 'parts', 'stories', 'gate']
/** Of a project, those that take longest: begun last, they would run alone in the end. */
const LONG = [
  ...['workerd/console-looks', 'workerd/console', 'workerd/big-load', 'stories/gate', 'stories/trouble'],
  ...['converge/converge', 'faults/survival', 'sweep/invoices', 'towns/stand-ins', 'endure/endure'],
]

/** The order of the files: so that all cores have work until the end, on a machine that has never run them. */
export default class Sequence extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => projectOf(a) - projectOf(b) || lengthOf(a) - lengthOf(b))
  }
}

const projectOf = ({ project }: TestSpecification) => PROJECTS.indexOf(project.name)
function lengthOf({ moduleId }: TestSpecification): number {
  const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
  return at < 0 ? LONG.length : at
}
