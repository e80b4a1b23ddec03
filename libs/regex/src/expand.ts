import type { Match } from "./pattern.ts";

/** A reference in a template: `$1`, `$name` (as long as letters, digits and `_` go on), `${name}`, or `$$` for a dollar. */
const reference = /\$(?:\$|\{(\w+)\}|(\w+))/g;

/**
 * A template with its references to groups filled in, as Go's `Regexp.Expand` does it: a group that is not there or took no part
 * is empty, and a dollar sign that begins no reference stands for itself.
 */
export function expand(template: string, match: Match, names: ReadonlyMap<string, number>): string {
  return template.replace(reference, (whole, braced?: string, bare?: string) => {
    if (whole === "$$") return "$";
    const name = braced ?? bare ?? "";
    const number = /^\d+$/.test(name) ? Number(name) : names.get(name);
    return number === undefined ? "" : (match.groups[number] ?? "");
  });
}
