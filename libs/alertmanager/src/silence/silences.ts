import { AppError } from "@sightline/errors/app-error";
import { type Matcher, matchesAll } from "../matcher/matcher.ts";
import type { Labels } from "../notification.ts";
import { createMatcherIndex } from "./matcher-index.ts";
import { canUpdate, checkDraft, type Silence, type SilenceDraft, silenceMatchers, silenceState } from "./silence.ts";

export interface SilencesOptions {
  /** The most that may be kept, expired ones included. */
  readonly maxSilences: number;
  /** How long expired ones are kept. Alertmanager's default is 120 hours. */
  readonly retentionMs: number;
  /** Makes a new id. */
  readonly newId: () => string;
}

/** The silences of one tenant, by Alertmanager's rules (silence/silence.go). */
export interface Silences {
  /**
   * Makes a silence, or changes the one whose id is given. Where that would change its past, the old one expires and a new one with
   * another id takes its place. Returns what is to be written: the silence as it is now, after the one that it took the place of.
   * Throws invalid_argument, not_found for an id that is not there, resource_exhausted beyond `maxSilences`.
   */
  set(draft: SilenceDraft, nowMs: number): Silence[];
  /** Ends a silence now, or before it begins. Does nothing to one that is over. Throws not_found. */
  expire(id: string, nowMs: number): Silence;
  get(id: string): Silence | undefined;
  /** All of them, in the order in which they were made. */
  all(): IterableIterator<Silence>;
  /** Takes silences as they are: what was kept, or what another replica made. Of two with the same id the newer stays. */
  learn(silences: readonly Silence[]): void;
  /**
   * The ids of those that silence an alert now. What matches a fingerprint is remembered, so that asking again costs nothing as
   * long as no silence is made; whoever asks says when the alert is no more.
   */
  mutedBy(alert: { readonly fingerprint: string; readonly labels: Labels }, nowMs: number): readonly string[];
  forget(fingerprint: string): void;
  /** Removes what has been over for longer than the retention. Returns the ids. */
  collect(nowMs: number): string[];
}

/** A silence and its matchers, which never change. */
interface Entry {
  silence: Silence;
  readonly matchers: readonly Matcher[];
  /** Counts silences: a larger one was made later. */
  readonly version: number;
}

/** What matched an alert among the silences up to a version. */
interface Remembered {
  version: number;
  entries: readonly Entry[];
}

const none: readonly string[] = [];

/** Makes it without silences. */
export function createSilences({ maxSilences, retentionMs, newId }: SilencesOptions): Silences {
  const entries = new Map<string, Entry>();
  const index = createMatcherIndex<Entry>();
  const remembered = new Map<string, Remembered>();
  /** In the order of their versions. */
  let byVersion: Entry[] = [];
  let version = 0;

  function add(silence: Silence, matchers: readonly Matcher[]): void {
    const entry = { silence, matchers, version: ++version };
    entries.set(silence.id, entry);
    byVersion.push(entry);
    index.add(entry);
  }

  function find(id: string): Entry {
    const entry = entries.get(id);
    if (entry === undefined)
      throw new AppError("not_found", `cannot find silence: got ${JSON.stringify(id)}, want one that is kept`);
    return entry;
  }

  function expireEntry(entry: Entry, nowMs: number): Silence {
    const { silence } = entry;
    const state = silenceState(silence, nowMs);
    if (state === "expired") return silence;
    const startsAtMs = state === "pending" ? nowMs : silence.startsAtMs;
    entry.silence = { ...silence, startsAtMs, endsAtMs: nowMs, updatedAtMs: nowMs };
    return entry.silence;
  }

  function checkRoom(): void {
    if (entries.size < maxSilences) return;
    throw new AppError("resource_exhausted", `cannot set silence: got one more, want ${maxSilences} at most`);
  }

  /** The silences that match an alert. Only those that were made since it was asked last are looked at. */
  function entriesFor(fingerprint: string, labels: Labels): readonly Entry[] {
    const known = remembered.get(fingerprint);
    if (known === undefined) {
      const found = index.find(labels);
      remembered.set(fingerprint, { version, entries: found });
      return found;
    }
    if (known.version === version) return known.entries;
    const fresh = since(known.version).filter((entry) => matchesAll(entry.matchers, labels));
    if (fresh.length > 0) known.entries = [...known.entries, ...fresh];
    known.version = version;
    return known.entries;
  }

  function since(seen: number): Entry[] {
    let from = byVersion.length;
    while (from > 0 && (byVersion[from - 1]?.version ?? 0) > seen) from--;
    return byVersion.slice(from);
  }

  return {
    set(draft, nowMs) {
      const { id, endsAtMs, createdBy, comment, annotations = {} } = draft;
      const matchers = silenceMatchers(draft.matchers);
      checkDraft(draft, nowMs);
      const startsAtMs = draft.startsAtMs ?? nowMs;
      const wanted = {
        matchers: draft.matchers,
        startsAtMs,
        endsAtMs,
        updatedAtMs: nowMs,
        createdBy,
        comment,
        annotations,
      };
      const before = id === undefined || id === "" ? undefined : find(id);
      if (before !== undefined && canUpdate(before.silence, wanted, nowMs)) {
        before.silence = { ...wanted, id: before.silence.id };
        return [before.silence];
      }
      checkRoom();
      const over =
        before === undefined || silenceState(before.silence, nowMs) === "expired" ? [] : [expireEntry(before, nowMs)];
      const silence = { ...wanted, id: newId(), startsAtMs: Math.max(startsAtMs, nowMs) };
      add(silence, matchers);
      return [...over, silence];
    },

    expire: (id, nowMs) => expireEntry(find(id), nowMs),
    get: (id) => entries.get(id)?.silence,

    *all() {
      for (const { silence } of entries.values()) yield silence;
    },

    learn(silences) {
      for (const silence of silences) {
        const entry = entries.get(silence.id);
        if (entry === undefined) add(silence, silenceMatchers(silence.matchers));
        else if (entry.silence.updatedAtMs <= silence.updatedAtMs) entry.silence = silence;
      }
    },

    mutedBy({ fingerprint, labels }, nowMs) {
      const matching = entriesFor(fingerprint, labels);
      if (matching.length === 0) return none;
      const active = matching.filter(({ silence }) => silenceState(silence, nowMs) === "active");
      return active.map(({ silence }) => silence.id);
    },

    forget(fingerprint) {
      remembered.delete(fingerprint);
    },

    collect(nowMs) {
      const gone = byVersion.filter(({ silence }) => silence.endsAtMs + retentionMs <= nowMs);
      if (gone.length === 0) return [];
      const goneSet = new Set(gone);
      for (const entry of gone) {
        entries.delete(entry.silence.id);
        index.remove(entry);
      }
      byVersion = byVersion.filter((entry) => !goneSet.has(entry));
      for (const known of remembered.values()) known.entries = known.entries.filter((entry) => !goneSet.has(entry));
      return gone.map(({ silence }) => silence.id);
    },
  };
}
