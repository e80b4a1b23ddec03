import { severityFromProto } from "@sightline/events/severity";
import type { Severity } from "@sightline/model/severity";
import { checkPolicy } from "@sightline/oncall/escalation/check-policy";
import { type ContactPreferences, checkContacts } from "@sightline/oncall/escalation/contacts";
import type { EscalationPolicy, EscalationStep, StepTimes, Target } from "@sightline/oncall/escalation/policy";
import { checkName, type Refuse, refusalOf } from "@sightline/oncall/refuse";
import type {
  Contacts as ContactsMessage,
  EscalationTarget,
  EscalationPolicy as PolicyMessage,
  EscalationStep as StepMessage,
  StepTimes as TimesMessage,
} from "@sightline/proto/sightline/alert/v1/oncall_service";
import { type Place, windowsFromMessage } from "./window-message.ts";

const refusePolicy: Refuse = refusalOf("escalation policy");
const refuseContacts: Refuse = refusalOf("contact methods");
const DEFAULT_REPEAT_AFTER_SECONDS = 1800;
const MAX_DESCRIPTION = 4096;

/** The policy of a message. Throws invalid_argument, naming the field, when it could not be meant. */
export function policyFromMessage(message: PolicyMessage): EscalationPolicy {
  if (message.description.length > MAX_DESCRIPTION) {
    throw refusePolicy("description", `${message.description.length} characters`, `at most ${MAX_DESCRIPTION}`);
  }
  const policy = {
    name: message.name,
    steps: message.steps.map((step, index) =>
      stepFromMessage(step, { refuse: refusePolicy, place: `steps[${index}]` }),
    ),
    repeat: message.repeat,
    repeatAfterMs: (message.repeatAfterSeconds || DEFAULT_REPEAT_AFTER_SECONDS) * 1000,
  };
  checkPolicy(policy);
  return policy;
}

function stepFromMessage({ delaySeconds, targets, severities, times }: StepMessage, at: Place): EscalationStep {
  const { refuse, place } = at;
  return {
    delayMs: delaySeconds * 1000,
    targets: targets.map((target, index) => targetFromMessage(target, { refuse, place: `${place}.targets[${index}]` })),
    severities: severitiesFromMessage(severities, { refuse, place: `${place}.severities` }),
    times: times === undefined ? undefined : timesFromMessage(times, { refuse, place: `${place}.times` }),
  };
}

function targetFromMessage({ kind }: EscalationTarget, { refuse, place }: Place): Target {
  switch (kind?.$case) {
    case "user":
      return { kind: "user", user: kind.value };
    case "schedule":
      return { kind: "schedule", schedule: kind.value };
    case "receiver":
      return { kind: "receiver", receiver: kind.value };
    case undefined:
      throw refuse(place, "nothing", "a user, a schedule or a receiver");
  }
}

function timesFromMessage({ timeZone, windows, outside }: TimesMessage, { refuse, place }: Place): StepTimes {
  return { timeZone, windows: windowsFromMessage(windows, { refuse, place: `${place}.windows` }), inside: !outside };
}

/** The contact preferences of a message. Throws invalid_argument, naming the field, when they could not be meant. */
export function contactsFromMessage({ user, timeZone, methods, quietHours }: ContactsMessage): ContactPreferences {
  checkName(refuseContacts, "user", user);
  const preferences = {
    timeZone,
    methods: methods.map(({ receiver, address, delaySeconds, severities }, index) => ({
      receiver,
      address,
      delayMs: delaySeconds * 1000,
      severities: severitiesFromMessage(severities, { refuse: refuseContacts, place: `methods[${index}].severities` }),
    })),
    quietHours: windowsFromMessage(quietHours, { refuse: refuseContacts, place: "quiet_hours" }),
  };
  checkContacts(preferences);
  return preferences;
}

function severitiesFromMessage(severities: StepMessage["severities"], { refuse, place }: Place): Severity[] {
  return severities.map((severity, index) => {
    if (severity < 1 || severity > 5) throw refuse(`${place}[${index}]`, `${severity}`, "1 (debug) to 5 (critical)");
    return severityFromProto(severity);
  });
}
