/** `$metadata`: the schema of an environment, as XML and as JSON. */
import type { EntityType, Navigation, Schema } from './schema'

const NAMESPACE = 'Tribe'
const EMPLOYEE = 'Relationship_Person_Contact_Employee'

export function metadataXml(schema: Schema): string {
  const types = [...schema.types.values()]
  return `<?xml version="1.0" encoding="UTF-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:DataServices>
    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="${NAMESPACE}">
${types.map(entityTypeXml).join('\n')}
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

function entityTypeXml(type: EntityType): string {
  const key = type.base ? '' : '        <Key><PropertyRef Name="ID"/></Key>\n'
  const base = type.base ? ` BaseType="${NAMESPACE}.${type.base.name}"` : ''
  const properties = type.own.properties.map(
    (p) => `        <Property Name="${p.name}" Type="${p.type}"${p.required ? ' Nullable="false"' : ''}/>`,
  )
  const links = type.own.navigations.map((n) => {
    const nullable = n.required ? ' Nullable="false"' : ''
    const partner = n.via ? ` Partner="${n.via}"` : ''
    return `        <NavigationProperty Name="${n.name}" Type="${typeOf(n)}"${nullable}${partner}/>`
  })
  const abstract = type.concrete ? '' : ' Abstract="true"'
  return `      <EntityType Name="${type.name}"${base}${abstract}>
${key}${[...properties, ...links].join('\n')}
      </EntityType>`
}

const typeOf = (link: Navigation) =>
  link.via === null ? `${NAMESPACE}.${link.target}` : `Collection(${NAMESPACE}.${link.target})`

const entitySetXml = (type: EntityType) =>
  `        <EntitySet Name="${type.name}" EntityType="${NAMESPACE}.${type.name}"/>`

/** By the rules of CSDL JSON: a text that may not be null is what a bare `{}` says. */
export function metadataJson(schema: Schema): Record<string, unknown> {
  const container: Record<string, unknown> = { $Kind: 'EntityContainer' }
  const types: Record<string, unknown> = {}
  for (const type of schema.types.values()) {
    types[type.name] = entityTypeJson(type)
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

function entityTypeJson(type: EntityType): Record<string, unknown> {
  return {
    $Kind: 'EntityType',
    ...(type.base ? { $BaseType: `${NAMESPACE}.${type.base.name}` } : { $Key: ['ID'] }),
    ...(type.concrete ? {} : { $Abstract: true }),
    ...Object.fromEntries(
      type.own.properties.map((p) => [
        p.name,
        { ...(p.type === 'Edm.String' ? {} : { $Type: p.type }), ...(p.required ? {} : { $Nullable: true }) },
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
        },
      ]),
    ),
  }
}
