import { expect, test } from 'vitest'
import { elementsOf } from '../../src/tribe/xml'

test('elements come in their order, with their depth and attributes', () => {
  const text = `<?xml version="1.0"?><!-- <No/> -->
    <edmx:Edmx Version="4.0"><Schema xmlns='a'><Property Name="Name" Type = 'Edm.String'/></Schema><Schema/></edmx:Edmx>`

  expect(elementsOf(text)).toEqual([
    { name: 'Edmx', depth: 0, attributes: { Version: '4.0' } },
    { name: 'Schema', depth: 1, attributes: { xmlns: 'a' } },
    { name: 'Property', depth: 2, attributes: { Name: 'Name', Type: 'Edm.String' } },
    { name: 'Schema', depth: 1, attributes: {} },
  ])
})

test('signs that stand for others are read, and what a document makes up is not', () => {
  const [one] = elementsOf('<A Name="&lt;&#65;&#x42;&amp;&apos;" Own="&big;" Far="&#x110000;"/>')

  expect(one?.attributes).toEqual({ Name: "<AB&'", Own: '&big;', Far: '&#x110000;' })
})

test('what is said in a comment or in CDATA is no element', () => {
  expect(elementsOf('<A><!-- <B> --><![CDATA[<C>]]></A>').map(({ name }) => name)).toEqual(['A'])
})

test.each([
  ['a tag that stays open', '<A><B></A>'],
  ['one that was not open', '<A></A></B>'],
  ['a document that ends too early', '<A><B/>'],
  ['no document', 'Service unavailable'],
  ['nothing', ''],
])('%s is an error', (_, text) => {
  expect(() => elementsOf(text)).toThrow(SyntaxError)
})

test.each([['<A '], ['<!--'], ['&amp;'], ['<A B="'], [' a='], ['<'], ['<A>'], [' '], ['<A a="b" ']])(
  'a megabyte of "%s" is read once, however it means harm',
  (part) => {
    expect(() => elementsOf(`<A ${part.repeat(1_000_000 / part.length)}`)).toThrow(SyntaxError)
    expect(() => elementsOf(`<A>${part.repeat(1_000_000 / part.length)}`)).toThrow(SyntaxError)
  },
  10_000,
)
