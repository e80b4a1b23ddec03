/** What changed since somebody looked last, by key: what has to be written where state is kept. */
export interface Touched {
  /** Fingerprints. */
  readonly alerts: Set<string>;
  /** Ids of groups. */
  readonly groups: Set<string>;
  /** Keys of the notification log. */
  readonly log: Set<string>;
  /** Keys of what is acknowledged, and of what is assigned. */
  readonly acknowledgements: Set<string>;
  readonly assignments: Set<string>;
}

/** Makes it with nothing touched. */
export function createTouched(): Touched {
  return { alerts: new Set(), groups: new Set(), log: new Set(), acknowledgements: new Set(), assignments: new Set() };
}

/** Records that changed, and the keys of those that are no more. */
export interface Delta<T> {
  readonly changed: readonly T[];
  readonly gone: readonly string[];
}

/** Looks up what was touched and forgets that it was. */
export function drain<T>(keys: Set<string>, find: (key: string) => T | undefined): Delta<T> {
  const changed: T[] = [];
  const gone: string[] = [];
  for (const key of keys) {
    const record = find(key);
    if (record === undefined) gone.push(key);
    else changed.push(record);
  }
  keys.clear();
  return { changed, gone };
}
