/** A refusal: how Tribe says no, and what the fake notes about whoever asked. */
export class ODataProblem extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 415 | 501,
    message: string,
    /** Something that the relay should never have asked. */
    readonly violation: string | null = null,
  ) {
    super(message)
  }
}

/** A member that the type does not have, as far as this spelling goes. */
export function undeclared(member: string, type: string, where: string): ODataProblem {
  return new ODataProblem(
    400,
    `Property '${member}' is not declared in type '${type}'.`,
    `unknown member: '${member}' of ${type} in ${where}`,
  )
}
