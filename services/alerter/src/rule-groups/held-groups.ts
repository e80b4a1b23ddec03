import { createDueQueue, type DueQueue } from "@sightline/alertmanager/dispatch/due-queue";
import type { Clock } from "@sightline/model/time";
import { EVENT_SHARD } from "./group-id.ts";
import type { RuleCatalog } from "./rule-catalog.ts";
import { createRunningGroup, type RunningGroup } from "./running-group.ts";
import type { ShardEpochs } from "./shard-epochs.ts";

/** The groups of the shards that are held here. */
export interface HeldGroups {
  shards(): ShardEpochs;
  all(): Iterable<RunningGroup>;
  /** Whether the group is still one of them. */
  has(group: RunningGroup): boolean;
  /** Those of a tenant that look at events. */
  eventGroupsOf(tenant: string): readonly RunningGroup[];
  /** What is not being evaluated, by when it is due. */
  readonly due: DueQueue<RunningGroup>;
  /** Which of them would not be any more if only these shards were held. */
  without(shards: ShardEpochs): readonly RunningGroup[];
  /** Holds the groups of these shards and no others. Resolves when nothing is being done with the others. */
  hold(shards: ShardEpochs): Promise<void>;
  /** Takes over what has changed in the catalog: what is new or has changed is due at once. */
  follow(): void;
}

/** Makes it with none. */
export function createHeldGroups({ catalog, clock }: { catalog: RuleCatalog; clock: Clock }): HeldGroups {
  const groups = new Map<string, RunningGroup>();
  const due = createDueQueue<RunningGroup>();
  let shards: ShardEpochs = new Map();
  let ranks = 0;
  /** Asked for with each message of the bus; undefined when groups have come or gone. */
  let byTenant: ReadonlyMap<string, readonly RunningGroup[]> | undefined;

  const eventGroups = () => {
    const ofEvents = [...groups.values()].filter(({ known }) => known.shard === EVENT_SHARD);
    return Map.groupBy(ofEvents, ({ known }) => known.id.tenant);
  };

  const remove = (group: RunningGroup): Promise<unknown> => {
    due.remove(group);
    groups.delete(group.known.key);
    byTenant = undefined;
    group.ending.abort();
    return group.tail;
  };
  const without = (now: ShardEpochs) =>
    [...groups.values()].filter(({ known, epoch }) => now.get(known.shard) !== epoch);
  const follow = (): void => {
    const all = catalog.groups();
    for (const group of [...groups.values()]) {
      const known = all.get(group.known.key);
      if (known === undefined || known.shard !== group.known.shard) void remove(group);
      else if (known !== group.known) {
        group.known = known;
        group.isChanged = true;
        // Whom its rules name may be others now.
        group.valuesKeptMs = 0;
        if (group.busy === 0) due.set(group, clock());
      }
    }
    for (const known of all.values()) {
      const epoch = shards.get(known.shard);
      if (epoch === undefined || groups.has(known.key)) continue;
      const group = createRunningGroup(known, epoch, ranks++);
      groups.set(known.key, group);
      byTenant = undefined;
      due.set(group, clock());
    }
  };
  return {
    shards: () => shards,
    all: () => groups.values(),
    has: (group) => groups.get(group.known.key) === group,
    eventGroupsOf(tenant) {
      byTenant ??= eventGroups();
      return byTenant.get(tenant) ?? [];
    },
    due,
    without,
    async hold(now) {
      const left = without(now);
      shards = now;
      follow();
      await Promise.all(left.map(remove));
      follow();
    },
    follow,
  };
}
