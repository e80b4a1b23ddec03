import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { type ChangeSet, type RuleName, ruleKeyOf, type Side } from "./change-set.ts";
import type { RuleFigures } from "./episodes.ts";
import { type MissingEpisode, missingIn } from "./missing.ts";
import type { PageBook, PageCount, People } from "./people.ts";
import { planReplay } from "./plan-replay.ts";
import type { RangeSource } from "./range-queries.ts";
import { createRuleReplay, type RuleReplay } from "./replay-rules.ts";
import { createReplaySide, type ReplaySide, type Surroundings } from "./replay-side.ts";

/** What bounds a backtest. What is beyond them is refused before it begins, or left out and said in a note. */
export interface BacktestBounds {
  /** Rules times the times at which they are evaluated. */
  readonly maxEvaluations: number;
  /** Steps that are read of an expression at once. */
  readonly chunkSteps: number;
  /** Questions that are asked for one time alone. */
  readonly maxInstants: number;
  /** Alerts on one side at a time. */
  readonly maxAlerts: number;
  /** Times for which alerts fired, on one side. */
  readonly maxEpisodes: number;
  /** How long it may take; what was replayed by then is the answer. */
  readonly maxDurationMs: number;
}

export interface BacktestOptions {
  readonly changes: ChangeSet;
  readonly surroundings: Surroundings;
  readonly source: RangeSource;
  readonly startMs: number;
  readonly endMs: number;
  readonly bounds: BacktestBounds;
  readonly signal: AbortSignal;
  /** For how long it takes. */
  readonly clock: Clock;
  /** Called again and again: it lets others do something too, and may say how far time has come. */
  readonly pause: (atMs: number) => Promise<void>;
}

/** How something is now, and how it would be; undefined where it is not there. */
export interface Compared<T> {
  readonly before: T;
  readonly after: T;
}

export type PersonComparison = { readonly user: string; readonly timeZone: string } & Compared<PageCount>;
export type ReceiverComparison = { readonly receiver: string } & Compared<number>;
export type RuleComparison = RuleName & Compared<RuleFigures | undefined>;

/** What would be different. */
export interface BacktestAnswer {
  readonly startMs: number;
  /** Until when it was replayed. */
  readonly endMs: number;
  readonly people: readonly PersonComparison[];
  /** How often receivers are told that something fires. */
  readonly receivers: readonly ReceiverComparison[];
  /** Those of either side that fired. */
  readonly rules: readonly RuleComparison[];
  /** What somebody took care of or was told by an escalation, and would not be. */
  readonly missed: readonly MissingEpisode[];
  /** What people would be told of that they are not. */
  readonly added: readonly MissingEpisode[];
  readonly notes: readonly string[];
  readonly evaluations: number;
  readonly rangeQueries: number;
  readonly instantQueries: number;
}

/** So many evaluations are done before others may do something. */
const PAUSE_EVERY = 64;
const MAX_NOTES = 100;

/**
 * Replays what is in force and what would be over what was stored, and says what would be different. Nobody is told anything. Rejects with
 * resource_exhausted for more than may be replayed, with unavailable when the source is away, and when it is cancelled.
 */
export async function backtest(options: BacktestOptions): Promise<BacktestAnswer> {
  const { changes, source, startMs, endMs, bounds, signal, surroundings } = options;
  const notes = new Set<string>();
  const note = (sentence: string) => {
    if (notes.size < MAX_NOTES) notes.add(sentence);
  };
  const plan = await planReplay(changes, { startMs, endMs, maxInstants: bounds.maxInstants });
  if (plan.evaluations > bounds.maxEvaluations) {
    const got = `${plan.evaluations} evaluations of rules`;
    throw new AppError(
      "resource_exhausted",
      `cannot backtest: got ${got}, want ${bounds.maxEvaluations} at most: a shorter time`,
    );
  }
  for (const sentence of plan.notes) note(sentence);
  const asked = { range: 0, instant: 0 };
  const replay = createRuleReplay(plan.groups, {
    ...{ source, startMs, endMs, signal, note, chunkSteps: bounds.chunkSteps, maxTemplateQueries: bounds.maxInstants },
    onAsked: (kind) => {
      asked[kind] += 1;
    },
  });
  const common = {
    ...surroundings,
    startMs,
    endMs,
    note,
    maxAlerts: bounds.maxAlerts,
    maxEpisodes: bounds.maxEpisodes,
  };
  const sides = {
    before: createReplaySide({ ...common, routing: changes.before.routing }),
    after: createReplaySide({ ...common, routing: changes.after.routing }),
  };
  const replayedMs = await drive(replay, sides, { ...options, note });
  return {
    ...{ startMs, endMs: replayedMs },
    ...compare(sides, { endMs: replayedMs, people: surroundings.people }),
    notes: [...notes],
    evaluations: replay.evaluations(),
    rangeQueries: asked.range,
    instantQueries: asked.instant,
  };
}

