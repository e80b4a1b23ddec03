import { AppError } from "@sightline/errors/app-error";
import type { Pool, Sql } from "@sightline/postgres/pool";
import type { GroupState } from "@sightline/rules/evaluate/state";
import { failpoint } from "@sightline/service/failpoint";
import type { Logger } from "@sightline/service/logger";
import { retry } from "@sightline/service/retry";
import { insertDecisions } from "../dispatch/decision-store.ts";
import { claimMessage } from "../evaluate/window-store.ts";
import type { AlertTransition, AlertValue } from "./alert-transition.ts";
import { type EndedByHand, forgetEndedByHand } from "./ended-by-hand.ts";
import { findWrittenStates, putGroupStates } from "./group-state-store.ts";
import type { CatalogGroup } from "./rule-catalog.ts";
import type { RuleDecision } from "./rule-decisions.ts";
import { holdShardEpochs } from "./shard-epochs.ts";
import { writeTransitions, writeValues } from "./transition-store.ts";

/** What an evaluation of a group has come to. */
export interface GroupWrite {
  readonly group: Pick<CatalogGroup, "id" | "key" | "shard" | "version">;
  /** The time of the shard in which it was evaluated. */
  readonly epoch: string;
  readonly state: GroupState;
  readonly transitions: readonly AlertTransition[];
  readonly decisions: readonly RuleDecision[];
  /** What alerts that go on come to; none where that is not told now. */
  readonly values: readonly AlertValue[];
  /** Alerts that people have ended, as the state knows now. */
  readonly ended?: readonly EndedByHand[];
}

export interface GroupWriter {
  /**
   * Writes everything, or nothing: states, alerts, what is told, decisions. What is given at the same time goes together. Rejects with
   * `cancelled` when somebody else evaluates the group, `unavailable` when Postgres is away.
   */
  write(write: GroupWrite): Promise<void>;
  /**
   * Writes what came of a message of the bus, at once and all of it or nothing. Resolves to false, and nothing is written, when the message was
   * taken in before. Rejects as `write` does.
   */
  writeMessage(place: string, writes: readonly GroupWrite[]): Promise<boolean>;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
}

export interface GroupWriterOptions {
  readonly sql: Pool;
  readonly clock: () => number;
  readonly newId: () => string;
  readonly log: Logger;
  /** Called after alerts were moved. */
  readonly onMoved: () => void;
  /** Ends waiting for Postgres. */
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly write: GroupWrite;
  readonly settle: PromiseWithResolvers<void>;
}

const maxTogether = 500;
const patiently = { attempts: 4, baseDelayMs: 100, maxDelayMs: 1000 };

/** Writes what was evaluated, as much of it in one transaction as there is. */
export function createGroupWriter(options: GroupWriterOptions): GroupWriter {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  const pump = async (): Promise<void> => {
    while (waiting.length > 0) {
      const [batch, rest] = firstBatch(waiting);
      waiting = rest;
      await writeBatch(batch, options);
    }
    running = undefined;
  };

  return {
    write(write) {
      const settle = Promise.withResolvers<void>();
      waiting.push({ write, settle });
      running ??= Promise.resolve().then(pump);
      return settle.promise;
    },
    async writeMessage(place, writes) {
      const { sql, clock } = options;
      const outcome = await sql.transaction(async (tx) => {
        if (!(await claimMessage(tx, `rules ${place}`, clock()))) return undefined;
        const { written, moved } = await writeAll(tx, writes, { ...options, isAgain: false });
        const lost = writes.find(({ group }) => !written.has(group.key));
        if (lost !== undefined) throw notOurs(lost);
        return moved;
      });
      if (outcome !== undefined && outcome > 0) tellMoved(options);
      return outcome !== undefined;
    },
    async idle() {
      while (running !== undefined) await running;
    },
  };
}

function tellMoved({ onMoved }: GroupWriterOptions): void {
  failpoint("alerter.evaluation-written");
  onMoved();
}

/** No group comes twice in it: the second one follows from the first. */
function firstBatch(waiting: readonly Waiting[]): [Waiting[], Waiting[]] {
  const batch: Waiting[] = [];
  const rest: Waiting[] = [];
  const keys = new Set<string>();
  for (const one of waiting) {
    const { key } = one.write.group;
    const isFree = batch.length < maxTogether && !keys.has(key);
    keys.add(key);
    (isFree ? batch : rest).push(one);
  }
  return [batch, rest];
}

async function writeBatch(batch: readonly Waiting[], options: GroupWriterOptions): Promise<void> {
  const { sql, signal, log } = options;
  const writes = batch.map(({ write }) => write);
  try {
    const result = await retry(
      (attempt) => sql.transaction((tx) => writeAll(tx, writes, { ...options, isAgain: attempt > 1 })),
      { ...patiently, signal },
    );
    if (result.moved > 0) tellMoved(options);
    for (const { write, settle } of batch) {
      if (result.written.has(write.group.key)) settle.resolve();
      else settle.reject(notOurs(write));
    }
  } catch (thrown) {
    const error = AppError.from(thrown);
    const [first, ...others] = batch;
    if (others.length === 0 || error.retryable || error.code === "cancelled") {
      for (const { settle } of batch) settle.reject(error);
      return;
    }
    log.warn({ groups: batch.length, error: error.message }, "groups of rules are written one by one");
    if (first !== undefined) await writeBatch([first], options);
    for (const one of others) await writeBatch([one], options);
  }
}

function notOurs({ group }: GroupWrite): AppError {
  const { tenant, file, group: name } = group.id;
  return new AppError(
    "cancelled",
    `cannot go on with group ${name} of ${file} (${tenant}): another replica evaluates it`,
  );
}

interface Written {
  /** Keys of groups. */
  readonly written: ReadonlySet<string>;
  /** How many alerts were moved, at least. */
  readonly moved: number;
}

interface WriteOptions extends Pick<GroupWriterOptions, "clock" | "newId"> {
  /** The same was tried before, and nobody knows whether it took place. */
  readonly isAgain: boolean;
}

async function writeAll(
  tx: Sql,
  writes: readonly GroupWrite[],
  { clock, newId, isAgain }: WriteOptions,
): Promise<Written> {
  const epochs = new Map(writes.map(({ group, epoch }) => [group.shard, epoch]));
  const held = await holdShardEpochs(tx, epochs);
  const ours = writes.filter(({ group, epoch }) => held.has(group.shard) && epochs.get(group.shard) === epoch);
  const states = ours.map(({ group, state }) => ({ id: group.id, version: group.version, state }));
  // With such a state all that followed from it was written.
  const before = isAgain ? await findWrittenStates(tx, states) : new Set<string>();
  const written = await putGroupStates(tx, states);
  const kept = ours.filter(({ group }) => written.has(group.key) && !before.has(group.key));
  await forgetEndedByHand(
    tx,
    kept.flatMap(({ ended = [] }) => ended),
  );
  const nowMs = clock();
  let moved = before.size;
  for (const [tenant, of] of Map.groupBy(kept, ({ group }) => group.id.tenant)) {
    const all = of.flatMap(({ transitions }) => transitions);
    moved += await writeTransitions(tx, tenant, all, { nowMs, newId });
    const values = of.flatMap((write) => write.values);
    await writeValues(tx, tenant, values);
    const decisions = of.flatMap((write) => write.decisions);
    await insertDecisions(tx, tenant, decisions);
  }
  return { written, moved };
}
