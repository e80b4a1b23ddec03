/** The parts of a request that may carry a key; header names in lower case. */
export type HeaderReader = (name: string) => string | undefined;

/**
 * The API key of a request: `authorization: Bearer <key>`, else `x-api-key`, else `api-key` (which agents of other
 * vendors send). Undefined when there is none.
 */
export function keyOfHeaders(header: HeaderReader): string | undefined {
  const bearer = /^bearer +(\S+) *$/i.exec(header("authorization") ?? "")?.[1];
  return bearer ?? header("x-api-key") ?? header("api-key");
}
