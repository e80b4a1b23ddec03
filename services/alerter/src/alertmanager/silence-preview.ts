import { firingTimes } from "@sightline/alertmanager/dispatch/firing-times";
import { isResolved, type KeptAlert } from "@sightline/alertmanager/dispatch/kept-alert";
import { type MatcherSource, matcherFromJson, matchesAll } from "@sightline/alertmanager/matcher/matcher";
import { type PastAlert, previewSilence } from "@sightline/alertmanager/silence/preview";
import { silenceMatchers } from "@sightline/alertmanager/silence/silence";
import { invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type {
  PreviewSilenceRequest,
  PreviewSilenceResponse,
} from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import { type History, readHistory } from "../dispatch/history-store.ts";
import { findLabels, type LabelledAlert } from "../dispatch/label-store.ts";
import type { DispatchViews } from "./dispatch-views.ts";

export interface SilencePreviewsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly views: DispatchViews;
}

/** What a silence would have hidden. Everything is of the given tenant. */
export interface SilencePreviews {
  /** Throws invalid_argument where the silence would be refused. */
  preview(tenant: string, request: PreviewSilenceRequest): Promise<PreviewSilenceResponse>;
}

const DAY_MS = 24 * 3_600_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 90;
/** Alerts whose labels are looked at. */
const MAX_ALERTS = 100_000;
const MAX_LISTED = 50;
const MAX_EXAMPLES = 20;

export function createSilencePreviews({ sql, clock, views }: SilencePreviewsOptions): SilencePreviews {
  return {
    async preview(tenant, { matchers: given, days }) {
      if (days > MAX_DAYS) throw invalid(`cannot preview silence: days: got ${days}, want 1 to ${MAX_DAYS}`);
      const matchers = given.map((matcher): MatcherSource => {
        const { name, operator, value } = matcherFromJson(matcher);
        return { name, operator, value };
      });
      const compiled = silenceMatchers(matchers);
      const endMs = clock();
      const startMs = endMs - (days || DEFAULT_DAYS) * DAY_MS;
      const [found, view] = await Promise.all([
        findLabels(sql, tenant, wantedLabels(matchers), MAX_ALERTS),
        views.of(tenant),
      ]);
      const labelled = found.filter(({ labels }) => matchesAll(compiled, labels));
      const kept = view.dispatcher.snapshot().alerts.filter(({ labels }) => matchesAll(compiled, labels));
      const fingerprints = [...new Set([...labelled, ...kept].map(({ fingerprint }) => fingerprint))];
      const history = await readHistory(sql, tenant, { startMs, endMs, fingerprints });
      const preview = previewSilence({
        matchers,
        alerts: pastAlerts(labelled, { history, kept, endMs }),
        notifications: history.records.filter(({ step }) => step === "delivered"),
        maxListed: MAX_LISTED,
      });
      return {
        startUnixMs: BigInt(history.startMs),
        endUnixMs: BigInt(endMs),
        alerts: preview.alertCount,
        episodes: preview.episodes,
        firingMs: BigInt(preview.firingMs),
        hiddenNotifications: preview.hiddenNotifications,
        shorterNotifications: preview.shorterNotifications,
        byAlertname: [...preview.byAlertname],
        byReceiver: [...preview.byReceiver],
        examples: preview.alerts.slice(0, MAX_EXAMPLES).map(({ firstMs, lastMs, firingMs, ...alert }) => ({
          ...alert,
          firingMs: BigInt(firingMs),
          firstUnixMs: BigInt(firstMs ?? 0),
          lastUnixMs: BigInt(lastMs ?? 0),
        })),
        complete: history.complete && found.length < MAX_ALERTS,
      };
    },
  };
}

/** The labels that all its alerts have. */
function wantedLabels(matchers: readonly MatcherSource[]): Record<string, string> {
  const demanded = matchers.filter(({ operator, value }) => operator === "=" && value !== "");
  return Object.fromEntries(demanded.map(({ name, value }) => [name, value]));
}

interface Past {
  readonly history: History;
  readonly kept: readonly KeptAlert[];
  readonly endMs: number;
}

/** The alerts that fired, or were told of, in the time that is looked at. */
function* pastAlerts(labelled: readonly LabelledAlert[], { history, kept, endMs }: Past): Generator<PastAlert> {
  const { records, startMs } = history;
  const times = firingTimes(records, { startMs, endMs });
  const told = new Set(records.flatMap(({ step, fingerprints }) => (step === "delivered" ? fingerprints : [])));
  const known = new Set<string>();
  const now = new Map(kept.filter((alert) => !isResolved(alert, endMs)).map((alert) => [alert.fingerprint, alert]));
  for (const { fingerprint, labels } of labelled) {
    known.add(fingerprint);
    const since = now.get(fingerprint)?.startsAtMs;
    // What began before the time and still fires has no decision of its own in it.
    const firing =
      times.get(fingerprint) ?? (since === undefined ? [] : [{ startMs: Math.max(since, startMs), endMs }]);
    if (firing.length > 0 || told.has(fingerprint)) yield { fingerprint, labels, firing };
  }
  for (const { fingerprint, labels, startsAtMs } of now.values()) {
    if (known.has(fingerprint)) continue;
    yield { fingerprint, labels, firing: [{ startMs: Math.max(startsAtMs, startMs), endMs }] };
  }
}
