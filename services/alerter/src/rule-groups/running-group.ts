import type { Queued } from "@sightline/alertmanager/dispatch/due-queue";
import { createRecentEnds, type RecentEnds } from "@sightline/rules/evaluate/recent-ends";
import { shiftState } from "@sightline/rules/evaluate/shift-state";
import { evaluationSlotMs } from "@sightline/rules/evaluate/slot";
import { emptyGroupState, type GroupState } from "@sightline/rules/evaluate/state";
import type { CatalogGroup } from "./rule-catalog.ts";

/**
 * How well the state of a group is known here:
 *
 * - new: it was never read
 * - unknown: it may have been written or not, and has to be read
 * - read: nobody has looked yet what became of it while nobody evaluated it
 * - running: it is as the last evaluation has left it
 */
export type GroupPhase = "new" | "unknown" | "read" | "running";

/** Of how many groups of events of a rule it is remembered that they are over, and of how many rules: those that have gone from the file, too. */
const RECENT_ENDS = { maxEnds: 5000, maxRules: 100 };

/** A group that is evaluated here. */
export interface RunningGroup extends Queued {
  /** As its file has it now. */
  known: CatalogGroup;
  /** Whether its file has changed since it was evaluated. */
  isChanged: boolean;
  /** Of its shard: what is written later than that by others keeps us from writing. */
  readonly epoch: string;
  phase: GroupPhase;
  state: GroupState;
  /** Of its rules of events. */
  readonly ends: RecentEnds;
  /** Whether times in the state are newer than those that were written. */
  isUnwritten: boolean;
  /** By how much the clock was set since the last evaluation. */
  clockStepMs: number;
  /** When it was kept last what its alerts come to. */
  valuesKeptMs: number;
  /** Aborts when it is not evaluated here any more. */
  readonly ending: AbortController;
  /** Settles when nothing is being done with it. Never rejects. */
  tail: Promise<unknown>;
  /** How much is being done with it or waits to be. */
  busy: number;
}

/** One of which nothing is known but its rules. Of groups that are due at the same time the one with the smallest rank is first. */
export function createRunningGroup(known: CatalogGroup, epoch: string, rank: number): RunningGroup {
  return {
    known,
    isChanged: false,
    epoch,
    rank,
    phase: "new",
    state: emptyGroupState,
    ends: createRecentEnds(RECENT_ENDS),
    isUnwritten: false,
    clockStepMs: 0,
    valuesKeptMs: 0,
    ending: new AbortController(),
    tail: Promise.resolve(),
    busy: 0,
    dueMs: 0,
    slot: -1,
  };
}

/** Does something with groups when all that was begun before with any of them is over. Rejects as the work does. */
export function after<T>(groups: readonly RunningGroup[], work: () => Promise<T>): Promise<T> {
  const done = Promise.all(groups.map(({ tail }) => tail)).then(work);
  // All of them at once: two that want the same groups in another order do not wait for each other.
  for (const group of groups) {
    group.busy += 1;
    group.tail = done
      .catch(() => undefined)
      .then(() => {
        group.busy -= 1;
      });
  }
  return done;
}

/** The last time at which a group was to be evaluated. */
export function slotAt({ key, intervalMs }: CatalogGroup, nowMs: number): number {
  return evaluationSlotMs(key, intervalMs, nowMs);
}

/** Has its times follow what the clock was set by. To be called when nothing else is being done with it. */
export function followClockStep(group: RunningGroup): void {
  group.state = shiftState(group.state, group.clockStepMs);
  group.clockStepMs = 0;
}
