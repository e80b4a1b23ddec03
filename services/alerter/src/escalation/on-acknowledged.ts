import type { AcknowledgementTarget } from "@sightline/alertmanager/dispatch/acknowledgements";
import type { Sql } from "@sightline/postgres/pool";
import type { InboxEntry } from "../dispatch/inbox.ts";
import { releaseCare, takeCare } from "./care.ts";
import type { Escalation } from "./escalation.ts";
import { lockOfAlert, lockOfGroup } from "./escalation-store.ts";

/** Somebody took care of an alert or of a group, or wants to hear of it later. */
export interface AcknowledgedNews {
  readonly tenant: string;
  readonly target: AcknowledgementTarget;
  /** The user. */
  readonly by: string;
  readonly note: string;
  /** As the dispatcher is told it: by this time it is known that both are the same. */
  readonly atMs: number;
  /** When a snooze ends. */
  readonly untilMs?: number | undefined;
}

/**
 * Stops what is escalated of it at once, in the transaction in which the acknowledgement is put into the dispatcher's inbox. Of an alert
 * it stops only what nothing else fires in. Whatever is not stopped here stops when the dispatcher finds that all that fires is
 * acknowledged, and that is told to nobody twice; so one who cannot call this need not.
 */
export async function onAcknowledged(tx: Sql, news: AcknowledgedNews): Promise<void> {
  const { tenant, target, untilMs, ...care } = news;
  for (const escalation of await concerned(tx, tenant, target)) {
    const taken = { ...care, ...(untilMs !== undefined && { untilMs }), confirmed: false };
    await takeCare(tx, escalation, taken, { nowMs: news.atMs, integrationsOf: nobodyIsTold });
  }
}

/** The reverse, in the transaction in which the dispatcher is told that nobody takes care any more. */
export async function onReleased(tx: Sql, { tenant, target, by, note, atMs }: AcknowledgedNews): Promise<void> {
  for (const escalation of await concerned(tx, tenant, target)) {
    // An acknowledgement that is still on its way from the dispatcher is older news then.
    const told = { ...escalation, careAtMs: atMs };
    await releaseCare(tx, told, { by, note }, { nowMs: atMs, integrationsOf: nobodyIsTold });
  }
}

/** The same, of what the dispatcher is told, where it is one or the other. */
export async function tellEscalations(tx: Sql, tenant: string, entry: InboxEntry): Promise<void> {
  if (entry.kind === "acknowledge") {
    await onAcknowledged(tx, { tenant, target: entry.target, ...entry.acknowledgement });
  }
  if (entry.kind === "unacknowledge") await onReleased(tx, { tenant, target: entry.target, ...entry.doing });
}

/** What begins or stops does not tell anybody yet: the driver does. */
const nobodyIsTold = async () => () => [];

async function concerned(tx: Sql, tenant: string, target: AcknowledgementTarget): Promise<Escalation[]> {
  if ("groupKey" in target) return lockOfGroup(tx, tenant, target.groupKey);
  const found = await lockOfAlert(tx, tenant, target.fingerprint);
  return found.filter(({ notification: { alerts, truncatedAlerts } }) => {
    const firing = alerts.filter(({ status }) => status === "firing");
    return truncatedAlerts === 0 && firing.every(({ fingerprint }) => fingerprint === target.fingerprint);
  });
}
