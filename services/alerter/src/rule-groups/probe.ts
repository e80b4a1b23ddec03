import { type AppError, unavailable } from "@sightline/errors/app-error";
import type { AskInstants } from "./ask-instants.ts";
import { awayOf } from "./away.ts";

/** Finds out why storage does not answer; undefined where it does. */
export type Probe = (tenant: string, signal: AbortSignal) => Promise<AppError | undefined>;

/** Nobody has such a metric: who cannot answer that in time cannot answer anything. */
const QUERY = "sightline_is_anybody_there";
const TIMEOUT_MS = 3000;

/**
 * After an expression that took too long: that is its own fault, unless nothing at all is answered. Only then are other rules left alone.
 */
export function createProbe(ask: AskInstants): Probe {
  return async (tenant, signal) => {
    try {
      const request = { instants: [{ query: QUERY, unixMs: 0n }], timeoutMs: TIMEOUT_MS, recorded: [] };
      for await (const { answers } of ask(tenant, request, signal)) {
        const problem = answers.find((answer) => answer.problem !== undefined)?.problem;
        if (problem !== undefined) return unavailable(`cannot evaluate: storage does not answer: ${problem.message}`);
      }
      return undefined;
    } catch (thrown) {
      return awayOf(thrown);
    }
  };
}