type Sides = Readonly<Record<Side, ReplaySide>>;

/** Lets time go on, on both sides; returns until when. */
async function drive(
  replay: RuleReplay,
  sides: Sides,
  options: BacktestOptions & { readonly note: (sentence: string) => void },
): Promise<number> {
  const { endMs, bounds, clock, pause, signal, note } = options;
  const beganMs = clock();
  const both = [sides.before, sides.after];
  for (let steps = 1, atMs = replay.nextMs(); atMs !== undefined; atMs = replay.nextMs(), steps++) {
    for (const side of both) side.advanceTo(atMs);
    const { sides: of, transitions } = await replay.step();
    for (const side of of) for (const transition of transitions) sides[side].take(transition);
    if (both.some(({ episodes }) => episodes.isFull())) {
      note(`it ended early: alerts began to fire more than ${bounds.maxEpisodes} times`);
      return atMs;
    }
    if (steps % PAUSE_EVERY === 0) await pause(atMs);
    signal.throwIfAborted();
    if (clock() - beganMs > bounds.maxDurationMs) {
      note(`it ended early: it took more than ${Math.round(bounds.maxDurationMs / 1000)} s`);
      return atMs;
    }
  }
  for (const side of both) side.advanceTo(endMs);
  return endMs;
}

interface Comparing {
  readonly endMs: number;
  readonly people: People;
}

function compare({ before, after }: Sides, { endMs, people }: Comparing) {
  const [ours, theirs] = [before.episodes.all(), after.episodes.all()];
  const missing = missingIn(theirs, ours, endMs);
  return {
    people: comparePeople(before.pages, after.pages, people),
    receivers: namesIn(before.pages.receivers, after.pages.receivers).map((receiver) => ({
      receiver,
      before: before.pages.receivers.get(receiver)?.pages ?? 0,
      after: after.pages.receivers.get(receiver)?.pages ?? 0,
    })),
    rules: compareRules(before.episodes.figures(endMs), after.episodes.figures(endMs)),
    missed: missing.filter(({ episode }) => episode.isAcknowledged || episode.isEscalated),
    added: missingIn(ours, theirs, endMs).filter(({ episode }) => episode.isTold),
  };
}

const none: PageCount = { pages: 0, nightPages: 0 };

function comparePeople(before: PageBook, after: PageBook, { contacts }: People): readonly PersonComparison[] {
  return namesIn(before.people, after.people).map((user) => ({
    user,
    timeZone: contacts.get(user)?.timeZone ?? "UTC",
    before: before.people.get(user) ?? none,
    after: after.people.get(user) ?? none,
  }));
}

function namesIn(...books: readonly ReadonlyMap<string, unknown>[]): readonly string[] {
  return [...new Set(books.flatMap((book) => [...book.keys()]))].sort();
}

function compareRules(before: readonly RuleFigures[], after: readonly RuleFigures[]): readonly RuleComparison[] {
  const [ours, theirs] = [before, after].map((all) => new Map(all.map((one) => [ruleKeyOf(one), one])));
  const names = new Map(
    [...before, ...after].map(({ file, group, rule }) => [ruleKeyOf({ file, group, rule }), { file, group, rule }]),
  );
  return [...names].map(([key, name]) => ({ ...name, before: ours?.get(key), after: theirs?.get(key) }));
}
