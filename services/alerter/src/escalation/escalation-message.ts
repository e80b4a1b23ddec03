import { severityToProto } from "@sightline/events/severity";
import {
  type EscalationEvent,
  type Escalation as EscalationMessage,
  type EscalationRecipient,
  EscalationStatus,
} from "@sightline/proto/sightline/alert/v1/escalation_service";
import { plainTitle } from "../channels/plain.ts";
import type { Escalation } from "./escalation.ts";
import type { StoryLine } from "./story.ts";

type Status = Escalation["state"]["status"];

const statuses: Readonly<Record<Status, EscalationStatus>> = {
  running: EscalationStatus.RUNNING,
  acknowledged: EscalationStatus.ACKNOWLEDGED,
  snoozed: EscalationStatus.SNOOZED,
  exhausted: EscalationStatus.EXHAUSTED,
  resolved: EscalationStatus.RESOLVED,
};

/** The status of a number of the contract; undefined for "unspecified" and for one that is none. */
export function statusFromProto(number: number): Status | undefined {
  const all: readonly Status[] = ["running", "acknowledged", "snoozed", "exhausted", "resolved"];
  return all.find((status) => statuses[status] === number);
}

export function escalationToMessage(escalation: Escalation): EscalationMessage {
  const { escalationId, receiver, groupKey, state, notification, begunAtMs, endedAtMs } = escalation;
  return {
    escalationId,
    receiver,
    groupKey,
    groupLabels: { ...notification.groupLabels },
    title: plainTitle(notification),
    policy: state.policy,
    severity: severityToProto(state.severity),
    status: statuses[state.status],
    round: state.round + 1,
    nextStep: state.step + 1,
    dueAtUnixMs: endedAtMs === undefined ? BigInt(state.dueAtMs ?? 0) : 0n,
    assignee: state.assignee ?? "",
    told: state.told.map(recipientToMessage),
    begunAtUnixMs: BigInt(begunAtMs),
    endedAtUnixMs: BigInt(endedAtMs ?? 0),
    firingAlerts: notification.alerts.filter(({ status }) => status === "firing").length,
  };
}

function recipientToMessage(recipient: Escalation["state"]["told"][number]): EscalationRecipient {
  return {
    kind:
      recipient.kind === "user"
        ? { $case: "user", value: recipient.user }
        : { $case: "receiver", value: recipient.receiver },
  };
}

export function eventToMessage(line: StoryLine): EscalationEvent {
  const { atMs, reason, detail, receiver = "", integration = "", users = [], dueAtMs = 0 } = line;
  // Every line is of the receiver that escalates; only some tell of somebody's being told.
  const by = integration === "" ? { receiver: "", integration: "" } : { receiver, integration };
  return { timeUnixMs: BigInt(atMs), reason, detail, ...by, users: [...users], dueUnixMs: BigInt(dueAtMs) };
}
