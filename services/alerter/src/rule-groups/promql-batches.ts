import { AppError, unavailable } from "@sightline/errors/app-error";
import { codeFromGrpc } from "@sightline/errors/wire-codes";
import type { Vector, VectorElement } from "@sightline/rules/evaluate/queries";
import type { AskInstants } from "./ask-instants.ts";
import { awayOf } from "./away.ts";
import { type Asked, type BatchLane, createBatchLane } from "./batch-lane.ts";
import type { Probe } from "./probe.ts";
import { elementOf, recordedOf } from "./promql-samples.ts";
import type { RecentSamples } from "./recent-samples.ts";

/** An expression of PromQL and its time. */
export interface PromqlQuestion {
  readonly text: string;
  readonly atMs: number;
}

/** Asks for one expression; who asks with it at about the same time shares the call. */
export interface PromqlBatches {
  /**
   * Rejects with an AppError: `unavailable` where storage cannot be asked, `deadline_exceeded` where this expression takes too long though
   * nothing else is asked with it, `cancelled`, and whatever storage says of the expression.
   */
  instant(tenant: string, question: PromqlQuestion, signal: AbortSignal): Promise<Vector>;
}

export interface PromqlBatchesOptions {
  readonly ask: AskInstants;
  readonly probe: Probe;
  /** What rules have recorded just now. */
  readonly recent: Pick<RecentSamples, "usedBy">;
  /** What one expression may take. */
  readonly timeoutMs: number;
  /** How long an expression waits for others to be asked with it, at most. Default 5. */
  readonly gatherMs?: number;
}

/** As many as storage takes at once. */
const MAX_QUESTIONS = 1000;
const MAX_CHARACTERS = 1_000_000;
const MAX_RECORDED = 100_000;
/** Calls of a tenant at a time, fewer than storage lets in. */
const MAX_CALLS = 4;
/** … and of those that have one expression each. */
const MAX_SLOW_CALLS = 2;
/** Expressions of a tenant that wait. */
const MAX_WAITING = 50_000;
/** An expression that took so long is asked by itself the next time, so that no quick one waits for a call that it fills. */
const SLOW_MS = 1000;
/** So many of a tenant: where all are slow it is not theirs, and each by itself would make it worse. */
const MAX_KNOWN_SLOW = 100;
type AskedPromql = Asked<PromqlQuestion, Vector>;

/** Gathers what is asked for a tenant within some milliseconds, and while calls are under way. */
export function createPromqlBatches({
  ask,
  probe,
  recent,
  timeoutMs,
  gatherMs = 5,
}: PromqlBatchesOptions): PromqlBatches {
  const lanes = new Map<string, BatchLane<PromqlQuestion, Vector>>();
  const slow = createKnownSlow();

  function laneOf(tenant: string, isSlow: boolean): BatchLane<PromqlQuestion, Vector> {
    // A tenant's name has no blanks.
    const key = `${tenant} ${isSlow}`;
    const known = lanes.get(key);
    if (known !== undefined) return known;
    const lane = createBatchLane<PromqlQuestion, Vector>({
      gatherMs,
      maxQuestions: isSlow ? 1 : MAX_QUESTIONS,
      maxSize: MAX_CHARACTERS,
      sizeOf: ({ text }) => text.length,
      maxCalls: isSlow ? MAX_SLOW_CALLS : MAX_CALLS,
      maxWaiting: MAX_WAITING,
      send: (batch, signal) => send(tenant, batch, signal),
      idle: () => lanes.delete(key),
    });
    lanes.set(key, lane);
    return lane;
  }

  async function send(tenant: string, batch: readonly AskedPromql[], signal: AbortSignal): Promise<void> {
    const call = new AbortController();
    const look = lookOnce(async () => {
      const error = await probe(tenant, signal);
      if (error !== undefined) call.abort(error);
      return error;
    });
    // Nobody waits longer than that to be told that storage is away.
    const timer = setTimeout(look, timeoutMs);
    const late = await answer(tenant, batch, AbortSignal.any([signal, call.signal]));
    clearTimeout(timer);
    if (late.size === 0) return;
    const error = await look();
    for (const one of late) {
      if (error !== undefined) one.reject(error);
      else if (batch.length === 1) one.reject(tooLate(timeoutMs));
      else askAgain(tenant, one, signal);
    }
  }

  /** It may have been others that took the time. */
  function askAgain(tenant: string, { question, resolve, reject }: AskedPromql, signal: AbortSignal): void {
    void laneOf(tenant, true).ask(question, signal).then(resolve, reject);
  }

  /** Tells what is answered, and answers those that took too long. */
  async function answer(tenant: string, batch: readonly AskedPromql[], signal: AbortSignal): Promise<Set<AskedPromql>> {
    const startedAt = performance.now();
    const left = new Set(batch);
    const late = new Set<AskedPromql>();
    try {
      for await (const { one, outcome } of answersOf(tenant, batch, signal)) {
        left.delete(one);
        slow.note(tenant, one.question.text, performance.now() - startedAt > SLOW_MS);
        if (!(outcome instanceof AppError)) one.resolve(outcome);
        else if (outcome.code === "deadline_exceeded") late.add(one);
        else one.reject(outcome);
      }
      for (const one of left) one.reject(unavailable("cannot evaluate: storage left the expression out"));
      return late;
    } catch (thrown) {
      const error = AppError.from(thrown);
      // The time of the call was over before it was their turn.
      if (error.code === "deadline_exceeded") return late.union(left);
      for (const one of left) one.reject(awayOf(error));
      return late;
    }
  }

  async function* answersOf(tenant: string, batch: readonly AskedPromql[], signal: AbortSignal) {
    const instants = batch.map(({ question }) => ({ query: question.text, unixMs: BigInt(question.atMs) }));
    let begun: VectorElement[] = [];
    const used = new Set(batch.flatMap(({ question }) => recent.usedBy(tenant, question.text)));
    const recorded = Array.from(used.values().take(MAX_RECORDED), recordedOf);
    for await (const { answers } of ask(tenant, { instants, timeoutMs, recorded }, signal)) {
      for (const { index, samples, problem, goesOn } of answers) {
        for (const sample of samples) begun.push(elementOf(sample));
        if (goesOn) continue;
        const one = batch[index];
        const outcome = problem === undefined ? begun : new AppError(codeFromGrpc(problem.code), problem.message);
        if (one !== undefined) yield { one, outcome };
        begun = [];
      }
    }
  }

  return {
    instant: (tenant, question, signal) => laneOf(tenant, slow.has(tenant, question.text)).ask(question, signal),
  };
}

function tooLate(timeoutMs: number): AppError {
  return new AppError("deadline_exceeded", `query timed out: got no answer within ${timeoutMs} ms`);
}

/** Does it the first time; whoever asks again has the same answer. */
function lookOnce<T>(look: () => Promise<T>): () => Promise<T> {
  let looking: Promise<T> | undefined;
  return () => {
    looking ??= look();
    return looking;
  };
}

/** Which expressions of each tenant were slow the last time; the oldest are forgotten. */
function createKnownSlow() {
  const known = new Map<string, Set<string>>();
  return {
    has: (tenant: string, text: string) => known.get(tenant)?.has(text) === true,
    note(tenant: string, text: string, isSlow: boolean) {
      const texts = known.get(tenant);
      texts?.delete(text);
      if (isSlow) {
        const [oldest] = texts ?? [];
        if (oldest !== undefined && texts?.size === MAX_KNOWN_SLOW) texts.delete(oldest);
        known.set(tenant, (texts ?? new Set()).add(text));
      } else if (texts?.size === 0) known.delete(tenant);
    },
  };
}
