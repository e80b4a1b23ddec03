import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type {
  ExplainedSentence,
  ExplainPagingRequest,
  ExplainPagingResponse,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import type { ConfigurationStore } from "../dispatch/configuration-store.ts";
import { explainPaging, type Sentence } from "../explain/explain-paging.ts";
import { readFacts } from "../explain/read-facts.ts";
import type { DispatchViews } from "./dispatch-views.ts";

export interface PagingCallsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly views: DispatchViews;
  readonly configurations: Pick<ConfigurationStore, "find">;
}

/** Why users were told or not. Everything is of the given tenant. */
export interface PagingCalls {
  /** Throws invalid_argument for a time that is none, is too long or has not come. */
  explain(tenant: string, request: ExplainPagingRequest): Promise<ExplainPagingResponse>;
}

const HOUR_MS = 3_600_000;
const MAX_RANGE_MS = 24 * HOUR_MS;

export function createPagingCalls({ sql, clock, views, configurations }: PagingCallsOptions): PagingCalls {
  return {
    async explain(tenant, { user, startUnixMs, endUnixMs }) {
      if (user.trim() === "") throw invalid("cannot explain: user: got nothing, want who was told or not");
      const range = rangeOf(startUnixMs, endUnixMs, clock());
      const { dispatcher } = await views.of(tenant);
      const kept = dispatcher.snapshot().alerts;
      const facts = await readFacts({ sql, configurations }, { tenant, user, range, kept });
      const { reason, sentences } = explainPaging(facts);
      return {
        paged: reason === "paged",
        reason,
        sentences: sentences.map(sentenceMessage),
        complete: facts.complete,
      };
    },
  };
}

function rangeOf(startUnixMs: bigint, endUnixMs: bigint, nowMs: number) {
  const [startMs, endMs] = [Number(startUnixMs), Math.min(Number(endUnixMs), nowMs + 1)];
  if (startMs >= nowMs) throw invalid("cannot explain: time: got one that has not come, want one that is past");
  if (endMs <= startMs) throw invalid("cannot explain: end: got a time that is not after the start, want one that is");
  if (endMs - startMs <= MAX_RANGE_MS) return { startMs, endMs };
  const hours = Math.ceil((endMs - startMs) / HOUR_MS);
  throw new AppError("invalid_argument", `cannot explain: got ${hours} hours, want at most ${MAX_RANGE_MS / HOUR_MS}`);
}

function sentenceMessage({ atMs, text, kind, fingerprint = "", decision }: Sentence): ExplainedSentence {
  return {
    timeUnixMs: BigInt(Math.round(atMs ?? 0)),
    text,
    kind,
    fingerprint,
    receiver: decision?.receiver ?? "",
    integration: decision?.integration ?? "",
    groupKey: decision?.groupKey ?? "",
    ids: [...(decision?.ids ?? [])],
  };
}
