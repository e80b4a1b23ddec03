import { EVENT_TYPES } from "@sightline/model/event-vocabulary";
import { headOf } from "../reports/head.ts";
import { readAlerts } from "../sources/alerts.ts";
import { type Asking, createAsking, type GatherOptions } from "../sources/asking.ts";
import { countEvents, listedEventOf, readEvents } from "../sources/events.ts";
import { makeSecurityReport, type Refusals, type SecurityReport } from "./report.ts";

/** Types that senders use for what was refused after, and not at, the login. */
const deniedTypes = ["access_denied", "authorization_failure", "permission_denied"];

const most = { refusals: 10_000, newest: 50 } as const;

/** Reads everything a security report tells. Without storage there is none; alerts may be missing. */
export async function gatherSecurityReport(options: GatherOptions): Promise<SecurityReport> {
  const { clients, range } = options;
  const asking = createAsking(options);
  const ofSecurity = { categories: ["security"] };
  const [events, newest, authentication, denied, alerts] = await Promise.all([
    countEvents(clients.storage, range, ofSecurity, asking),
    readEvents(clients.storage, range, ofSecurity, asking, most.newest),
    readRefusals(options, asking, "authentication failures", [EVENT_TYPES.authFailure, EVENT_TYPES.authError]),
    readRefusals(options, asking, "access denied", deniedTypes),
    asking.orMissing("alerts", readAlerts(clients, range, asking), []),
  ]);
  return makeSecurityReport({
    head: headOf(options),
    rangeMs: asking.rangeMs,
    events,
    newest: newest.events.map(listedEventOf),
    authentication,
    denied,
    alerts,
    missing: asking.missing,
  });
}

async function readRefusals(
  { clients, range }: GatherOptions,
  asking: Asking,
  name: string,
  eventTypes: string[],
): Promise<Refusals> {
  const { events, total } = await readEvents(clients.storage, range, { eventTypes }, asking, most.refusals);
  if (total > events.length) asking.cut(`addresses and users of ${name}`, events.length);
  const read = events.map(({ metadata }) => ({ address: metadata?.sourceIp ?? "", user: metadata?.userId ?? "" }));
  return { total, read };
}
