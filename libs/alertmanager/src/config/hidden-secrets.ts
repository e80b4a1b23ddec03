import { type AppError, invalid } from "@sightline/errors/app-error";
import { quote } from "@sightline/gotext/quote";
import { scalarLike } from "./scalar-text.ts";
import { HIDDEN_SECRET } from "./secret.ts";
import {
  assertRead,
  findSecrets,
  type Looks,
  placed,
  type SecretPath,
  type WrittenSecret,
  type WrittenSecrets,
} from "./written-secrets.ts";
import type { Position, YamlScalar } from "./yaml-tree.ts";

/**
 * An alertmanager.yml as it was written, comments and all, with `<secret>` in place of each secret and `xxxxx` in place of the passwords
 * of URLs. What is behind its first document is not read by anybody, and left out. Throws invalid_argument for a text that cannot be
 * read: what of it is a secret is not known.
 */
export function hideSecrets(source: string): string {
  const found = findSecrets(source, "shown");
  assertRead(found);
  const shown = new Map<YamlScalar, string>();
  for (const { node, shown: text } of found.secrets) {
    if (shown.get(node) !== HIDDEN_SECRET) shown.set(node, text);
  }
  return replaced(source.slice(0, found.end), shown);
}

/** Whether something of a text is hidden, so that it needs what is kept. */
export function hidesSecrets(draft: string): boolean {
  return findSecrets(draft, "text").secrets.some(isHidden);
}

/** More is not told of one text. */
const maxProblems = 100;

/** A secret of the kept text that a draft has now. */
export interface TakenSecret {
  readonly text: string;
  /** What was there in its place. */
  readonly shown: string;
  /** Where it was hidden in the draft. */
  readonly at: Position;
}

export interface RestoredText {
  readonly source: string;
  /** Whoever uses the text has to see to it that they lead where they led before: who wrote the draft may not know them. */
  readonly taken: readonly TakenSecret[];
}

/**
 * A text that was made of what `hideSecrets` shows of `kept`, with the secrets that it hides. A receiver is known by its name, and
 * an entry of its lists by what else is in it, or its place. Anything else of the text stays as it is, also what is wrong with it. Throws
 * invalid_argument with a line for each secret that is hidden and not kept, or would be seen: "line:column: what is wrong".
 */
export function restoreSecrets(draft: string, kept: string): RestoredText {
  const written = findSecrets(draft, "text");
  const hidden = Map.groupBy(written.secrets.filter(isHidden), ({ node }) => node);
  if (hidden.size === 0) return { source: draft, taken: [] };
  const keptSecret = createFinder(written, findSecrets(kept, "shown"));
  const restored = new Map<YamlScalar, string>();
  const problems: string[] = [];
  for (const [node, places] of hidden) {
    const found = places.map(keptSecret).find((text) => text !== undefined);
    const fault = found === undefined ? "nothing is kept there" : "its name is used where it would be seen";
    if (found !== undefined && !written.seenElsewhere.has(node)) restored.set(node, found);
    else problems.push(hiddenFault(node.at, shownOf(places), fault));
  }
  if (problems.length > 0) throw unrestorable(problems);
  const taken = [...restored].map(([node, text]) => ({ text, at: node.at, shown: shownOf(hidden.get(node) ?? []) }));
  return { source: replaced(draft, restored), taken };
}

/** Refuses a draft because of its hidden secrets: a line each, made by `hiddenFault`. */
export function unrestorable(problems: readonly string[]): AppError {
  return invalid(`cannot restore the secrets of the configuration: ${problems.slice(0, maxProblems).join("\n")}`);
}

/** Says why what is hidden somewhere cannot be restored. */
export function hiddenFault(at: Position, shown: string, why: string): string {
  return placed(at, `got ${quote(shown)}, want the ${shown === HIDDEN_SECRET ? "secret" : "password"} itself: ${why}`);
}

function isHidden({ text, shown }: WrittenSecret): boolean {
  return text.trim() === shown;
}

function shownOf(places: readonly WrittenSecret[]): string {
  const isSecret = places.some(({ shown }) => shown === HIDDEN_SECRET);
  return isSecret ? HIDDEN_SECRET : (places[0]?.shown ?? "");
}

/** Secrets by the steps of their paths, which may be long texts that many have in common. */
interface Place {
  readonly inside: Map<string | number, Place>;
  secret: WrittenSecret | undefined;
}

/** Finds what is kept in the place of a secret that is hidden. */
function createFinder(draft: WrittenSecrets, kept: WrittenSecrets): (secret: WrittenSecret) => string | undefined {
  const root = placesOf(kept.secrets);
  return ({ path, shown }) => {
    let place: Place | undefined = root;
    for (const step of pathInKept(path, draft, kept) ?? []) place = place?.inside.get(step);
    const found = place?.secret;
    // A secret that is no more than what was shown of it was lost before.
    return found?.shown === shown && found.text !== HIDDEN_SECRET ? found.text : undefined;
  };
}

function placesOf(secrets: readonly WrittenSecret[]): Place {
  const root: Place = { inside: new Map(), secret: undefined };
  for (const secret of secrets) {
    let place = root;
    for (const step of secret.path) {
      const next: Place = place.inside.get(step) ?? { inside: new Map(), secret: undefined };
      place.inside.set(step, next);
      place = next;
    }
    place.secret = secret;
  }
  return root;
}

/** Where a place of the draft is in the kept text; undefined where it is not there, or nobody knows. */
function pathInKept(path: SecretPath, draft: WrittenSecrets, kept: WrittenSecrets): SecretPath | undefined {
  const [section, place, key, entry, ...rest] = path;
  if (section !== "receivers" || typeof place !== "number" || key === undefined) return path;
  const receiver = kept.receiverNamed(draft.receivers[place] ?? "");
  if (receiver === undefined) return undefined;
  if (typeof key !== "string" || typeof entry !== "number") return [section, receiver, ...path.slice(2)];
  const index = entryInKept(entry, draft.looksOf(place, key), kept.looksOf(receiver, key));
  return index === undefined ? undefined : [section, receiver, key, index, ...rest];
}

/** By what they look like, as long as there are as many of that look; one that was changed is the one in the same place of as many. */
function entryInKept(entry: number, draft: Looks, kept: Looks): number | undefined {
  const { look, rank } = draft.entries[entry] ?? { look: "", rank: 0 };
  const alike = kept.placesOf.get(look) ?? [];
  if (alike.length === draft.placesOf.get(look)?.length) return alike[rank];
  return draft.entries.length === kept.entries.length ? entry : undefined;
}

function replaced(source: string, texts: ReadonlyMap<YamlScalar, string>): string {
  const inOrder = [...texts].toSorted(([a], [b]) => a.range[0] - b.range[0]);
  const parts: string[] = [];
  let at = 0;
  for (const [node, text] of inOrder) {
    const [from, until] = node.range;
    parts.push(source.slice(at, from), scalarLike(node, source.slice(from, until), text));
    at = until;
  }
  return `${parts.join("")}${source.slice(at)}`;
}
