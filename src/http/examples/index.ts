/** One company throughout, as the API's description shows it. Types hold each example to its schema. */
export * from './company'
export * from './records'
export * from './running'
