import { AppError, invalid } from "@sightline/errors/app-error";
import { type Document, isMap, isSeq, parseDocument, visit, YAMLSeq } from "yaml";

/** Scalars stay texts, so that what is not touched is written as it was. */
const reading = { schema: "failsafe" } as const;
const writing = { lineWidth: 0 } as const;

/**
 * A file's text with one group in place of the one of its name, or behind the others. The rest stays as it is, comments too.
 *
 * @param source undefined for a file that is not there yet
 * @param group YAML of the group. Throws invalid_argument when it is none; what else is wrong with it the check of the file says.
 */
export function withGroup(source: string | undefined, group: string): string {
  const added = parseDocument(group, reading);
  const [error] = added.errors;
  if (error !== undefined) throw invalid(`cannot read the group of rules: ${error.message}`);
  const { contents } = added;
  const name = isMap(contents) ? contents.get("name") : undefined;
  if (!isMap(contents) || typeof name !== "string" || name === "") {
    throw invalid("cannot read the group of rules: want a map with a name");
  }
  if (hasLooseAlias(added)) throw invalid("cannot read the group of rules: got an alias of what is not in it");
  const document = parseDocument(source ?? "groups: []\n", reading);
  const groups = groupsOf(document);
  const at = groups.items.findIndex((item) => nameOf(item) === name);
  // A list in braces would have the group in braces too.
  if (groups.items.length === 0) groups.flow = false;
  if (at === -1) groups.add(contents);
  else groups.items[at] = contents;
  return printed(document);
}

/** A file's text without a group; undefined when none is left. Throws not_found when there is no such group. */
export function withoutGroup(source: string, name: string): string | undefined {
  const document = parseDocument(source, reading);
  const groups = groupsOf(document);
  const left = groups.items.filter((item) => nameOf(item) !== name);
  if (left.length === groups.items.length) {
    throw new AppError("not_found", `cannot find the group ${JSON.stringify(name)}: there is none of that name`);
  }
  groups.items = left;
  return left.length === 0 ? undefined : printed(document);
}

/** Throws failed_precondition for a file of which what an alias means was in a group that is not there any more. */
function printed(document: Document): string {
  if (!hasLooseAlias(document)) return document.toString(writing);
  throw new AppError(
    "failed_precondition",
    "cannot change one group of the rule file: an alias would mean nothing any more, want its anchor in the same group",
  );
}

function hasLooseAlias(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function groupsOf(document: Document.Parsed): YAMLSeq {
  const found: unknown = document.get("groups", true);
  if (isSeq(found)) return found;
  if (found !== undefined && !(isMap(document.contents) && isNothing(document.get("groups")))) {
    throw new AppError("failed_precondition", "cannot change one group of the rule file: its groups are no plain list");
  }
  const groups = new YAMLSeq();
  document.set("groups", groups);
  return groups;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

function nameOf(item: unknown): string | undefined {
  const name = isMap(item) ? item.get("name") : undefined;
  return typeof name === "string" ? name : undefined;
}
