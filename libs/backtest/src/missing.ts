import type { Episode } from "./episodes.ts";

/** Why an episode of one side is not one of the other: none fired that is the same, or nobody was told of it. */
export type MissingReason = "does_not_fire" | "nobody_told";

export interface MissingEpisode {
  readonly episode: Episode;
  readonly reason: MissingReason;
}

/** The episodes of a name: those that are over are left behind. */
interface Named {
  readonly all: Episode[];
  next: number;
  near: readonly Episode[];
}

/**
 * What fired, and is not found among others: an episode of the same alert at the same time, of which somebody was told where somebody was told of
 * this one. It is the same alert when it has the same name and the labels that both have, but for those that rules set, are the same. Both are
 * in the order in which they began.
 */
export function missingIn(
  others: readonly Episode[],
  episodes: readonly Episode[],
  endMs: number,
): readonly MissingEpisode[] {
  const byName = new Map<string, Named>();
  for (const other of others) {
    const named = byName.get(nameOf(other));
    if (named === undefined) byName.set(nameOf(other), { all: [other], next: 0, near: [] });
    else named.all.push(other);
  }
  return episodes.flatMap((episode): readonly MissingEpisode[] => {
    const same = overlapping(byName.get(nameOf(episode)), episode, endMs).filter((other) =>
      isSameAlert(episode, other),
    );
    if (same.length === 0) return [{ episode, reason: "does_not_fire" }];
    return episode.isTold && !same.some(({ isTold }) => isTold) ? [{ episode, reason: "nobody_told" }] : [];
  });
}

function nameOf({ labels }: Episode): string {
  return labels["alertname"] ?? "";
}

function overlapping(named: Named | undefined, episode: Episode, endMs: number): readonly Episode[] {
  if (named === undefined) return [];
  const lastMs = episode.endMs ?? endMs;
  const near = named.near.filter((other) => (other.endMs ?? endMs) >= episode.startMs);
  for (let other = named.all[named.next]; other !== undefined && other.startMs <= lastMs; ) {
    if ((other.endMs ?? endMs) >= episode.startMs) near.push(other);
    other = named.all[++named.next];
  }
  named.near = near;
  return near.filter(({ startMs }) => startMs <= lastMs);
}

function isSameAlert(a: Episode, b: Episode): boolean {
  if (a.fingerprint === b.fingerprint) return true;
  return Object.entries(a.labels).every(([name, value]) => {
    const other = b.labels[name];
    return other === undefined || other === value || a.ruleLabels.has(name) || b.ruleLabels.has(name);
  });
}
