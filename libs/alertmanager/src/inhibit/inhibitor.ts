import { labelValue } from "../label-order.ts";
import { type Matcher, matchesAll } from "../matcher/matcher.ts";
import type { Labels } from "../notification.ts";

/** While an alert fires that is a source, those that are targets and have the same values in the labels `equal` are not told of. */
export interface InhibitRule {
  /** "" where it has none. */
  readonly name: string;
  readonly sourceMatchers: readonly Matcher[];
  readonly targetMatchers: readonly Matcher[];
  /** A label that neither of two alerts has counts as equal, and so does an empty one. */
  readonly equal: readonly string[];
}

/** An alert that may keep others back. */
export interface SourceAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  /** From when on it is resolved; undefined as long as nobody knows. */
  readonly endsAtMs: number | undefined;
}

/** Why an alert is kept back: the first rule that does it, and the first source of that rule. */
export interface Inhibition {
  readonly rule: InhibitRule;
  readonly sourceFingerprint: string;
}

/** Knows the alerts that keep others back. It holds one small record for each alert that is a source of some rule. */
export interface Inhibitor {
  /** Adds an alert, or says anew when it ends. What is no source is not kept. The labels belong to the fingerprint. */
  set(alert: SourceAlert): void;
  /** Forgets an alert, if it is known. */
  remove(fingerprint: string): void;
  /** Forgets those that are resolved: they keep nobody back, but are looked at. */
  removeResolved(nowMs: number): void;
  /** What keeps an alert with these labels back, or undefined. The time it takes does not hang on how many alerts there are. */
  inhibitionOf(labels: Labels, nowMs: number): Inhibition | undefined;
}

interface Source {
  readonly fingerprint: string;
  readonly places: readonly SourceGroup[];
  endsAtMs: number | undefined;
}

/** Sources of one rule that have the same equal labels. Those that are targets as well do not keep back others that are both. */
interface SourceGroup {
  readonly members: Map<string, Source>;
  /** Forgets the group when nobody is left in it. */
  removeIfEmpty(): void;
}

interface RuleIndex {
  readonly rule: InhibitRule;
  /** Which list of equal labels it has; rules that have the same share the work of putting their values together. */
  readonly equalId: number;
  readonly onlySources: Map<string, SourceGroup>;
  readonly sourcesAndTargets: Map<string, SourceGroup>;
}

/** Makes an inhibitor that knows no alerts yet. */
export function createInhibitor(rules: readonly InhibitRule[]): Inhibitor {
  const equals = new Map<string, number>();
  const indexes = rules.map((rule): RuleIndex => {
    const names = JSON.stringify(rule.equal);
    const equalId = equals.get(names) ?? equals.size;
    equals.set(names, equalId);
    return { rule, equalId, onlySources: new Map(), sourcesAndTargets: new Map() };
  });
  const sources = new Map<string, Source>();

  function remove(fingerprint: string): void {
    const source = sources.get(fingerprint);
    if (source === undefined) return;
    sources.delete(fingerprint);
    for (const group of source.places) {
      group.members.delete(fingerprint);
      group.removeIfEmpty();
    }
  }

  return {
    set({ fingerprint, labels, endsAtMs }) {
      const known = sources.get(fingerprint);
      if (known !== undefined) {
        known.endsAtMs = endsAtMs;
        return;
      }
      const places = indexes.flatMap((index) => placeIn(index, labels) ?? []);
      if (places.length === 0) return;
      const source: Source = { fingerprint, places, endsAtMs };
      sources.set(fingerprint, source);
      for (const group of places) group.members.set(fingerprint, source);
    },
    remove,
    removeResolved(nowMs) {
      for (const source of sources.values()) if (isResolved(source, nowMs)) remove(source.fingerprint);
    },
    inhibitionOf(labels, nowMs) {
      const keys: (string | undefined)[] = [];
      for (const index of indexes) {
        const sourceFingerprint = sourceFor(index, { labels, keys, nowMs });
        if (sourceFingerprint !== undefined) return { rule: index.rule, sourceFingerprint };
      }
      return undefined;
    },
  };
}

function placeIn({ rule, onlySources, sourcesAndTargets }: RuleIndex, labels: Labels): SourceGroup | undefined {
  if (!matchesAll(rule.sourceMatchers, labels)) return undefined;
  const groups = matchesAll(rule.targetMatchers, labels) ? sourcesAndTargets : onlySources;
  const key = equalKeyOf(rule, labels);
  const known = groups.get(key);
  if (known !== undefined) return known;
  const members = new Map<string, Source>();
  const removeIfEmpty = () => {
    if (members.size === 0) groups.delete(key);
  };
  const group = { members, removeIfEmpty };
  groups.set(key, group);
  return group;
}

interface Question {
  readonly labels: Labels;
  /** The equal keys that are known, by `equalId`. */
  readonly keys: (string | undefined)[];
  readonly nowMs: number;
}

/** Most alerts have no source in any rule: that is known before their labels are matched. */
function sourceFor(index: RuleIndex, { labels, keys, nowMs }: Question): string | undefined {
  const { rule, equalId, onlySources, sourcesAndTargets } = index;
  if (onlySources.size === 0 && sourcesAndTargets.size === 0) return undefined;
  const key = keys[equalId] ?? equalKeyOf(rule, labels);
  keys[equalId] = key;
  const source = firstActive(onlySources.get(key), nowMs);
  const sourceAndTarget = source === undefined ? firstActive(sourcesAndTargets.get(key), nowMs) : undefined;
  if (source === undefined && sourceAndTarget === undefined) return undefined;
  if (!matchesAll(rule.targetMatchers, labels)) return undefined;
  return source ?? (matchesAll(rule.sourceMatchers, labels) ? undefined : sourceAndTarget);
}

function firstActive(group: SourceGroup | undefined, nowMs: number): string | undefined {
  if (group === undefined) return undefined;
  for (const source of group.members.values()) if (!isResolved(source, nowMs)) return source.fingerprint;
  return undefined;
}

function isResolved({ endsAtMs }: Source, nowMs: number): boolean {
  return endsAtMs !== undefined && endsAtMs <= nowMs;
}

/** A text that is the same for two sets of labels only where they are equal in the labels of the rule. */
function equalKeyOf({ equal }: InhibitRule, labels: Labels): string {
  let key = "";
  for (const name of equal) {
    const value = labelValue(labels, name);
    key += `${value.length}:${value}`;
  }
  return key;
}
