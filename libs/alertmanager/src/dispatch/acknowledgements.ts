/** Somebody takes care of an alert or a group: as long as it holds, nobody is told again of what was told before. */
export interface Acknowledgement {
  /** The user. */
  readonly by: string;
  readonly note: string;
  readonly atMs: number;
  /** When it ends: it is snoozed then rather than acknowledged. What still fires is told again after that. */
  readonly untilMs?: number | undefined;
}

/** What is acknowledged: an alert by its fingerprint, or a group by its key. */
export type AcknowledgementTarget = { readonly fingerprint: string } | { readonly groupKey: string };

export type AcknowledgementRecord = AcknowledgementTarget & Acknowledgement;

/** A target's unique key. */
export function targetKey(target: AcknowledgementTarget): string {
  return "fingerprint" in target ? `alert:${target.fingerprint}` : `group:${target.groupKey}`;
}

/** What is acknowledged and snoozed. Its size is bounded by that of the alerts and groups that there are. */
export interface Acknowledgements {
  put(record: AcknowledgementRecord): void;
  get(key: string): AcknowledgementRecord | undefined;
  /** Returns whether there was one. */
  remove(key: string): boolean;
  entries(): IterableIterator<AcknowledgementRecord>;
  readonly size: number;
  /** The newest acknowledgement or snooze of the alert, or of its group as a whole, that holds now. */
  holding(fingerprint: string, groupKey: string, nowMs: number): AcknowledgementRecord | undefined;
  /** Whether the alert, or its group as a whole, is snoozed now. */
  snoozes(fingerprint: string, groupKey: string, nowMs: number): boolean;
  /** When the last snooze of the alert or its group ended; undefined when there was none or it lasts. */
  snoozeEndedMs(fingerprint: string, groupKey: string, nowMs: number): number | undefined;
}

/** Makes it with nothing acknowledged. */
export function createAcknowledgements(): Acknowledgements {
  const records = new Map<string, AcknowledgementRecord>();

  function of(fingerprint: string, groupKey: string): AcknowledgementRecord[] {
    // Almost always nothing is acknowledged: then there are no keys to be made either.
    if (records.size === 0) return [];
    const found = [records.get(targetKey({ fingerprint })), records.get(targetKey({ groupKey }))];
    return found.filter((record) => record !== undefined);
  }

  return {
    put(record) {
      records.set(targetKey(record), record);
    },
    get: (key) => records.get(key),
    remove: (key) => records.delete(key),
    entries: () => records.values(),
    get size() {
      return records.size;
    },

    holding: (fingerprint, groupKey, nowMs) =>
      newest(of(fingerprint, groupKey).filter(({ untilMs }) => untilMs === undefined || untilMs > nowMs)),

    snoozes: (fingerprint, groupKey, nowMs) =>
      of(fingerprint, groupKey).some(({ untilMs }) => untilMs !== undefined && untilMs > nowMs),

    snoozeEndedMs(fingerprint, groupKey, nowMs) {
      const ends = of(fingerprint, groupKey).map(({ untilMs }) => untilMs);
      const last = Math.max(...ends.map((untilMs) => untilMs ?? Number.POSITIVE_INFINITY));
      return last <= nowMs && ends.length > 0 ? last : undefined;
    },
  };
}

/** The one that was made last. */
export function newest(records: readonly AcknowledgementRecord[]): AcknowledgementRecord | undefined {
  return records.reduce<AcknowledgementRecord | undefined>(
    (last, record) => (last === undefined || record.atMs >= last.atMs ? record : last),
    undefined,
  );
}
