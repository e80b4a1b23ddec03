import { keptAlert } from "@sightline/alertmanager/dispatch/kept-alert";
import type { Labels, Notification } from "@sightline/alertmanager/notification";
import { formatLabels } from "@sightline/alertmanager/route/group-key";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { TestedIntegration, TestReceiverRequest } from "@sightline/proto/sightline/alert/v1/alertmanager_service";
import type { Integration, Outcome, ReceiverData } from "../channels/integration.ts";
import type { RateLimiter } from "../channels/rate-limit.ts";
import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";
import { insertDecisions, type RecordedDecision } from "../dispatch/decision-store.ts";
import { endOutlet } from "../dispatch/outlet-trouble.ts";
import { type Drafts, sentDraft } from "./drafts.ts";

export interface ReceiverTestsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly limiter: RateLimiter;
  readonly externalUrl: string;
  readonly drafts: Drafts;
  configurationOf(tenant: string): Promise<ActiveConfiguration>;
}

/** Finds out whether receivers can be reached. Everything is of the given tenant. */
export interface ReceiverTests {
  /**
   * Tells each integration once that this is a test. Resolves to what came of it; what a receiver says or does not say is an outcome.
   * Throws not_found, invalid_argument, resource_exhausted.
   *
   * @param left what this test leaves, and the one before it has left, so that what was opened is closed; such an end is
   *   never refused for there being too many tests. Default: nothing is known
   */
  test(
    tenant: string,
    request: TestReceiverRequest,
    signal: AbortSignal,
    left?: LeftByTest,
  ): Promise<TestedIntegration[]>;
}

/** What integrations keep of a test, such as the number of an issue, by their names. */
export type LeftByTest = Map<string, ReceiverData>;

/** What one integration gets to answer; all are asked at the same time. */
const MAX_WAIT_MS = 20_000;
const MAX_INTEGRATIONS = 50;
/** Tests of a tenant. */
const limits = [{ count: 20, perMs: 60_000 }] as const;
/** What every alert of a test has, whatever else is asked for: nobody shall take it for a real one. */
const MARK = { sightline_test: "true" } as const;

export function createReceiverTests(options: ReceiverTestsOptions): ReceiverTests {
  const { sql, clock, limiter, drafts, configurationOf } = options;
  return {
    async test(tenant, request, signal, left) {
      const { draft, receiver, userId } = request;
      const configuration =
        draft === undefined
          ? await configurationOf(tenant)
          : (await drafts.ready(tenant, sentDraft(draft))).configuration;
      const outlets = configuration.dispatch.integrationsOf(receiver).slice(0, MAX_INTEGRATIONS);
      // Recipients of rules have some that are not in the configuration.
      if (outlets.length === 0 && !configuration.receivers.some(({ name }) => name === receiver)) {
        throw new AppError("not_found", `cannot test receiver ${JSON.stringify(receiver)}: there is none of that name`);
      }
      const notification = testNotification(request, { nowMs: clock(), externalUrl: options.externalUrl });
      const isEnd = request.resolved && left !== undefined;
      if (!isEnd) wantTurn(limiter.take(`test of ${tenant}`, limits), receiver);
      const told = outlets.flatMap(({ kind: integration, index, sendResolved }) => {
        const found = configuration.integrationOf({ receiver, integration, index });
        // Who does not want to hear of what is over is not told that a test is.
        const isWanted = found !== undefined && found.kind !== ESCALATION && (sendResolved || !request.resolved);
        return isWanted ? [{ name: `${integration}[${index}]`, integration: found }] : [];
      });
      const telling = { tenant, notification, templates: configuration.templates, atMs: clock() };
      const tested = await Promise.all(
        told.map(async ({ name, integration }) => {
          const startedMs = performance.now();
          const receiverData = left?.get(name) ?? {};
          const outcome = await sendOnce(integration, { ...telling, receiverData }, signal);
          if (outcome.receiverData !== undefined) left?.set(name, outcome.receiverData);
          const elapsedMs = BigInt(Math.round(performance.now() - startedMs));
          return testedMessage(name, outcome, elapsedMs);
        }),
      );
      const about = { notification, userId, atMs: clock() };
      await insertDecisions(
        sql,
        tenant,
        tested.map((one) => decisionOf(one, about)),
      );
      // Where a draft leads says nothing of the configuration in force.
      if (draft === undefined) await endTroubles(tested, { sql, tenant, receiver, nowMs: about.atMs });
      return [...tested, ...outlets.filter(({ kind }) => kind === ESCALATION).map(leftOut)];
    },
  };
}

