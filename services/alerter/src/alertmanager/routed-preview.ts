import { isResolved, type KeptAlert, keptAlert } from "@sightline/alertmanager/dispatch/kept-alert";
import type { GroupStatus } from "@sightline/alertmanager/dispatch/status";
import { createInhibitor, type InhibitRule } from "@sightline/alertmanager/inhibit/inhibitor";
import { formatMatcher, matchesAll } from "@sightline/alertmanager/matcher/matcher";
import type { Labels } from "@sightline/alertmanager/notification";
import { eachVerdict, explainRoutes, takingPaths, verdictSentence } from "@sightline/alertmanager/route/explain";
import { groupKeyOf, groupLabelsOf } from "@sightline/alertmanager/route/group-key";
import type { Route } from "@sightline/alertmanager/route/route";
import { type Silence, silenceMatchers, silenceState } from "@sightline/alertmanager/silence/silence";
import { namesContaining } from "@sightline/alertmanager/time-interval/contains";
import { invalid } from "@sightline/errors/app-error";
import type {
  PreviewedInhibition,
  PreviewedRouting,
  RouteVerdict,
  TakingRoute,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";
import { momentText } from "../explain/sentence.ts";
import { pathNodes } from "./route-node.ts";
import { silenceMessage } from "./silence-calls.ts";

/** What decides what would become of an alert. */
export interface RoutingState {
  readonly configuration: ActiveConfiguration;
  readonly silences: readonly Silence[];
  /** The maintenance windows that are open and match. */
  maintenanceOf(alert: Pick<KeptAlert, "fingerprint" | "labels">): readonly string[];
  /** Those that there are. */
  readonly alerts: readonly KeptAlert[];
  readonly groups: readonly GroupStatus[];
  readonly nowMs: number;
}

/** Tells what would become of an alert with these labels if it were sent now. Throws invalid_argument where it could not be. */
export function routedPreview(state: RoutingState): (labels: Labels, index: number) => PreviewedRouting {
  const { configuration, nowMs } = state;
  const { dispatch } = configuration;
  const silences = state.silences
    .filter((silence) => silenceState(silence, nowMs) !== "expired")
    .map((silence) => ({ silence, matchers: silenceMatchers(silence.matchers) }));
  const findInhibitions = inhibitionsAmong(dispatch.inhibitRules, state);
  return (given, index) => {
    const alert = keptAlert({ labels: given }, nowMs, dispatch.resolveTimeoutMs);
    if (typeof alert === "string") throw invalid(`cannot preview alert ${index}: ${alert}`);
    const { labels, fingerprint } = alert;
    const explained = explainRoutes(dispatch.route, labels);
    const routes = takingPaths(explained).map((path) => takingRoute(path, labels, state));
    const inhibitions = findInhibitions(labels);
    const matching = silences.filter(({ matchers }) => matchesAll(matchers, labels)).map(({ silence }) => silence);
    const maintenanceBy = state.maintenanceOf(alert);
    return {
      labels,
      fingerprint,
      routes,
      verdicts: [...eachVerdict(explained)].map(verdictMessage),
      inhibitions,
      silences: matching.map((silence) => silenceMessage(silence, nowMs)),
      maintenanceBy: [...maintenanceBy],
      sentence: sentence({ routes, inhibitions, matching, maintenanceBy, nowMs }),
    };
  };
}

function takingRoute(path: readonly Route[], labels: Labels, state: RoutingState): TakingRoute {
  const { configuration, groups, nowMs } = state;
  const { dispatch } = configuration;
  const route = path.at(-1) ?? dispatch.route;
  const { receiver, activeTimeIntervals, muteTimeIntervals } = route.options;
  const groupLabels = groupLabelsOf(route, labels);
  const groupKey = groupKeyOf(route, groupLabels);
  const group = groups.find((one) => one.routeId === route.id && one.groupKey === groupKey);
  const isActive =
    activeTimeIntervals.length === 0 || namesContaining(activeTimeIntervals, dispatch.timeIntervals, nowMs).length > 0;
  return {
    path: pathNodes(path),
    groupKey,
    groupLabels,
    integrations: dispatch.integrationsOf(receiver).map(({ kind, index }) => `${kind}[${index}]`),
    mutedBy: namesContaining(muteTimeIntervals, dispatch.timeIntervals, nowMs),
    outsideActiveTimes: !isActive,
    groupExists: group !== undefined,
    dueUnixMs: BigInt(Math.round(group?.dueMs ?? 0)),
  };
}

function verdictMessage(explained: Parameters<typeof verdictSentence>[0]): RouteVerdict {
  const { route, verdict } = explained;
  const mismatch = verdict.kind === "mismatch" ? verdict : undefined;
  return {
    id: route.id,
    verdict: verdict.kind,
    matcher: mismatch?.matcher ?? "",
    label: mismatch?.label ?? "",
    value: mismatch?.value ?? "",
    takenBy: verdict.kind === "not_reached" ? verdict.takenBy : "",
    sentence: verdictSentence(explained),
  };
}

/** The rules whose target an alert would be, and the alert that inhibits it by each of them now. */
function inhibitionsAmong(rules: readonly InhibitRule[], { alerts, nowMs }: RoutingState) {
  const firing = new Map(
    alerts.filter((alert) => !isResolved(alert, nowMs)).map((alert) => [alert.fingerprint, alert]),
  );
  const inhibitors = rules.map((rule) => {
    const inhibitor = createInhibitor([rule]);
    for (const alert of firing.values()) inhibitor.set(alert);
    return { rule, inhibitor };
  });
  return (labels: Labels): PreviewedInhibition[] =>
    inhibitors
      .filter(({ rule }) => matchesAll(rule.targetMatchers, labels))
      .map(({ rule, inhibitor }) => {
        const source = firing.get(inhibitor.inhibitionOf(labels, nowMs)?.sourceFingerprint ?? "");
        return {
          rule: rule.name,
          sourceMatchers: rule.sourceMatchers.map(formatMatcher),
          targetMatchers: rule.targetMatchers.map(formatMatcher),
          equal: [...rule.equal],
          sourceFingerprint: source?.fingerprint ?? "",
          sourceLabels: source?.labels ?? {},
        };
      });
}

interface Findings extends Pick<PreviewedRouting, "routes" | "inhibitions"> {
  /** Silences, also those to come. */
  readonly matching: readonly Silence[];
  readonly maintenanceBy: readonly string[];
  readonly nowMs: number;
}

function sentence({ routes, inhibitions, matching, maintenanceBy, nowMs }: Findings): string {
  const inhibited = inhibitions.find(({ sourceFingerprint }) => sourceFingerprint !== "");
  if (inhibited !== undefined) {
    const { alertname = inhibited.sourceFingerprint } = inhibited.sourceLabels;
    return `Nobody would be told: the alert ${alertname} fires and inhibits it.`;
  }
  const silence = matching.find((one) => silenceState(one, nowMs) === "active");
  if (silence !== undefined) {
    const { id, createdBy, endsAtMs, comment } = silence;
    return `Nobody would be told: the silence ${id} of ${createdBy} matches it until ${momentText(endsAtMs)} (${comment}).`;
  }
  const [window] = maintenanceBy;
  if (window !== undefined) return `Nobody would be told: the maintenance window ${window} is open and matches it.`;
  return routes.map((route) => routeSentence(route, nowMs)).join(" ");
}

function routeSentence(route: TakingRoute, nowMs: number): string {
  const { receiver = "", groupWaitMs = 0n } = route.path.at(-1) ?? {};
  if (route.outsideActiveTimes) return `${receiver} would not be told: it is outside of the route's active times.`;
  if (route.mutedBy.length > 0) {
    return `${receiver} would not be told: the time interval ${route.mutedBy.join(", ")} mutes its route.`;
  }
  if (route.integrations.length === 0) return `${receiver} would have it, which tells nobody: it has no integrations.`;
  const waitMs = route.groupExists ? Math.max(0, Number(route.dueUnixMs) - nowMs) : Number(groupWaitMs);
  const when = waitMs === 0 ? "at once" : `in ${Math.ceil(waitMs / 1000)} s`;
  const group = route.groupExists ? "with its group" : "in a new group";
  return `${receiver} (${route.integrations.join(", ")}) would be told ${when}, ${group} ${route.groupKey}.`;
}
