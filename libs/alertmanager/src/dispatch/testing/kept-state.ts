import { type AcknowledgementRecord, targetKey } from "../acknowledgements.ts";
import type { AssignmentRecord } from "../assignments.ts";
import type { KeptAlert } from "../kept-alert.ts";
import { type LogEntry, logKey } from "../notification-log.ts";
import type { DispatcherChanges, DispatcherSnapshot, GroupRecord } from "../snapshot.ts";
import type { Delta } from "../touched.ts";

/** A dispatcher's state as a database keeps it: rows that are written when they change. */
export interface KeptState {
  write(changes: DispatcherChanges): void;
  read(): DispatcherSnapshot;
}

/** Makes it without rows. Rows are JSON. */
export function createKeptState(): KeptState {
  const alerts = new Map<string, string>();
  const groups = new Map<string, string>();
  const log = new Map<string, string>();
  const acknowledgements = new Map<string, string>();
  const assignments = new Map<string, string>();

  return {
    write(changes) {
      apply(alerts, changes.alerts, ({ fingerprint }) => fingerprint);
      apply(groups, changes.groups, ({ id }) => id);
      apply(log, changes.log, logKey);
      apply(acknowledgements, changes.acknowledgements, targetKey);
      apply(assignments, changes.assignments, targetKey);
    },

    read: () => ({
      alerts: rows<KeptAlert>(alerts),
      groups: rows<GroupRecord>(groups),
      log: rows<LogEntry>(log),
      acknowledgements: rows<AcknowledgementRecord>(acknowledgements),
      assignments: rows<AssignmentRecord>(assignments),
    }),
  };
}

function apply<T>(kept: Map<string, string>, { changed, gone }: Delta<T>, keyOf: (record: T) => string): void {
  for (const record of changed) kept.set(keyOf(record), JSON.stringify(record));
  for (const key of gone) kept.delete(key);
}

/** In the order of their keys, as a database has no other. */
function rows<T>(kept: ReadonlyMap<string, string>): T[] {
  return [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]): T => JSON.parse(row));
}
