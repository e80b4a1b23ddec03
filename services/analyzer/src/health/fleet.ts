import { type Score, scoreOf } from "./score.ts";

export interface FleetOptions {
  /** A target unheard of for longer is not part of the fleet any more. */
  readonly forgetAfterMs: number;
  /** How long an event or an anomaly weighs on a target. */
  readonly rememberEventsMs: number;
  /** Of one tenant; further ones are not scored, and counted. */
  readonly maxTargets: number;
  /** Counts targets not scored because there are too many. */
  refused(): void;
}

/** Something that weighs on a target for a while. */
export type Burden = "critical" | "error" | "anomaly";

export type Resource = "cpu" | "memory" | "disk";

export interface ScoredTarget extends Score {
  readonly target: string;
  /** Milliseconds since the Unix epoch. */
  readonly lastSeenMs: number;
}

/** The targets of one tenant and how they are. All times are milliseconds since the Unix epoch. */
export interface Fleet {
  /** The outcome of a check. */
  checked(target: string, outcome: { up: boolean; reason?: string }, timeMs: number): void;
  /** @param percent 0 to 100; of several disks the fullest counts */
  used(target: string, resource: Resource, percent: number, timeMs: number): void;
  /** Only weighs on targets that are known: an event alone makes no target. */
  burdened(target: string, burden: Burden, timeMs: number): void;
  /** Every target, worst first. Forgets the ones unheard of for too long. */
  scores(nowMs: number): ScoredTarget[];
}

interface Target {
  up?: { readonly value: boolean; readonly reason?: string; readonly timeMs: number };
  readonly usage: Map<Resource, { percent: number; timeMs: number }>;
  burdens: { readonly burden: Burden; readonly timeMs: number }[];
  lastSeenMs: number;
}

/** More burdens than this do not lower a score any further. */
const maxBurdens = 100;
/** Disks are measured together; a measure this much later is of the next round. */
const sameRoundMs = 2000;

export function createFleet(options: FleetOptions): Fleet {
  const targets = new Map<string, Target>();

  const known = (name: string, timeMs: number): Target | undefined => {
    let target = targets.get(name);
    if (target === undefined) {
      if (targets.size >= options.maxTargets) {
        options.refused();
        return undefined;
      }
      target = { usage: new Map(), burdens: [], lastSeenMs: timeMs };
      targets.set(name, target);
    }
    target.lastSeenMs = Math.max(target.lastSeenMs, timeMs);
    return target;
  };

  return {
    checked: (name, { up, reason }, timeMs) => {
      const target = known(name, timeMs);
      if (target === undefined || (target.up !== undefined && target.up.timeMs > timeMs)) return;
      const because = reason ?? (target.up?.value === up ? target.up.reason : undefined);
      target.up = { value: up, timeMs, ...(because !== undefined && { reason: because }) };
    },
    used: (name, resource, percent, timeMs) => {
      const target = known(name, timeMs);
      const before = target?.usage.get(resource);
      const sameRound = before !== undefined && timeMs - before.timeMs < sameRoundMs;
      target?.usage.set(resource, { percent: sameRound ? Math.max(before.percent, percent) : percent, timeMs });
    },
    burdened: (name, burden, timeMs) => {
      const target = targets.get(name);
      if (target !== undefined && target.burdens.length < maxBurdens) target.burdens.push({ burden, timeMs });
    },
    scores: (nowMs) => {
      for (const [name, target] of targets) {
        if (nowMs - target.lastSeenMs > options.forgetAfterMs) targets.delete(name);
        else target.burdens = target.burdens.filter(({ timeMs }) => nowMs - timeMs <= options.rememberEventsMs);
      }
      return [...targets]
        .map(([name, target]) => ({ target: name, lastSeenMs: target.lastSeenMs, ...scoreTarget(target) }))
        .toSorted((a, b) => a.score - b.score || (a.target < b.target ? -1 : 1));
    },
  };
}

function scoreTarget(target: Target): Score {
  const count = (wanted: Burden) => target.burdens.filter(({ burden }) => burden === wanted).length;
  const percent = (resource: Resource) => target.usage.get(resource)?.percent;
  const [cpuPercent, memoryPercent, diskPercent] = [percent("cpu"), percent("memory"), percent("disk")];
  return scoreOf({
    ...(target.up !== undefined && { up: target.up.value }),
    ...(target.up?.reason !== undefined && { downReason: `${target.up.reason} (−100)` }),
    ...(cpuPercent !== undefined && { cpuPercent }),
    ...(memoryPercent !== undefined && { memoryPercent }),
    ...(diskPercent !== undefined && { diskPercent }),
    criticalEvents: count("critical"),
    errorEvents: count("error"),
    anomalies: count("anomaly"),
  });
}

/** The score of a fleet: the mean of its targets; 100 without any. */
export function fleetScore(targets: readonly Pick<ScoredTarget, "score">[]): number {
  if (targets.length === 0) return 100;
  return targets.reduce((sum, { score }) => sum + score, 0) / targets.length;
}
