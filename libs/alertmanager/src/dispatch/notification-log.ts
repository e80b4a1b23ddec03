/** What a receiver was told last of a group: plain data, to be kept under the unique key that `logKey` makes. */
export interface LogEntry {
  readonly groupKey: string;
  readonly receiver: string;
  /** The kind of integration, such as `webhook`, and its place among those of its kind. */
  readonly integration: string;
  readonly index: number;
  /** The fingerprints of the alerts that it was told of. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  /** When what was told was acknowledged, as the receiver knows it; undefined: as far as it knows, it is not. */
  readonly acknowledgedAtMs?: number | undefined;
  /** When it was told. */
  readonly atMs: number;
  readonly expiresAtMs: number;
  /** What the integration wants to find again at the next notification of this group, such as the thread that it began. */
  readonly receiverData: ReceiverData;
}

export type ReceiverData = Readonly<Record<string, string | number>>;

/** Whose entry it is. */
export type LogKeyParts = Pick<LogEntry, "groupKey" | "receiver" | "integration" | "index">;

/** The unique key of an entry, in the form of Alertmanager's (nflog/nflog.go, stateKey). */
export function logKey({ groupKey, receiver, integration, index }: LogKeyParts): string {
  return `${groupKey}:${receiver}/${integration}/${index}`;
}

/** The notification log: the last entry of each group, receiver and integration. */
export interface NotificationLog {
  /** The entry, unless it has expired. */
  find(key: string, nowMs: number): LogEntry | undefined;
  /** Keeps an entry, unless a newer one is there. Returns whether it was kept. */
  put(entry: LogEntry): boolean;
  /**
   * Alerts that ended without the receiver being told are no longer what it was told of, so that it is told when they fire again.
   * Returns the keys of entries that changed.
   */
  forgetFiring(keys: readonly string[], fingerprints: ReadonlySet<string>): string[];
  /** Lets an entry live longer. Returns whether that changed anything. */
  extend(key: string, expiresAtMs: number): boolean;
  /** Removes what has expired. Returns the keys. */
  prune(nowMs: number): string[];
  get(key: string): LogEntry | undefined;
  entries(): IterableIterator<LogEntry>;
  readonly size: number;
}

/** Makes an empty log. Its size is bounded by that of the groups in the time that entries live. */
export function createNotificationLog(): NotificationLog {
  const entries = new Map<string, LogEntry>();

  function forgetIn(key: string, fingerprints: ReadonlySet<string>): boolean {
    const entry = entries.get(key);
    if (entry === undefined) return false;
    const firing = entry.firing.filter((fingerprint) => !fingerprints.has(fingerprint));
    if (firing.length === entry.firing.length) return false;
    entries.set(key, { ...entry, firing });
    return true;
  }

  return {
    find(key, nowMs) {
      const entry = entries.get(key);
      return entry === undefined || entry.expiresAtMs <= nowMs ? undefined : entry;
    },

    put(entry) {
      const key = logKey(entry);
      const kept = entries.get(key);
      if (kept !== undefined && kept.atMs > entry.atMs) return false;
      entries.set(key, entry);
      return true;
    },

    forgetFiring: (keys, fingerprints) => keys.filter((key) => forgetIn(key, fingerprints)),

    extend(key, expiresAtMs) {
      const entry = entries.get(key);
      if (entry === undefined || entry.expiresAtMs >= expiresAtMs) return false;
      entries.set(key, { ...entry, expiresAtMs });
      return true;
    },

    prune(nowMs) {
      const gone: string[] = [];
      for (const [key, entry] of entries) {
        if (entry.expiresAtMs > nowMs) continue;
        entries.delete(key);
        gone.push(key);
      }
      return gone;
    },

    get: (key) => entries.get(key),
    entries: () => entries.values(),
    get size() {
      return entries.size;
    },
  };
}
