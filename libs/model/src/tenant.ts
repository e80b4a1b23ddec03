/** The tenant that exists from the first start. */
export const DEFAULT_TENANT = "default";

const pattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A tenant's name: 1 to 63 lower-case letters, digits and inner hyphens, so that it fits subjects, labels and paths. */
export function isTenant(text: string): boolean {
  return pattern.test(text);
}
