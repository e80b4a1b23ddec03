import { AppError } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import type { Pool } from "@sightline/postgres/pool";
import type { Logger } from "@sightline/service/logger";
import { retry } from "@sightline/service/retry";
import type { Integration, Outcome } from "../channels/integration.ts";
import { oneLine } from "../channels/one-line.ts";
import type { RateLimiter } from "../channels/rate-limit.ts";
import type { ActiveConfiguration } from "../dispatch/active-configuration.ts";
import { insertDecisions } from "../dispatch/decision-store.ts";
import { holdEpoch } from "../dispatch/epoch.ts";
import type { Lanes } from "../dispatch/lanes.ts";
import { endOutlet, type Outlet, raiseOutlet } from "../dispatch/outlet-trouble.ts";
import { sendFlush } from "../dispatch/send-flush.ts";
import type { AlerterMetrics } from "../metrics.ts";
import { missedBy } from "./change.ts";
import { type KeptContact, outletOf } from "./contact.ts";
import { messageOf } from "./contact-message.ts";
import { claimContact, putContacts, type Settled, settleContact, toldContacts } from "./contact-store.ts";
import type { Escalation } from "./escalation.ts";
import { findEscalation, lockEscalation } from "./escalation-store.ts";
import { ESCALATION_REASONS } from "./reasons.ts";
import { contactLine, decisionOf, integrationOf, type StoryLine, whomOf } from "./story.ts";

export interface SendContactsOptions {
  readonly sql: Pool;
  readonly epoch: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<AlerterMetrics, "notifications">;
  readonly limiter: RateLimiter;
  readonly lanes: Lanes;
  configurationOf(tenant: string): Promise<ActiveConfiguration>;
  /** Attempts that have to fail, and for how long, until there is an alert for it; it goes on being told meanwhile. */
  readonly failuresUntilAlert: number;
  readonly failingForMs: number;
  /** Ends what is sent between two attempts. */
  readonly signal: AbortSignal;
  /** Ends attempts. */
  readonly drained: AbortSignal;
  /** Called when one was told. */
  readonly onSettled: () => void;
}

/** Tells contacts, all beside each other. */
export interface ContactSender {
  /** Begins to tell those that are not being told already. */
  begin(contacts: readonly KeptContact[]): void;
  /** Resolves when none is being told any more. */
  idle(): Promise<void>;
}

const patiently = { attempts: 8, baseDelayMs: 250, maxDelayMs: 4000 };
const SHOWN_ATTEMPTS = 10;

