import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Labels } from "@sightline/rules/labels";
import { type RuleName, ruleKeyOf } from "./change-set.ts";
import type { Transition } from "./replay-rules.ts";

/** A time for which an alert fired. */
export interface Episode {
  readonly rule: RuleName;
  readonly fingerprint: string;
  readonly labels: Labels;
  /** Labels that its rule sets. */
  readonly ruleLabels: ReadonlySet<string>;
  readonly startMs: number;
  /** Undefined: it fires until the end of what was replayed. */
  endMs: number | undefined;
  /** Whether a receiver, or somebody, was told of it. */
  isTold: boolean;
  /** Whether somebody was told of it by an escalation. */
  isEscalated: boolean;
  /** Whether somebody took care of it. */
  isAcknowledged: boolean;
}

/** How a rule fared. */
export interface RuleFigures extends RuleName {
  /** How often an alert of it began to fire. */
  readonly fired: number;
  /** How many alerts that were. */
  readonly alerts: number;
  /** For how long they fired, all together. */
  readonly firingMs: number;
  /** How often an alert fired again within 15 minutes of its end. */
  readonly flaps: number;
}

/** The times for which the alerts of one side fired. */
export interface EpisodeBook {
  /** Returns its fingerprint; undefined where there is no room for another. */
  take(transition: Transition): string | undefined;
  mark(fingerprint: string, what: "isTold" | "isEscalated" | "isAcknowledged"): void;
  all(): readonly Episode[];
  figures(endMs: number): readonly RuleFigures[];
  isFull(): boolean;
}

/** One that fires again so soon is said to flap. */
const FLAP_MS = 15 * 60_000;

export function createEpisodeBook(maxEpisodes: number): EpisodeBook {
  const episodes: Episode[] = [];
  const newest = new Map<string, Episode>();
  return {
    take({ rule, labels, ruleLabels, to, atMs }) {
      const fingerprint = fingerprintOf(labels);
      const open = newest.get(fingerprint);
      if (to === "over") {
        if (open !== undefined) open.endMs ??= atMs;
        return fingerprint;
      }
      if (episodes.length >= maxEpisodes) return undefined;
      const episode: Episode = {
        ...{ rule, fingerprint, labels, ruleLabels, startMs: atMs, endMs: undefined },
        ...{ isTold: false, isEscalated: false, isAcknowledged: false },
      };
      episodes.push(episode);
      newest.set(fingerprint, episode);
      return fingerprint;
    },
    mark(fingerprint, what) {
      const episode = newest.get(fingerprint);
      if (episode !== undefined) episode[what] = true;
    },
    all: () => episodes,
    figures: (endMs) => figuresOf(episodes, endMs),
    isFull: () => episodes.length >= maxEpisodes,
  };
}

function figuresOf(episodes: readonly Episode[], endMs: number): readonly RuleFigures[] {
  const byRule = new Map<string, Episode[]>();
  for (const episode of episodes) {
    const key = ruleKeyOf(episode.rule);
    const known = byRule.get(key);
    if (known === undefined) byRule.set(key, [episode]);
    else known.push(episode);
  }
  return [...byRule.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const firingMs = own.reduce((sum, one) => sum + (one.endMs ?? endMs) - one.startMs, 0);
    const alerts = new Set(own.map(({ fingerprint }) => fingerprint)).size;
    return [{ ...first.rule, fired: own.length, alerts, firingMs, flaps: flapsOf(own) }];
  });
}

function flapsOf(episodes: readonly Episode[]): number {
  const ended = new Map<string, number>();
  let flaps = 0;
  for (const { fingerprint, startMs, endMs } of episodes) {
    const before = ended.get(fingerprint);
    if (before !== undefined && startMs - before < FLAP_MS) flaps += 1;
    if (endMs !== undefined) ended.set(fingerprint, endMs);
  }
  return flaps;
}
