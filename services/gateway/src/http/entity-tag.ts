/**
 * Whether what a client has, as its If-None-Match says, is what there is (RFC 9110 section 13.1.2). Unlike express'
 * `fresh` it also answers one that wants to be sure, `cache-control: no-cache`: we are the ones to ask.
 */
export function hasCurrent(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag);
}
