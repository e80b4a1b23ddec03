import type { Labels } from "../notification.ts";
import type { AcknowledgementRecord } from "./acknowledgements.ts";
import type { AssignmentRecord } from "./assignments.ts";
import type { Group } from "./group.ts";
import type { KeptAlert } from "./kept-alert.ts";
import type { LogEntry } from "./notification-log.ts";
import type { Delta } from "./touched.ts";

/** A group as plain data. */
export interface GroupRecord {
  /** Unique within the configuration that it was made by. */
  readonly id: string;
  readonly groupKey: string;
  readonly receiver: string;
  readonly labels: Labels;
  /** The fingerprints of its alerts. */
  readonly members: readonly string[];
  /** What hid which of them when it was last flushed, and what hid all of it. */
  readonly hidden: Readonly<Record<string, string>>;
  readonly hiddenBy: string;
  readonly dueMs: number;
  readonly flushed: boolean;
  /** Whether a notification was being sent: whoever goes on from here has to send it again. */
  readonly inFlight: boolean;
}

/** All that a dispatcher knows, as plain data that can be kept as JSON. */
export interface DispatcherSnapshot {
  readonly alerts: readonly KeptAlert[];
  readonly groups: readonly GroupRecord[];
  readonly log: readonly LogEntry[];
  readonly acknowledgements: readonly AcknowledgementRecord[];
  readonly assignments: readonly AssignmentRecord[];
}

/** What changed of that since somebody asked last. */
export interface DispatcherChanges {
  /** By fingerprint. */
  readonly alerts: Delta<KeptAlert>;
  /** By id. */
  readonly groups: Delta<GroupRecord>;
  /** By `logKey`. */
  readonly log: Delta<LogEntry>;
  /** By `targetKey`. */
  readonly acknowledgements: Delta<AcknowledgementRecord>;
  readonly assignments: Delta<AssignmentRecord>;
}

/** The group as plain data. */
export function groupRecord(group: Group): GroupRecord {
  const hidden: Record<string, string> = {};
  for (const [fingerprint, { hiddenBy }] of group.members) if (hiddenBy !== "") hidden[fingerprint] = hiddenBy;
  return {
    id: group.id,
    groupKey: group.key,
    receiver: group.route.options.receiver,
    labels: group.labels,
    members: [...group.members.keys()],
    hidden,
    hiddenBy: group.hiddenBy,
    dueMs: group.dueMs,
    flushed: group.flushed,
    inFlight: group.outlets.some(({ inFlight }) => inFlight !== undefined),
  };
}
