import { invalid } from "@sightline/errors/app-error";
import type { SearchRequest } from "@sightline/proto/tempopb/tempo";
import { anyAttribute } from "@sightline/query/traceql/attribute-name";

/** What tags name that is no attribute, as fields of TraceQL. */
const FIELDS: ReadonlyMap<string, string> = new Map([
  ["name", "name"],
  ["root.name", "rootName"],
  ["root.service.name", "rootServiceName"],
]);

/**
 * The TraceQL of a search by tags and durations, as clients searched before there was TraceQL: a tag's value is a part of an
 * attribute's whatever its case, durations are the whole trace's.
 */
export function legacyQuery({ tags, minDurationMs, maxDurationMs }: SearchRequest): string {
  const conditions = Object.entries(tags).map(([name, value]) => conditionOf(name, value));
  if (minDurationMs > 0) conditions.push(`traceDuration >= ${minDurationMs}ms`);
  if (maxDurationMs > 0) conditions.push(`traceDuration <= ${maxDurationMs}ms`);
  return `{ ${conditions.join(" && ")} }`;
}

function conditionOf(name: string, value: string): string {
  // Spans say it by their status, and say it in one way.
  if (name === "status.code") return `status = ${statusOf(value)}`;
  if (name === "error" && value === "true") return "status = error";
  const field = FIELDS.get(name) ?? anyAttribute(name);
  return `${field} =~ ${JSON.stringify(`(?i).*${escapePattern(value)}.*`)}`;
}

function statusOf(value: string): string {
  const status = value.toLowerCase();
  if (status === "ok" || status === "error" || status === "unset") return status;
  throw invalid(`invalid tag status.code: got ${JSON.stringify(value)}, want ok, error or unset`);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** The tags of a search in logfmt: `service.name=shop http.url="/a b"`. Throws invalid_argument for what is none. */
export function parseTags(text: string): Record<string, string> {
  const tags: Record<string, string> = {};
  const tag = /\s*([^\s="]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?=\s|$)/y;
  while (tag.lastIndex < text.length && text.slice(tag.lastIndex).trim() !== "") {
    const at = tag.lastIndex;
    const [, name = "", value = ""] = tag.exec(text) ?? [];
    if (name === "") throw invalid(`invalid tags: got ${JSON.stringify(text.slice(at).trim())}, want name=value`);
    if (name in tags) throw invalid(`invalid tags: tag ${name} has been set twice`);
    tags[name] = value.startsWith('"') ? unquote(value) : value;
  }
  return tags;
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    throw invalid(`invalid tags: got ${text}, want a text in quotes`);
  }
}
