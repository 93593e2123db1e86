/** `$metadata`: the schema of an environment, as XML and as JSON. */
import type { EntityType, Navigation, Property, Schema } from './schema'

const NAMESPACE = 'Tribe'
const EMPLOYEE = 'Relationship_Person_Contact_Employee'

export function metadataXml(schema: Schema, annotated = false): string {
  const types = [...schema.types.values()]
  return `<?xml version="1.0" encoding="UTF-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:DataServices>
    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="${NAMESPACE}">
${types.map((type) => entityTypeXml(type, annotated)).join('\n')}
      <Function Name="GetCurrentEmployee"><ReturnType Type="${NAMESPACE}.${EMPLOYEE}"/></Function>
      <EntityContainer Name="Container">
${types
  .filter((t) => t.hasSet)
  .map(entitySetXml)
  .join('\n')}
        <FunctionImport Name="GetCurrentEmployee" Function="${NAMESPACE}.GetCurrentEmployee" EntitySet="${EMPLOYEE}"/>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>
`
}

function entityTypeXml(type: EntityType, annotated: boolean): string {
  const key = type.base ? '' : '        <Key><PropertyRef Name="ID"/></Key>\n'
  const base = type.base ? ` BaseType="${NAMESPACE}.${type.base.name}"` : ''
  const properties = type.own.properties.map(
    (p) =>
      `        <Property Name="${p.name}" Type="${p.type}"${p.required ? ' Nullable="false"' : ''}${endOf('Property', p, annotated)}`,
  )
  const links = type.own.navigations.map((n) => {
    const nullable = n.required ? ' Nullable="false"' : ''
    const partner = n.via ? ` Partner="${n.via}"` : ''
    return `        <NavigationProperty Name="${n.name}" Type="${typeOf(n)}"${nullable}${partner}${endOf('NavigationProperty', n, annotated)}`
  })
  const abstract = type.concrete ? '' : ' Abstract="true"'
  return `      <EntityType Name="${type.name}"${base}${abstract}>
${key}${[...properties, ...links].join('\n')}
      </EntityType>`
}

/** How an element ends: with what its annotations say, or at once. */
function endOf(element: string, { label, readOnly }: Property | Navigation, annotated: boolean): string {
  const said = [
    ...(label === null
      ? []
      : [`<Annotation Term="Org.OData.Core.V1.Description" String="${escaped(label)}"/>`]),
    ...(readOnly ? ['<Annotation Term="Org.OData.Core.V1.Computed" Bool="true"/>'] : []),
  ]
  return annotated && said.length > 0 ? `>${said.join('')}</${element}>` : '/>'
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const typeOf = (link: Navigation) =>
  link.via === null ? `${NAMESPACE}.${link.target}` : `Collection(${NAMESPACE}.${link.target})`

const entitySetXml = (type: EntityType) =>
  `        <EntitySet Name="${type.name}" EntityType="${NAMESPACE}.${type.name}"/>`

/** By the rules of CSDL JSON: a text that may not be null is what a bare `{}` says. */
export function metadataJson(schema: Schema, annotated = false): Record<string, unknown> {
  const container: Record<string, unknown> = { $Kind: 'EntityContainer' }
  const types: Record<string, unknown> = {}
  for (const type of schema.types.values()) {
    types[type.name] = entityTypeJson(type, annotated)
    if (type.hasSet) container[type.name] = { $Collection: true, $Type: `${NAMESPACE}.${type.name}` }
  }
  container.GetCurrentEmployee = { $Function: `${NAMESPACE}.GetCurrentEmployee`, $EntitySet: EMPLOYEE }
  return {
    $Version: '4.01',
    $EntityContainer: `${NAMESPACE}.Container`,
    [NAMESPACE]: {
      ...types,
      GetCurrentEmployee: [{ $Kind: 'Function', $ReturnType: { $Type: `${NAMESPACE}.${EMPLOYEE}` } }],
      Container: container,
    },
  }
}

function entityTypeJson(type: EntityType, annotated: boolean): Record<string, unknown> {
  return {
    $Kind: 'EntityType',
    ...(type.base ? { $BaseType: `${NAMESPACE}.${type.base.name}` } : { $Key: ['ID'] }),
    ...(type.concrete ? {} : { $Abstract: true }),
    ...Object.fromEntries(
      type.own.properties.map((p) => [
        p.name,
        {
          ...(p.type === 'Edm.String' ? {} : { $Type: p.type }),
          ...(p.required ? {} : { $Nullable: true }),
          ...saidOf(p, annotated),
        },
      ]),
    ),
    ...Object.fromEntries(
      type.own.navigations.map((n) => [
        n.name,
        {
          $Kind: 'NavigationProperty',
          $Type: `${NAMESPACE}.${n.target}`,
          ...(n.via === null ? {} : { $Collection: true, $Partner: n.via }),
          ...(n.required || n.via !== null ? {} : { $Nullable: true }),
          ...saidOf(n, annotated),
        },
      ]),
    ),
  }
}

const saidOf = ({ label, readOnly }: Property | Navigation, annotated: boolean) => ({
  ...(annotated && label !== null ? { '@Org.OData.Core.V1.Description': label } : {}),
  ...(annotated && readOnly ? { '@Org.OData.Core.V1.Computed': true } : {}),
})
