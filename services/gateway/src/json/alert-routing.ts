import {
  type GetRouteTreeResponse,
  type PreviewedRouting,
  type RouteNode,
  type Silence,
  SilenceState,
  type TakingRoute,
  type TestedIntegration,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { z } from "zod";
import { enumWords, labels, momentOfMs, momentOrNull } from "./scalars.ts";

const nodeForm = z.object({
  id: z.string().describe('Unique in the tree, such as {}/{team="x"}/0'),
  parent: z.string().describe("The id of the node above; empty for the root"),
  depth: z.number(),
  matchers: z.array(z.string()),
  receiver: z.string(),
  groupBy: z.array(z.string()),
  groupByAll: z.boolean(),
  groupWaitMs: z.number(),
  groupIntervalMs: z.number(),
  repeatIntervalMs: z.number(),
  continue: z.boolean().describe("Whether alerts that match go on to the next node as well"),
  muteTimeIntervals: z.array(z.string()),
  activeTimeIntervals: z.array(z.string()),
  labels,
  groups: z.number().describe("How many groups it has now"),
  alerts: z.number().describe("How many alerts it has now"),
});

export const routeTreeForm = z.object({
  version: z.number().describe("0 while nobody has put a configuration, and of a draft"),
  nodes: z.array(nodeForm).describe("Each before those below it"),
  receivers: z.array(z.object({ name: z.string(), integrations: z.array(z.string()) })),
});

function nodeToJson({ groupWaitMs, groupIntervalMs, repeatIntervalMs, ...rest }: RouteNode): z.infer<typeof nodeForm> {
  return {
    ...rest,
    groupWaitMs: Number(groupWaitMs),
    groupIntervalMs: Number(groupIntervalMs),
    repeatIntervalMs: Number(repeatIntervalMs),
  };
}

export function routeTreeToJson({ version, nodes, receivers }: GetRouteTreeResponse): z.infer<typeof routeTreeForm> {
  return { version: Number(version), nodes: nodes.map(nodeToJson), receivers };
}

const takingForm = z.object({
  path: z.array(nodeForm).describe("From the root to the node that takes the alert"),
  receiver: z.string(),
  integrations: z.array(z.string()).describe("Such as webhook[0]"),
  groupKey: z.string(),
  groupLabels: labels,
  mutedBy: z.array(z.string()).describe("The time intervals that mute it now"),
  outsideActiveTimes: z.boolean().describe("Whether none of its active time intervals contains the time"),
  groupExists: z.boolean(),
  due: momentOrNull.describe("When its group is told next"),
});

const verdictForm = z.object({
  id: z.string(),
  verdict: z.string().describe("takes, passes_down, mismatch or not_reached"),
  matcher: z.string().describe("Of a mismatch: the first matcher that is not fulfilled"),
  label: z.string(),
  value: z.string(),
  takenBy: z.string().describe("Of a node that is not reached: the node that took the alert before"),
  sentence: z.string(),
});

const inhibitionForm = z.object({
  rule: z.string(),
  sourceMatchers: z.array(z.string()),
  targetMatchers: z.array(z.string()),
  equal: z.array(z.string()),
  sourceFingerprint: z.string().describe("The alert that fires and inhibits it now; empty when none does"),
  sourceLabels: labels,
});

const silenceStates = enumWords(
  ["active", "pending", "expired"],
  [SilenceState.ACTIVE, SilenceState.PENDING, SilenceState.EXPIRED],
);

const silenceForm = z.object({
  silenceId: z.string(),
  state: silenceStates.schema,
  starts: momentOrNull,
  ends: momentOrNull,
  createdBy: z.string(),
  comment: z.string(),
});

export const matchForm = z.object({
  labels,
  fingerprint: z.string(),
  sentence: z.string().describe("What would become of it"),
  routes: z.array(takingForm).describe("The routes that take it, in their order"),
  verdicts: z.array(verdictForm).describe("What each node that was looked at does with it, each before those below it"),
  inhibitions: z.array(inhibitionForm).describe("The rules whose target it would be"),
  silences: z.array(silenceForm).describe("Those that match it: active, and to come"),
  maintenanceBy: z.array(z.string()),
});

export function matchToJson(found: PreviewedRouting): z.infer<typeof matchForm> {
  return {
    labels: found.labels,
    fingerprint: found.fingerprint,
    sentence: found.sentence,
    routes: found.routes.map(takingToJson),
    verdicts: found.verdicts,
    inhibitions: found.inhibitions,
    silences: found.silences.map(silenceToJson),
    maintenanceBy: found.maintenanceBy,
  };
}

function takingToJson({ dueUnixMs, path, ...rest }: TakingRoute): z.infer<typeof takingForm> {
  return {
    ...rest,
    path: path.map(nodeToJson),
    receiver: path.at(-1)?.receiver ?? "",
    due: momentOfMs(dueUnixMs),
  };
}

function silenceToJson(silence: Silence): z.infer<typeof silenceForm> {
  const { silenceId, state, startsAtUnixMs, endsAtUnixMs, createdBy, comment } = silence;
  return {
    silenceId,
    state: silenceStates.toWord(state) ?? "expired",
    starts: momentOfMs(startsAtUnixMs),
    ends: momentOfMs(endsAtUnixMs),
    createdBy,
    comment,
  };
}

export const testedForm = z.object({
  integration: z.string().describe("Such as webhook[0]"),
  delivered: z.boolean(),
  outcome: z.string().describe("What it answered, or why it could not be reached"),
  remarks: z.array(z.string()).describe("What was not as configured: templates that failed, texts that were cut"),
  elapsedMs: z.number(),
  sentence: z.string(),
});

export function testedToJson({ elapsedMs, ...rest }: TestedIntegration): z.infer<typeof testedForm> {
  return { ...rest, elapsedMs: Number(elapsedMs) };
}
