import type { Clock } from "@sightline/model/time";
import type { Sql } from "@sightline/postgres/pool";
import type { GroupEvaluation } from "@sightline/rules/evaluate/evaluate-group";
import { restoreGroup } from "@sightline/rules/evaluate/restore";
import { shiftState } from "@sightline/rules/evaluate/shift-state";
import { emptyGroupState, type GroupState } from "@sightline/rules/evaluate/state";
import type { Logger } from "@sightline/service/logger";
import { transitionsOf, valuesOf } from "./alert-transition.ts";
import type { EndedByHand } from "./ended-by-hand.ts";
import type { GroupId } from "./group-id.ts";
import { readGroupStates } from "./group-state-store.ts";
import type { GroupWrite, GroupWriter } from "./group-writer.ts";
import type { CatalogGroup } from "./rule-catalog.ts";
import { decisionsOf } from "./rule-decisions.ts";
import { after, type RunningGroup } from "./running-group.ts";

export interface KeepingOptions {
  readonly sql: Sql;
  readonly writer: GroupWriter;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Reads and writes what is known of groups. */
export interface GroupKeeping {
  /** Reads the states of groups that are new, many at once. Resolves to what {@link GroupKeeping.ready} is to be given. */
  readAhead(groups: readonly RunningGroup[]): Promise<ReadonlyMap<string, GroupState>>;
  /** Makes sure that the state of a group is known and as it has to be after a time in which nobody has evaluated it. */
  ready(group: RunningGroup, readAhead?: ReadonlyMap<string, GroupState>): Promise<void>;
  /** Keeps what came of an evaluation: at once where something follows from it. */
  keep(group: RunningGroup, known: CatalogGroup, evaluation: GroupEvaluation): Promise<void>;
  /** Keeps a state that knows which of its alerts people have ended. */
  keepEnded(group: RunningGroup, state: GroupState, ended: readonly EndedByHand[]): Promise<void>;
  /** Writes the times of groups that were not written with what follows from them, and what their alerts come to. */
  writeTimes(groups: Iterable<RunningGroup>): Promise<void>;
}

/** A shorter time without an evaluation is none: somebody else went on. */
const unnoticedMs = ({ intervalMs }: CatalogGroup) => Math.max(3 * intervalMs, 60_000);
/** A longer time without an evaluation has alerts begin anew. People would hear that they are over, which nobody knows. */
const OUTAGE_TOLERANCE_MS = 7 * 24 * 3_600_000;
/** How often at most it is kept what alerts that go on come to. */
const VALUES_INTERVAL_MS = 60_000;
/** How much clocks of two machines differ. */
const CLOCK_TOLERANCE_MS = 2000;

/** What is to be written of a group after an evaluation of it as `known`. */
export function writeOf({ epoch }: RunningGroup, known: CatalogGroup, evaluation: GroupEvaluation): GroupWrite {
  const { state, records } = evaluation;
  const transitions = records.length === 0 ? [] : transitionsOf(known.id, known.plan(), evaluation);
  return { group: known, epoch, state, transitions, decisions: decisionsOf(known.id, records), values: [] };
}

export function createGroupKeeping({ sql, writer, clock, log }: KeepingOptions): GroupKeeping {
  const read = (ids: readonly GroupId[]) =>
    readGroupStates(sql, ids, (id) => log.error({ ...id }, "the state of a group of rules cannot be read"));

  const keep = async (group: RunningGroup, known: CatalogGroup, evaluation: GroupEvaluation): Promise<void> => {
    const follows = evaluation.records.length > 0;
    if (follows) {
      // Until it is over nobody knows whether it was written.
      group.phase = "unknown";
      await writer.write(writeOf(group, known, evaluation));
    }
    group.state = evaluation.state;
    group.phase = "running";
    group.isUnwritten = !follows;
  };

  const keepEnded: GroupKeeping["keepEnded"] = async (group, state, ended) => {
    group.phase = "unknown";
    await writer.write({ ...writeOf(group, group.known, { state, records: [] }), ended });
    group.state = state;
    group.phase = "running";
    group.isUnwritten = false;
  };

  const writeTimesOf = async (group: RunningGroup): Promise<void> => {
    const { known, state, phase, isUnwritten } = group;
    if (phase !== "running" || !isUnwritten) return;
    const nowMs = clock();
    const keepsValues = nowMs - group.valuesKeptMs >= VALUES_INTERVAL_MS;
    const values = keepsValues ? valuesOf(known.id, known.plan(), state) : [];
    await writer.write({ ...writeOf(group, known, { state, records: [] }), values });
    group.isUnwritten = false;
    if (keepsValues) group.valuesKeptMs = nowMs;
  };

  return {
    async readAhead(groups) {
      const unknown = groups.filter(({ phase }) => phase === "new").map(({ known }) => known.id);
      return unknown.length === 0 ? new Map() : await read(unknown);
    },

    async ready(group, readAhead) {
      const { known } = group;
      if (group.phase === "running") return;
      if (group.phase !== "read") {
        const states = group.phase === "new" && readAhead !== undefined ? readAhead : await read([known.id]);
        group.state = notAhead(states.get(known.key) ?? emptyGroupState, clock());
        group.phase = "read";
        group.isUnwritten = false;
        group.clockStepMs = 0;
      }
      const options = { nowMs: clock(), unnoticedMs: unnoticedMs(known), outageToleranceMs: OUTAGE_TOLERANCE_MS };
      const { isUnwritten } = group;
      await keep(group, known, restoreGroup(known.plan(), group.state, options));
      group.isUnwritten &&= isUnwritten;
    },

    keep,
    keepEnded,

    async writeTimes(groups) {
      const idle = [...groups].filter(({ isUnwritten, busy }) => isUnwritten && busy === 0);
      // Nothing newer may be written beside it.
      const outcomes = await Promise.allSettled(idle.map((group) => after([group], () => writeTimesOf(group))));
      for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    },
  };
}

/** A state that was written by a clock that was ahead of ours, by ours: nobody waits for that time. */
function notAhead(state: GroupState, nowMs: number): GroupState {
  const aheadMs = (state.lastEvaluatedAtMs ?? nowMs) - nowMs;
  return aheadMs > CLOCK_TOLERANCE_MS ? shiftState(state, -aheadMs) : state;
}