/** Makes it with nobody being told. */
export function createContactSender(options: SendContactsOptions): ContactSender {
  const { log, signal, onSettled } = options;
  const running = new Map<string, Promise<void>>();

  async function send(kept: KeptContact, key: string): Promise<void> {
    try {
      await tell(kept, options);
      onSettled();
    } catch (thrown) {
      const { code, message, retryable } = AppError.from(thrown);
      if (signal.aborted) return;
      log.warn({ tenant: kept.tenant, about: kept.about, code, error: message }, "a contact could not be told");
      // It is due as before: whoever goes on tells it. What will never be right would come again and again.
      if (!retryable && code !== "cancelled") await giveUp(kept, message);
    } finally {
      running.delete(key);
    }
  }

  async function giveUp(kept: KeptContact, outcome: string): Promise<void> {
    const settled = settle(kept, failedWith(outcome), { ...options, escalation: undefined });
    await settled.catch((thrown: unknown) => {
      log.warn({ about: kept.about, error: AppError.from(thrown).message }, "that a contact failed could not be kept");
    });
  }

  return {
    begin(contacts) {
      for (const kept of contacts) {
        const key = JSON.stringify([kept.tenant, kept.about, kept.contactKey]);
        if (!running.has(key)) running.set(key, send(kept, key));
      }
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}

async function tell(kept: KeptContact, options: SendContactsOptions): Promise<void> {
  const { sql, clock } = options;
  const { tenant, contact } = kept;
  const { templates, contactIntegration } = await options.configurationOf(tenant);
  const escalation = contact.notification === undefined ? await findEscalation(sql, tenant, kept.about) : undefined;
  const notification = contact.notification ?? escalation?.notification;
  if (notification === undefined) return;
  const integration = setUp(() => contactIntegration(contact));
  if (typeof integration === "string") return settle(kept, failedWith(integration), { ...options, escalation });
  if (contact.news === "resolved" && !integration.sendResolved) {
    return settle(
      kept,
      { ...dropped, outcome: "it does not want to hear of what is over" },
      { ...options, escalation },
    );
  }
  const before = (await toldContacts(sql, kept)).find((told) => outletOf(told.contact) === outletOf(contact));
  const message = messageOf(kept, { notification, before: before?.receiverData, nowMs: clock() });
  const attempts: string[] = [];
  const claimed = claiming(kept, integration, options);
  const outcome = await sendFlush(message, {
    ...options,
    tenant,
    target: () => ({ integration: claimed, templates }),
    observer: {
      attempted(number, { delivered, outcome: said }) {
        if (!delivered && attempts.length < SHOWN_ATTEMPTS) attempts.push(`attempt ${number}: ${said}`);
      },
    },
  });
  await settle(kept, settledBy(outcome, message.receiverData), { ...options, escalation, attempts });
}

/** What is sent is written before; so one who stood still finds out that it tells nobody any more. */
function claiming(kept: KeptContact, integration: Integration, options: SendContactsOptions): Integration {
  const { sql, epoch } = options;
  const failed = watchFailures(kept, options);
  const claim = () =>
    sql.transaction(async (tx) => {
      await holdEpoch(tx, epoch);
      return claimContact(tx, kept);
    });
  return {
    ...integration,
    async send(telling) {
      if (!(await claim())) return notWanted;
      const outcome = await integration.send(telling);
      if (!outcome.delivered && outcome.isUntold !== true) await failed(outcome);
      return outcome;
    },
  };
}

/** Has others hear of it while it is still tried: who was to be paged will not say that nobody came. */
function watchFailures(kept: KeptContact, options: SendContactsOptions): (outcome: Outcome) => Promise<void> {
  const { sql, clock, log, failuresUntilAlert, failingForMs } = options;
  let failures = 0;
  let sinceMs = Number.POSITIVE_INFINITY;
  return async ({ outcome }) => {
    const nowMs = clock();
    failures++;
    sinceMs = Math.min(sinceMs, nowMs);
    if (failures < failuresUntilAlert || nowMs - sinceMs < failingForMs) return;
    try {
      await raiseOutlet(sql, kept.tenant, outletAlertOf(kept), { outcome, nowMs });
    } catch (thrown) {
      // It is said when it is given up, too.
      log.warn({ about: kept.about, error: AppError.from(thrown).message }, "that a contact fails could not be said");
    }
  };
}

function outletAlertOf({ contact }: KeptContact): Outlet {
  const { receiver, recipient, address } = contact;
  const user = address !== "" && recipient.kind === "user" ? recipient.user : "";
  return { kind: "integration", receiver, integration: integrationOf(contact), user };
}

const notWanted: Outcome = { delivered: false, outcome: "it need not be told any more", retryable: false };
const dropped = { status: "dropped", receiverData: {} } as const;

function setUp(create: () => Integration | undefined): Integration | string {
  try {
    return create() ?? "its receiver has no such integration any more";
  } catch (thrown) {
    return AppError.from(thrown).message;
  }
}

function failedWith(outcome: string): Omit<Settled, "nowMs"> {
  return { status: "failed", outcome, receiverData: {} };
}

function settledBy(outcome: Outcome, before: Settled["receiverData"]): Omit<Settled, "nowMs"> {
  if (outcome === notWanted) return { ...dropped, outcome: outcome.outcome };
  if (!outcome.delivered) return failedWith(outcome.outcome);
  return { status: "told", outcome: outcome.outcome, receiverData: outcome.receiverData ?? before };
}

interface SettleOptions extends SendContactsOptions {
  readonly escalation: Escalation | undefined;
  /** What did not succeed. */
  readonly attempts?: readonly string[];
}

/** Keeps what came of it, and its story. Whoever was told of what is acknowledged or over meanwhile hears that too. */
async function settle(kept: KeptContact, how: Omit<Settled, "nowMs">, options: SettleOptions): Promise<void> {
  const { sql, clock, drained, escalation, attempts = [] } = options;
  const nowMs = clock();
  const { tenant, about, contact } = kept;
  const lines = [
    ...attempts.map((detail) => contactLine(kept, { atMs: nowMs, reason: ESCALATION_REASONS.notTaken, detail })),
    ended(kept, how, nowMs),
  ];
  const transaction = () =>
    sql.transaction(async (tx) => {
      await settleContact(tx, kept, { ...how, nowMs });
      if (how.status === "told") await endOutlet(tx, tenant, outletAlertOf(kept), nowMs);
      if (how.status === "failed") await raiseOutlet(tx, tenant, outletAlertOf(kept), { outcome: how.outcome, nowMs });
      if (escalation === undefined) return;
      const now = await lockEscalation(tx, tenant, about);
      if (how.status === "told" && contact.news === "firing") {
        await putContacts(tx, kept, await missedBy(tx, kept, { of: now, nowMs }));
      }
      // That it need not be told was said when it was decided.
      const said = how.status === "dropped" ? [] : lines;
      await insertDecisions(
        tx,
        tenant,
        said.map((one) => decisionOf(now, one)),
      );
    });
  await retry(transaction, { ...patiently, signal: drained });
}

function ended(kept: KeptContact, { status, outcome }: Omit<Settled, "nowMs">, atMs: number): StoryLine {
  const whom = whomOf(kept.contact);
  const shown = oneLine(outcome, 300);
  if (status === "failed")
    return contactLine(kept, { atMs, reason: ESCALATION_REASONS.contactNotTold, detail: `${whom}: ${shown}` });
  const of = { firing: "", acknowledged: " that it is acknowledged", resolved: " that it is over", handover: "" };
  const detail = `${whom} was told${of[kept.contact.news]}: ${shown}`;
  return contactLine(kept, { atMs, reason: ESCALATION_REASONS.contactTold, detail });
}
