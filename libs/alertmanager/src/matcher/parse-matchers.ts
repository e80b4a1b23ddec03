import { AppError, invalid } from "@sightline/errors/app-error";
import { formatMatcher, formatMatchers, type Matcher } from "./matcher.ts";
import { parseClassicMatcher, parseClassicMatchers } from "./parse-classic.ts";
import { parseUtf8Matchers } from "./parse-utf8.ts";

/** Which language matchers are read in; `fallback` is Alertmanager's default (matcher/compat/parse.go). */
export type MatcherMode = "utf8" | "classic" | "fallback";

/** What whoever wrote the matchers should know about them. */
export interface MatcherNote {
  /** `classic_only`: the new language refuses them. `disagreement`: it reads them otherwise. In both cases the old one decided. */
  readonly kind: "classic_only" | "disagreement";
  readonly input: string;
  /** The same matchers in a form that both languages read the same. */
  readonly suggestion: string;
}

/** Matchers, and what there is to say about how they are written. */
export interface ParsedMatchers {
  readonly matchers: readonly Matcher[];
  readonly note: MatcherNote | undefined;
}

/** Reads any number of matchers, with or without braces. Throws invalid_argument with Alertmanager's text. */
export function parseMatchers(input: string, mode: MatcherMode = "fallback"): ParsedMatchers {
  switch (mode) {
    case "utf8":
      return { matchers: parseUtf8Matchers(input), note: undefined };
    case "classic":
      return { matchers: parseClassicMatchers(input), note: undefined };
    case "fallback":
      return parseWithFallback(input, parseUtf8Matchers, parseClassicMatchers);
  }
}

/** Reads exactly one matcher, without braces, as the filters of Alertmanager's API. Throws as `parseMatchers`. */
export function parseMatcher(input: string, mode: MatcherMode = "fallback"): Matcher {
  if (mode === "classic") return parseClassicMatcher(input);
  if (input.startsWith("{") || input.endsWith("}")) throw invalid(`unexpected open or close brace: ${input}`);
  const one = (text: string) => [onlyOf(parseUtf8Matchers(text))];
  if (mode === "utf8") return onlyOf(one(input));
  return onlyOf(parseWithFallback(input, one, (text) => [parseClassicMatcher(text)]).matchers);
}

function onlyOf(matchers: readonly Matcher[]): Matcher {
  const [only] = matchers;
  if (only === undefined) throw invalid("no matchers");
  if (matchers.length > 1) throw invalid(`expected 1 matcher, found ${matchers.length}`);
  return only;
}

type Parse = (input: string) => readonly Matcher[];

function parseWithFallback(input: string, parseNew: Parse, parseOld: Parse): ParsedMatchers {
  const read = attempt(parseNew, input);
  const readBefore = attempt(parseOld, input);
  if (readBefore instanceof AppError) {
    if (read instanceof AppError) throw readBefore;
    return { matchers: read, note: undefined };
  }
  if (read instanceof AppError) return { matchers: readBefore, note: noteOf("classic_only", input, readBefore) };
  if (formatMatchers(read) === formatMatchers(readBefore)) return { matchers: read, note: undefined };
  return { matchers: readBefore, note: noteOf("disagreement", input, readBefore) };
}

function noteOf(kind: MatcherNote["kind"], input: string, matchers: readonly Matcher[]): MatcherNote {
  return { kind, input, suggestion: matchers.map(formatMatcher).join(",") };
}

function attempt(parse: Parse, input: string): readonly Matcher[] | AppError {
  try {
    return parse(input);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "invalid_argument") return thrown;
    throw thrown;
  }
}
