import type { Clock } from "@sightline/model/time";
import type { WrittenSample } from "@sightline/rules/evaluate/written-samples";

/** What rules have recorded and storage may not have yet: rules behind them in their group count on it. */
export interface RecentSamples {
  add(tenant: string, samples: readonly WrittenSample[]): void;
  /** Those that an expression may select. */
  usedBy(tenant: string, expression: string): readonly WrittenSample[];
}

export interface RecentSamplesOptions {
  readonly clock: Clock;
  /** How long what was recorded may be on its way. Default 15 000. */
  readonly keepMs?: number;
  /** How many samples are kept, of all tenants; the oldest go first. Default 200 000. */
  readonly maxSamples?: number;
}

interface Added {
  readonly tenant: string;
  readonly atMs: number;
  readonly byName: ReadonlyMap<string, readonly WrittenSample[]>;
  readonly count: number;
}

export function createRecentSamples({
  clock,
  keepMs = 15_000,
  maxSamples = 200_000,
}: RecentSamplesOptions): RecentSamples {
  // The oldest first.
  const all = new Set<Added>();
  // A tenant's name has no blanks.
  const byKey = new Map<string, Set<Added>>();
  let count = 0;

  function forget(added: Added): void {
    all.delete(added);
    count -= added.count;
    for (const name of added.byName.keys()) {
      const key = `${added.tenant} ${name}`;
      const others = byKey.get(key);
      others?.delete(added);
      if (others?.size === 0) byKey.delete(key);
    }
  }

  function forgetOld(): void {
    const oldestMs = clock() - keepMs;
    for (const added of all) {
      if (added.atMs > oldestMs && count <= maxSamples) break;
      forget(added);
    }
  }

  return {
    add(tenant, samples) {
      if (samples.length === 0) return;
      const byName = Map.groupBy(samples, ({ labels }) => labels["__name__"] ?? "");
      const added: Added = { tenant, atMs: clock(), byName, count: samples.length };
      all.add(added);
      count += added.count;
      for (const name of byName.keys()) {
        const key = `${tenant} ${name}`;
        const others = byKey.get(key);
        if (others === undefined) byKey.set(key, new Set([added]));
        else others.add(added);
      }
      forgetOld();
    },
    usedBy(tenant, expression) {
      if (all.size === 0) return [];
      forgetOld();
      return namesIn(expression).flatMap((name) =>
        [...(byKey.get(`${tenant} ${name}`) ?? [])].flatMap(({ byName }) => byName.get(name) ?? []),
      );
    },
  };
}

const WORD = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|[A-Za-z_:][A-Za-z0-9_:]*/g;

/** Whatever in an expression may be the name of a metric. A pattern of names is none: such selectors see what is stored. */
export function namesIn(expression: string): readonly string[] {
  const names = expression.matchAll(WORD).map(([word, double, single]) => double ?? single ?? word);
  return [...new Set(names)];
}
