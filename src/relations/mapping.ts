/** How each system spells a relation (spec §4): one module for each, since both have much to say. */
export * from './mapping-poweroffice'
export * from './mapping-tribe'
