import { formatMatcher, matcherFromJson, matcherToJson } from "@sightline/alertmanager/matcher/matcher";
import { type Silence, type SilenceDraft, silenceState } from "@sightline/alertmanager/silence/silence";
import { createSilences } from "@sightline/alertmanager/silence/silences";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { isUuid } from "@sightline/model/uuid7";
import type { Pool } from "@sightline/postgres/pool";
import {
  type ListSilencesRequest,
  type PutSilenceRequest,
  type Silence as SilenceMessage,
  SilenceState,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { changeSilences, readSilences } from "../dispatch/silence-store.ts";
import type { DispatchLimits } from "../dispatch/tenant-dispatch.ts";
import { readMatchers } from "./alert-filter.ts";

export interface SilenceCallsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly limits: Pick<DispatchLimits, "maxSilences" | "silenceRetentionMs">;
  /** Called after silences changed. */
  readonly onChanged: () => void;
}

/** A tenant's silences, as people ask for and change them. */
export interface SilenceCalls {
  list(tenant: string, request: ListSilencesRequest): Promise<SilenceMessage[]>;
  /** Throws not_found. */
  get(tenant: string, silenceId: string): Promise<SilenceMessage>;
  /** Resolves to the id of the silence that it became. Throws not_found, invalid_argument, resource_exhausted. */
  put(tenant: string, request: PutSilenceRequest): Promise<string>;
  /** Throws not_found. */
  expire(tenant: string, silenceId: string): Promise<void>;
}

const STATES = {
  active: SilenceState.ACTIVE,
  pending: SilenceState.PENDING,
  expired: SilenceState.EXPIRED,
} as const;

export function createSilenceCalls(options: SilenceCallsOptions): SilenceCalls {
  const { sql, clock, newId, limits, onChanged } = options;
  const rules = { maxSilences: limits.maxSilences, retentionMs: limits.silenceRetentionMs, newId };

  async function change(tenant: string, apply: (silences: ReturnType<typeof createSilences>) => readonly Silence[]) {
    const changed = await changeSilences(sql, tenant, (kept) => {
      const silences = createSilences(rules);
      silences.learn(kept);
      silences.collect(clock());
      return apply(silences);
    });
    onChanged();
    return changed;
  }

  return {
    async list(tenant, { matchers, states }) {
      const filters = readMatchers(matchers).map(formatMatcher);
      const nowMs = clock();
      const found = (await readSilences(sql, tenant)).filter((silence) => {
        const written = new Set(silence.matchers.map(formatMatcher));
        const isWanted = states.length === 0 || states.includes(STATES[silenceState(silence, nowMs)]);
        return isWanted && filters.every((filter) => written.has(filter));
      });
      return found.sort((a, b) => compareSilences(a, b, nowMs)).map((silence) => silenceMessage(silence, nowMs));
    },

    async get(tenant, silenceId) {
      const found = (await readSilences(sql, tenant)).find(({ id }) => id === silenceId);
      if (found === undefined) throw new AppError("not_found", `cannot find silence ${silenceId.slice(0, 64)}`);
      return silenceMessage(found, clock());
    },

    async put(tenant, { silence: message, lastsMs }) {
      if (message === undefined) throw invalid("cannot set silence: got nothing, want a silence");
      if (message.silenceId !== "" && !isUuid(message.silenceId)) {
        throw new AppError("not_found", `cannot find silence ${JSON.stringify(message.silenceId.slice(0, 64))}`);
      }
      const changed = await change(tenant, (silences) => {
        const nowMs = clock();
        const before = silences.get(message.silenceId);
        // Of one that has begun only what lies ahead of it is changed.
        const hasBegun = before !== undefined && before.startsAtMs <= nowMs;
        const startsAtMs = Number(message.startsAtUnixMs) || (hasBegun ? before.startsAtMs : nowMs);
        const endsAtMs = lastsMs === undefined ? Number(message.endsAtUnixMs) : startsAtMs + Number(lastsMs);
        return silences.set(draftOf(message, { startsAtMs, endsAtMs }), nowMs);
      });
      return changed.at(-1)?.id ?? message.silenceId;
    },

    async expire(tenant, silenceId) {
      await change(tenant, (silences) => [silences.expire(silenceId, clock())]);
    },
  };
}

function draftOf(message: SilenceMessage, times: Pick<SilenceDraft, "startsAtMs" | "endsAtMs">): SilenceDraft {
  const { silenceId, matchers, createdBy, comment, annotations } = message;
  return {
    ...(silenceId === "" ? {} : { id: silenceId }),
    matchers: matchers.map((matcher) => {
      const { name, operator, value } = matcherFromJson(matcher);
      return { name, operator, value };
    }),
    ...times,
    createdBy,
    comment,
    annotations,
  };
}

/** A silence as it is told. */
export function silenceMessage(silence: Silence, nowMs: number): SilenceMessage {
  return {
    silenceId: silence.id,
    matchers: silence.matchers.map((matcher) => {
      const { isEqual = true, ...rest } = matcherToJson(matcher);
      return { ...rest, isEqual };
    }),
    startsAtUnixMs: BigInt(silence.startsAtMs),
    endsAtUnixMs: BigInt(silence.endsAtMs),
    updatedAtUnixMs: BigInt(silence.updatedAtMs),
    state: STATES[silenceState(silence, nowMs)],
    createdBy: silence.createdBy,
    comment: silence.comment,
    annotations: silence.annotations,
  };
}

/** Active ones by their end, pending ones by their start, expired ones by their end, the last first (api/v2/api.go, SortSilences). */
function compareSilences(a: Silence, b: Silence, nowMs: number): number {
  const state = silenceState(a, nowMs);
  const order = STATES[state] - STATES[silenceState(b, nowMs)];
  if (order !== 0) return order;
  switch (state) {
    case "active":
      return a.endsAtMs - b.endsAtMs;
    case "pending":
      return a.startsAtMs - b.startsAtMs;
    case "expired":
      return b.endsAtMs - a.endsAtMs;
  }
}
