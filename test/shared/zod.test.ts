import { expect, test } from 'vitest'
import * as used from '../../src/shared/zod/used'
import { sourcesIn } from '../sources'

/** What the source takes of `z` as a type is no part of a bundle: these, and classes, unless something is asked to be one. */
const TYPES = /^(infer|input|output|core|Zod\w*)$/
const VALUES = /\b(instanceof )?z\.(\w+)(?:\.(\w+)\()?/g

test('each name that the source uses of zod is in the bundle', () => {
  const missing = [...sourcesIn(`${import.meta.dirname}/../../src`)].flatMap(([path, text]) =>
    [...text.matchAll(VALUES)]
      .filter(([, isAsked, name = '']) => isAsked !== undefined || !TYPES.test(name))
      .filter(([, , name = '', below]) => !hasName(name, below))
      .map(([found]) => `${path}: ${found}`),
  )

  expect(missing).toEqual([])
})

function hasName(name: string, below: string | undefined): boolean {
  const value: unknown = Reflect.get(used, name)
  const isGroup = name === 'coerce' || name === 'iso'
  return isGroup ? below !== undefined && Object.hasOwn(value as object, below) : value !== undefined
}
