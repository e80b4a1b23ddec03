import { invalid } from "@sightline/errors/app-error";
import { RE2JS, RE2JSException } from "re2js";
import { checkBounds } from "./bounds.ts";
import { type Glob, globsOf, matchesGlob } from "./globs.ts";
import { shownPattern } from "./shown-pattern.ts";

/** Where a match lies in the text, and its groups: the whole match is group 0; a group that took no part is null. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | null)[];
}

/** A pattern with RE2's syntax and semantics (Go's `regexp`): time linear in the text, no backreferences, no lookaround. */
export interface Pattern {
  readonly source: string;
  /** Where it is anchored and matches exactly some texts, these; else null. */
  readonly texts: ReadonlySet<string> | null;
  /** What every text that it matches begins with; known for simple anchored patterns only, else "". */
  readonly prefix: string;
  /** The numbers of its named groups. */
  readonly groupNames: ReadonlyMap<string, number>;
  /** Whether the whole text (anchored) or some part of it (else) matches. */
  matches(text: string): boolean;
  /** The first match, or null. */
  match(text: string): Match | null;
  /** All matches that do not overlap, in order. */
  matchAll(text: string): Match[];
}

export interface PatternOptions {
  /** Whether it has to match the whole text, as in label matchers of Prometheus, Loki and Tempo. */
  readonly anchored: boolean;
  /** Whether `.` is also the end of a line. Default: as `anchored`, as Prometheus has it. */
  readonly dotMatchesNewline?: boolean;
}

/** How many compiled patterns are kept. An automaton may grow to 8 MB with what it is matched against. */
const maxCached = 128;

const cache = new Map<string, Pattern>();

/**
 * Compiles a pattern, or takes it from the cache. Throws invalid_argument with Go's text where the syntax is wrong:
 * "error parsing regexp: missing closing ): `a(b`".
 */
export function compilePattern(source: string, options: PatternOptions): Pattern {
  const { anchored, dotMatchesNewline = anchored } = options;
  const key = `${anchored ? "^" : "_"}${dotMatchesNewline ? "s" : "_"}${source}`;
  const cached = cache.get(key);
  if (cached !== undefined) {
    // A map keeps the order of insertion: the one that was used last is last.
    cache.delete(key);
    cache.set(key, cached);
    return cached;
  }
  const pattern = createPattern(source, { anchored, dotMatchesNewline });
  if (cache.size >= maxCached) {
    for (const oldest of cache.keys()) {
      cache.delete(oldest);
      break;
    }
  }
  cache.set(key, pattern);
  return pattern;
}

/** The pattern that matches the text and nothing else (`regexp.QuoteMeta`). */
export function quotePattern(text: string): string {
  return RE2JS.quote(text);
}

function createPattern(source: string, options: Required<PatternOptions>): Pattern {
  checkBounds(source);
  const globs = options.dotMatchesNewline || !source.includes(".") ? globsOf(source) : null;
  const isText = globs?.every((glob) => glob.length === 0 || (glob.length === 1 && typeof glob[0] === "string"));
  const texts = isText ? new Set(globs?.map((glob) => String(glob[0] ?? ""))) : null;
  // A pattern that is a glob is right, and its automaton is only made when somebody asks for groups.
  let compiled = globs === null ? compile(source, options) : undefined;
  const automaton = () => {
    compiled ??= compile(source, options);
    return compiled;
  };
  return {
    source,
    texts: options.anchored ? texts : null,
    prefix: options.anchored && globs !== null ? commonPrefix(globs) : "",
    get groupNames() {
      return new Map(Object.entries(automaton().namedGroups()));
    },
    matches: createTest({ globs, texts, anchored: options.anchored }) ?? ((text) => automaton().test(text)),
    match(text) {
      for (const match of eachMatch(automaton(), text)) return match;
      return null;
    },
    matchAll: (text) => [...eachMatch(automaton(), text)],
  };
}

interface Simple {
  readonly globs: readonly Glob[] | null;
  readonly texts: ReadonlySet<string> | null;
  readonly anchored: boolean;
}

function createTest({ globs, texts, anchored }: Simple): ((text: string) => boolean) | null {
  if (texts !== null) {
    const [only = ""] = texts;
    if (anchored) return texts.size === 1 ? (text) => text === only : (text) => texts.has(text);
    return texts.size === 1 ? (text) => text.includes(only) : null;
  }
  if (globs === null || !anchored) return null;
  const [only] = globs;
  if (globs.length === 1 && only !== undefined) return (text) => matchesGlob(only, text);
  return globs.length <= 16 ? (text) => globs.some((glob) => matchesGlob(glob, text)) : null;
}

function compile(source: string, { anchored, dotMatchesNewline }: Required<PatternOptions>): RE2JS {
  try {
    // Alone first: what is wrong is told of what was written, and `a)(b` does not become right inside the parentheses.
    const plain = RE2JS.compile(source);
    if (anchored) return RE2JS.compile(`^(?${dotMatchesNewline ? "s" : ""}:${source})$`);
    return dotMatchesNewline ? RE2JS.compile(source, RE2JS.DOTALL) : plain;
  } catch (thrown) {
    if (thrown instanceof RE2JSException) throw invalid(thrown.message.replace(source, () => shownPattern(source)));
    throw thrown;
  }
}

function* eachMatch(automaton: RE2JS, text: string): Generator<Match> {
  const matcher = automaton.matcher(text);
  let last = -1;
  while (matcher.find()) {
    // Go does not count an empty match right behind another one.
    if (matcher.start() === matcher.end() && matcher.start() === last) continue;
    last = matcher.end();
    const groups: (string | null)[] = [];
    for (let group = 0; group <= matcher.groupCount(); group++) groups.push(matcher.group(group));
    yield { start: matcher.start(), end: matcher.end(), groups };
  }
}

function commonPrefix(globs: readonly Glob[]): string {
  const starts = globs.map((glob) => (typeof glob[0] === "string" ? glob[0] : ""));
  let prefix = starts[0] ?? "";
  for (const start of starts) while (!start.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}
