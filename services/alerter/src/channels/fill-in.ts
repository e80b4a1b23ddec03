import { parse, type Tags } from "yaml";

const maxDepth = 32;
const maxValues = 10_000;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * A value with every text in it filled in, names too. A text that has become YAML of another type is that value, so that
 * `{{ .Alerts | len }}` is a number (Alertmanager's DeepCopyWithTemplate, template/template.go); what came out is not
 * filled in again.
 */
export function fillIn(value: Json, expand: (template: string) => string, depth = 0): Json {
  if (depth > maxDepth) return null;
  if (typeof value === "string") return typed(expand(value));
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map((item) => fillIn(item, expand, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [expand(name), fillIn(item, expand, depth + 1)]),
  );
}

function typed(text: string): Json {
  try {
    const value: unknown = parse(text, { version: "1.1", customTags: asGo, logLevel: "error", maxAliasCount: 0 });
    if (typeof value !== "string") return plain(value, { left: maxValues });
  } catch {
    return text;
  }
  return text;
}

/** What Go's yaml.v2 takes YAML 1.1 for: times of day are texts and not numbers, and so are dates. */
function asGo(tags: Tags): Tags {
  return tags.filter(
    (tag) =>
      typeof tag === "string" ||
      !("tag" in tag) ||
      (tag.tag !== "tag:yaml.org,2002:timestamp" && !("format" in tag && tag.format === "TIME")),
  );
}

/** What JSON can say of a value; names that are no texts are left out. */
function plain(value: unknown, budget: { left: number }): Json {
  if (budget.left-- <= 0) return null;
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, budget));
  if (typeof value !== "object") return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item, budget)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
