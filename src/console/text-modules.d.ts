/** Files that are imported as text: `with { type: 'text' }` says so to whatever bundles them. */
declare module '*.css' {
  const text: string
  export default text
}

declare module '*/live.js' {
  const text: string
  export default text
}
