import { severityFromProto, severityToProto } from "@sightline/events/severity";
import type {
  Contacts,
  EscalationPolicy,
  EscalationStep,
  EscalationTarget,
  KeptContacts,
  KeptEscalationPolicy,
} from "@sightline/proto/sightline/alert/v1/oncall_service";
import { z } from "zod";
import { revisionForm, revisionToJson, windowForm, windowFromJson, windowToJson } from "./oncall.ts";
import { severityName, uint32 } from "./scalars.ts";

const targetForm = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("user"), user: z.string() }),
  z.strictObject({ kind: z.literal("schedule"), schedule: z.string().describe("Whoever is on call in it") }),
  z.strictObject({ kind: z.literal("receiver"), receiver: z.string() }),
]);

const severities = z.array(severityName).default([]).describe("Only alerts of these; empty: all");

const stepForm = z.strictObject({
  delaySeconds: uint32.default(0).describe("Since the step before, or since the begin"),
  targets: z.array(targetForm).min(1),
  severities,
  times: z
    .strictObject({
      timeZone: z.string().min(1),
      windows: z.array(windowForm).min(1),
      outside: z.boolean().default(false).describe("Whether the step counts outside of the windows, not inside"),
    })
    .nullable()
    .default(null)
    .describe("When the step counts; null: always"),
});

/** An escalation policy as it is sent; its name is in the path. */
export const policyInput = z.strictObject({
  description: z.string().default(""),
  steps: z.array(stepForm).min(1),
  repeat: uint32.default(0).describe("How many times the steps are gone through again"),
  repeatAfterSeconds: uint32.default(1800).describe("How long is waited after the last step before the first again"),
});

export const policyForm = policyInput.extend({ name: z.string(), ...revisionForm.shape });

export function policyFromJson(name: string, body: z.output<typeof policyInput>): EscalationPolicy {
  return { ...body, name, steps: body.steps.map(stepFromJson) };
}

function stepFromJson({ delaySeconds, targets, severities: names, times }: z.output<typeof stepForm>): EscalationStep {
  return {
    delaySeconds,
    targets: targets.map(targetFromJson),
    severities: names.map(severityToProto),
    times: times === null ? undefined : { ...times, windows: times.windows.map(windowFromJson) },
  };
}

function targetFromJson(target: z.output<typeof targetForm>): EscalationTarget {
  switch (target.kind) {
    case "user":
      return { kind: { $case: "user", value: target.user } };
    case "schedule":
      return { kind: { $case: "schedule", value: target.schedule } };
    case "receiver":
      return { kind: { $case: "receiver", value: target.receiver } };
  }
}

export function policyToJson({ policy, revision }: KeptEscalationPolicy): z.output<typeof policyForm> {
  const { name = "", description = "", steps = [], repeat = 0, repeatAfterSeconds = 0 } = policy ?? {};
  return { name, description, steps: steps.map(stepToJson), repeat, repeatAfterSeconds, ...revisionToJson(revision) };
}

function stepToJson({ delaySeconds, targets, severities: numbers, times }: EscalationStep): z.output<typeof stepForm> {
  return {
    delaySeconds,
    targets: targets.map(targetToJson),
    severities: numbers.map(severityFromProto),
    times: times === undefined ? null : { ...times, windows: times.windows.map(windowToJson) },
  };
}

function targetToJson({ kind }: EscalationTarget): z.output<typeof targetForm> {
  switch (kind?.$case) {
    case "schedule":
      return { kind: "schedule", schedule: kind.value };
    case "receiver":
      return { kind: "receiver", receiver: kind.value };
    default:
      return { kind: "user", user: kind?.value ?? "" };
  }
}

/** How a user wants to be told, as it is sent; the user is in the path. */
export const contactsInput = z.strictObject({
  timeZone: z.string().min(1).describe("IANA name, of the quiet hours"),
  methods: z
    .array(
      z.strictObject({
        receiver: z.string().min(1).describe("Name of the receiver that does it"),
        address: z.string().default("").describe("Where the user is there, such as a mail address"),
        delaySeconds: uint32.default(0).describe("Since the user was to be told"),
        severities,
      }),
    )
    .default([])
    .describe("In the order in which they are tried"),
  quietHours: z.array(windowForm).default([]).describe("When only what is critical comes"),
});

export const contactsForm = contactsInput.extend({ user: z.string(), ...revisionForm.shape });

export function contactsFromJson(user: string, body: z.output<typeof contactsInput>): Contacts {
  return {
    user,
    timeZone: body.timeZone,
    methods: body.methods.map((method) => ({ ...method, severities: method.severities.map(severityToProto) })),
    quietHours: body.quietHours.map(windowFromJson),
  };
}

export function contactsToJson({ contacts, revision }: KeptContacts): z.output<typeof contactsForm> {
  const { user = "", timeZone = "UTC", methods = [], quietHours = [] } = contacts ?? {};
  return {
    user,
    timeZone,
    methods: methods.map((method) => ({ ...method, severities: method.severities.map(severityFromProto) })),
    quietHours: quietHours.map(windowToJson),
    ...revisionToJson(revision),
  };
}
