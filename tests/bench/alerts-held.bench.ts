// Fifty thousand active alerts in two thousand groups, held by the alerter: how long a page of groups takes, and one of a group's alerts.
import { eventually } from "@sightline/testkit/eventually";
import { z } from "zod";
import { startBenchStack } from "./bench-stack.ts";
import { makeAlertKey, postAlerts, putRouting } from "./many-alerts.ts";
import { printFigure, quantile, runs } from "./result.ts";

const ALERTS = 50_000;
const GROUPS = 2000;
const PAGE = 100;
const PAGES = 20;

const routing = `
route: { receiver: nobody, group_by: [alertname, cluster], group_wait: 1h }
receivers: [{ name: nobody }]
`;

await using bench = await startBenchStack({ services: ["gateway", "alerter"] });
const { rest } = bench;
await putRouting(bench, routing);
const labels = Array.from({ length: ALERTS }, (_, at) => ({
  alertname: `Alert${at % (GROUPS / 20)}`,
  cluster: `cluster-${Math.floor(at / (GROUPS / 20)) % 20}`,
  instance: `10.0.${at >> 8}.${at & 255}:9100`,
  pod: `pod-${at}`,
  severity: at % 3 === 0 ? "critical" : "warning",
}));
await postAlerts(bench, await makeAlertKey(bench), labels);

const groupsForm = z.object({ groups: z.array(z.looseObject({ groupId: z.string() })), firing: z.number() });
const alertsForm = z.object({ alerts: z.array(z.looseObject({})), total: z.number() });
const pageOf = (offset: number) => rest.get(`/v1/alert-groups?limit=${PAGE}&offset=${offset}`, groupsForm);
await eventually(async () => (await pageOf(0)).firing === ALERTS, { timeoutMs: 120_000, intervalMs: 500 });

const groupTimes: number[] = [];
const alertTimes: number[] = [];
for (let run = -1; run < runs; run++) {
  const [ofGroups, ofAlerts]: [number[], number[]] = [[], []];
  for (let page = 0; page < PAGES; page++) {
    const [found, took] = await timed(() => pageOf((page * PAGE) % GROUPS));
    ofGroups.push(took);
    const id = found.groups[page]?.groupId ?? "";
    const [, tookAlerts] = await timed(() =>
      rest.get(`/v1/alert-groups/${encodeURIComponent(id)}/alerts?limit=${PAGE}`, alertsForm),
    );
    ofAlerts.push(tookAlerts);
  }
  if (run < 0) continue;
  groupTimes.push(quantile(ofGroups, 0.95));
  alertTimes.push(quantile(ofAlerts, 0.95));
}
const config = { alerts: ALERTS, groups: GROUPS, page: PAGE };
printFigure({ bench: "alerts-held", metric: "page_of_groups_p95", unit: "ms", values: groupTimes, config });
printFigure({ bench: "alerts-held", metric: "page_of_alerts_p95", unit: "ms", values: alertTimes, config });

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const startedAt = performance.now();
  const answer = await work();
  return [answer, performance.now() - startedAt];
}