interface TestedReceiver {
  readonly sql: Pool;
  readonly tenant: string;
  readonly receiver: string;
  readonly nowMs: number;
}

/** What takes a test can be reached again. */
async function endTroubles(tested: readonly TestedIntegration[], of: TestedReceiver): Promise<void> {
  const { sql, tenant, receiver, nowMs } = of;
  for (const { delivered, integration } of tested) {
    if (!delivered) continue;
    await endOutlet(sql, tenant, { kind: "integration", receiver, integration, user: "" }, nowMs);
  }
}

/** It would call whoever is on call. */
const ESCALATION = "escalation";

function leftOut({ kind, index }: { readonly kind: string; readonly index: number }): TestedIntegration {
  const integration = `${kind}[${index}]`;
  const outcome = "a test does not begin an escalation";
  const sentence = `${integration} was left out: a test does not call whoever is on call.`;
  return { integration, delivered: false, outcome, remarks: [], elapsedMs: 0n, sentence };
}

function wantTurn(waitMs: number, receiver: string): void {
  if (waitMs === 0) return;
  const message = `cannot test receiver ${JSON.stringify(receiver)} now: got more than ${limits[0].count} tests within a minute`;
  throw new AppError("resource_exhausted", message, { retryAfterMs: waitMs });
}

/** Throws invalid_argument for labels that no alert can have. */
function testNotification(
  { receiver, labels: given, annotations, resolved, userId }: TestReceiverRequest,
  { nowMs, externalUrl }: { readonly nowMs: number; readonly externalUrl: string },
): Notification {
  const posted = {
    labels: { alertname: "SightlineTest", severity: "info", ...given, ...MARK },
    annotations: {
      summary: `Test of the receiver ${receiver}`,
      description: `${userId === "" ? "Somebody" : userId} tests whether this receiver can be reached. Nothing is wrong.`,
      ...annotations,
    },
  };
  const alert = keptAlert(posted, nowMs, 0);
  if (typeof alert === "string") throw invalid(`cannot test receiver ${JSON.stringify(receiver)}: ${alert}`);
  const groupLabels: Labels = { alertname: alert.labels["alertname"] ?? "" };
  const status = resolved ? "resolved" : "firing";
  return {
    receiver,
    // The same each time, so that what a test opened is closed by telling that it is over.
    groupKey: `{}:${formatLabels({ ...groupLabels, receiver, ...MARK })}`,
    groupLabels,
    routeLabels: {},
    status,
    reason: resolved ? "all alerts resolved" : "first notification",
    alerts: [
      {
        labels: alert.labels,
        annotations: alert.annotations,
        status,
        startsAtMs: nowMs,
        endsAtMs: resolved ? nowMs : undefined,
        generatorUrl: externalUrl,
        fingerprint: alert.fingerprint,
      },
    ],
    truncatedAlerts: 0,
    externalUrl,
  };
}

type Test = Omit<Parameters<Integration["send"]>[0], "signal">;

async function sendOnce(integration: Integration, test: Test, signal: AbortSignal): Promise<Outcome> {
  const late = AbortSignal.timeout(MAX_WAIT_MS);
  try {
    return await integration.send({ ...test, signal: AbortSignal.any([signal, late]) });
  } catch (thrown) {
    const error = AppError.from(thrown);
    if (signal.aborted) throw error;
    const outcome = late.aborted ? `no answer within ${MAX_WAIT_MS / 1000} s` : error.message;
    return { delivered: false, outcome, retryable: true };
  }
}

function testedMessage(integration: string, outcome: Outcome, elapsedMs: bigint): TestedIntegration {
  const { delivered, remarks = [] } = outcome;
  const said = outcome.outcome === "" ? "" : `: ${outcome.outcome}`;
  const remarked = remarks.length === 0 ? "" : ` Not as configured: ${remarks.join("; ")}.`;
  const sentence = `${integration} ${delivered ? "took it" : "did not take it"} after ${elapsedMs} ms${said}.${remarked}`;
  return { integration, delivered, outcome: outcome.outcome, remarks: [...remarks], elapsedMs, sentence };
}

function decisionOf(
  { integration, delivered, sentence }: TestedIntegration,
  { notification, userId, atMs }: { notification: Notification; userId: string; atMs: number },
): RecordedDecision {
  return {
    atMs,
    step: "tested",
    reason: delivered ? "the receiver took the test" : "the receiver did not take the test",
    fingerprints: notification.alerts.map(({ fingerprint }) => fingerprint),
    groupKey: notification.groupKey,
    receiver: notification.receiver,
    integration,
    ids: userId === "" ? [] : [userId],
    detail: sentence,
  };
}
