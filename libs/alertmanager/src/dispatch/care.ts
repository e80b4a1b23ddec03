import {
  type Acknowledgement,
  type Acknowledgements,
  type AcknowledgementTarget,
  createAcknowledgements,
  targetKey,
} from "./acknowledgements.ts";
import type { Assignment, AssignmentRecord } from "./assignments.ts";
import { ACTION_REASONS, type Decide, type Decision } from "./decision.ts";
import type { Touched } from "./touched.ts";

/** Who does something, and why. */
export interface Doing {
  /** The user. */
  readonly by: string;
  readonly note: string;
  readonly atMs: number;
}

/** What people said of alerts and groups, each with its decision. Its size is bounded by that of the alerts and groups that there are. */
export interface CareBook {
  readonly acknowledgements: Acknowledgements;
  /** By `targetKey`. */
  readonly assignments: ReadonlyMap<string, AssignmentRecord>;
  acknowledge(target: AcknowledgementTarget, acknowledgement: Acknowledgement): void;
  /** Returns whether it was acknowledged or snoozed. */
  unacknowledge(target: AcknowledgementTarget, doing: Doing): boolean;
  /** Assigns to nobody where nobody is named. */
  assign(target: AcknowledgementTarget, assignment: Assignment): void;
  /** Something new fires in a group: who took care of it took care of what it was before. What is snoozed stays so. */
  endByNews(groupKey: string, fingerprint: string, nowMs: number): void;
  /** The target is no more, or it is another time of it. */
  forget(target: AcknowledgementTarget): void;
  /** Forgets what is said of groups that are no more. */
  forgetGroups(isThere: (groupKey: string) => boolean): void;
  /** Takes what was kept. */
  assigned(records: readonly AssignmentRecord[]): void;
}

/** Makes it with nothing said. */
export function createCareBook({ touched, decide }: { readonly touched: Touched; readonly decide: Decide }): CareBook {
  const acknowledgements = createAcknowledgements();
  const assignments = new Map<string, AssignmentRecord>();

  function removeAcknowledgement(key: string): boolean {
    if (!acknowledgements.remove(key)) return false;
    touched.acknowledgements.add(key);
    return true;
  }

  function forget(target: AcknowledgementTarget): void {
    const key = targetKey(target);
    removeAcknowledgement(key);
    if (assignments.delete(key)) touched.assignments.add(key);
  }

  return {
    acknowledgements,
    assignments,

    acknowledge(target, acknowledgement) {
      const { untilMs } = acknowledgement;
      acknowledgements.put({ ...target, ...acknowledgement });
      touched.acknowledgements.add(targetKey(target));
      const reason = untilMs === undefined ? ACTION_REASONS.acknowledged : ACTION_REASONS.snoozed;
      decide({ ...actionOf(target, reason, acknowledgement), ...(untilMs === undefined ? {} : { dueAtMs: untilMs }) });
    },

    unacknowledge(target, doing) {
      if (!removeAcknowledgement(targetKey(target))) return false;
      decide(actionOf(target, ACTION_REASONS.unacknowledged, doing));
      return true;
    },

    assign(target, assignment) {
      const { to, by, note, atMs } = assignment;
      const key = targetKey(target);
      if (to === "" && !assignments.delete(key)) return;
      if (to !== "") assignments.set(key, { ...target, ...assignment });
      touched.assignments.add(key);
      if (to === "") decide(actionOf(target, ACTION_REASONS.unassigned, assignment));
      else {
        const told = { by: `${by} to ${to}`, note, atMs };
        decide(actionOf(target, ACTION_REASONS.assigned, told));
      }
    },

    endByNews(groupKey, fingerprint, nowMs) {
      const key = targetKey({ groupKey });
      const record = acknowledgements.get(key);
      if (record === undefined || record.untilMs !== undefined) return;
      removeAcknowledgement(key);
      decide({
        atMs: nowMs,
        step: "action",
        reason: ACTION_REASONS.newsInGroup,
        fingerprints: [fingerprint],
        groupKey,
        detail: record.by,
      });
    },

    forget,

    forgetGroups(isThere) {
      const records = [...acknowledgements.entries(), ...assignments.values()];
      for (const record of records) if ("groupKey" in record && !isThere(record.groupKey)) forget(record);
    },

    assigned(records) {
      for (const record of records) assignments.set(targetKey(record), record);
    },
  };
}

/** What somebody did, as a decision. */
export function actionOf(target: AcknowledgementTarget, reason: string, { by, note, atMs }: Doing): Decision {
  const about =
    "fingerprint" in target ? { fingerprints: [target.fingerprint] } : { fingerprints: [], groupKey: target.groupKey };
  return { ...about, atMs, step: "action", reason, detail: note === "" ? by : `${by}: ${note}` };
}
