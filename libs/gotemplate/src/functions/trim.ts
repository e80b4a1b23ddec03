/** What Go takes for white space. */
const spaces = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** A text without white space at its ends: `strings.TrimSpace`. */
export function trimSpace(value: string): string {
  let end = value.length;
  while (end > 0 && space.test(value[end - 1] ?? "")) end--;
  return value.slice(0, end).replace(spaces, "");
}
