import { AppError, invalid } from "@sightline/errors/app-error";
import { createMatcher, formatMatchers, type Matcher, type MatcherSource, sortMatchers } from "../matcher/matcher.ts";
import type { Labels } from "../notification.ts";

/** Keeps alerts that fulfil all of its matchers from being told for a while. Plain data, never changed but replaced. */
export interface Silence {
  readonly id: string;
  readonly matchers: readonly MatcherSource[];
  /** Milliseconds since the Unix epoch, as all its times. */
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly updatedAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations: Labels;
}

/** A silence as somebody wants it: a new one, or with the id of one that is to be changed. */
export interface SilenceDraft {
  readonly id?: string | undefined;
  readonly matchers: readonly MatcherSource[];
  /** Default: now. */
  readonly startsAtMs?: number | undefined;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly annotations?: Labels | undefined;
}

export type SilenceState = "pending" | "active" | "expired";

/** The state that the time makes; at its end it is over. */
export function silenceState({ startsAtMs, endsAtMs }: Silence, nowMs: number): SilenceState {
  if (nowMs < startsAtMs) return "pending";
  return nowMs < endsAtMs ? "active" : "expired";
}

/**
 * Makes the matchers of a silence (silence/silence.go, validateSilence). Throws invalid_argument where there is none, where one is wrong,
 * and where all of them match the empty text, since it would match alerts that have none of its labels.
 */
export function silenceMatchers(sources: readonly MatcherSource[], of: MatchersOf = "silence"): readonly Matcher[] {
  if (sources.length === 0) throw invalid(`cannot set ${of}: got no matchers, want at least one`);
  const matchers = sources.map((source, index) => toMatcher(source, `cannot set ${of}: matcher ${index}`));
  if (!matchers.every(matchesEmpty)) return matchers;
  throw invalid(
    `cannot set ${of}: got ${formatMatchers(sources)}, want one matcher that does not match the empty text`,
  );
}

/** What the matchers belong to, for the text of errors. */
type MatchersOf = "silence" | "maintenance window";

function toMatcher(source: MatcherSource, position: string): Matcher {
  const { name, value } = source;
  if (name === "" || !name.isWellFormed())
    throw invalid(`${position}: got the name ${JSON.stringify(name)}, want UTF-8`);
  if (!value.isWellFormed()) throw invalid(`${position}: got the value ${JSON.stringify(value)}, want UTF-8`);
  try {
    return createMatcher(source);
  } catch (thrown) {
    throw invalid(`${position}: ${AppError.from(thrown).message}`, thrown);
  }
}

/** As Alertmanager asks it: `foo!="bar"` does not count as matching the empty text, though it does match it. */
function matchesEmpty({ operator, matches }: Matcher): boolean {
  return (operator === "=" || operator === "=~") && matches("");
}

/** Looks over a draft, but for its matchers. Throws invalid_argument. */
export function checkDraft({ startsAtMs, endsAtMs, createdBy, comment }: SilenceDraft, nowMs: number): void {
  if (createdBy.trim() === "") throw refused("got no author, want who is responsible for it");
  if (comment.trim() === "") throw refused("got no comment, want the reason");
  if (!Number.isFinite(endsAtMs)) throw refused("got no end, want the time when it is over");
  if (endsAtMs <= (startsAtMs ?? nowMs)) throw refused("got an end that is not after its start, want one that is");
  if (endsAtMs < nowMs) throw refused("got an end in the past, want one in the future");
}

function refused(what: string): AppError {
  return invalid(`cannot set silence: ${what}`);
}

/**
 * Whether a silence may become another one without changing what it did so far (silence/silence.go, canUpdate): its matchers stay, and
 * only what lies ahead of it moves.
 */
export function canUpdate(before: Silence, after: Omit<Silence, "id">, nowMs: number): boolean {
  if (!sameMatchers(before.matchers, after.matchers)) return false;
  switch (silenceState(before, nowMs)) {
    case "active":
      return secondOf(before.startsAtMs) === secondOf(after.startsAtMs) && after.endsAtMs >= nowMs;
    case "pending":
      return after.startsAtMs >= nowMs;
    case "expired":
      return false;
  }
}

function sameMatchers(a: readonly MatcherSource[], b: readonly MatcherSource[]): boolean {
  return formatMatchers(sortMatchers(a)) === formatMatchers(sortMatchers(b));
}

function secondOf(timeMs: number): number {
  return Math.floor(timeMs / 1000);
}
