import { AppError } from "@sightline/errors/app-error";
import type { Clients } from "../clients.ts";

/** Whether a service answers, and how fast. */
export interface Component {
  readonly status: "up" | "down";
  readonly latencyMs: number;
  /** Why it is down. */
  readonly error?: string;
}

/** The services behind the gateway. */
export type ComponentName = "storage" | "analyzer" | "alerter" | "reporter" | "collector";

const deadlineMs = 3000;

/** Asks every service behind the gateway something cheap. */
export async function checkComponents(
  clients: Pick<Clients, ComponentName>,
  tenant: string,
  signal: AbortSignal,
): Promise<Record<ComponentName, Component>> {
  const call = { tenant, signal, deadlineMs };
  const [storage, analyzer, alerter, reporter, collector] = await Promise.all([
    check(() => clients.storage.call("getStorageStatistics", {}, call)),
    check(() => clients.analyzer.call("getFleetHealth", {}, call)),
    check(() => clients.alerter.call("listChannels", {}, call)),
    check(() => clients.reporter.call("listReports", { limit: 1 }, call)),
    check(() => clients.collector.call("listTargets", {}, call)),
  ]);
  return { storage, analyzer, alerter, reporter, collector };
}

async function check(ask: () => Promise<unknown>): Promise<Component> {
  const started = performance.now();
  const latencyMs = () => Math.round((performance.now() - started) * 10) / 10;
  try {
    await ask();
    return { status: "up", latencyMs: latencyMs() };
  } catch (thrown) {
    return { status: "down", latencyMs: latencyMs(), error: AppError.from(thrown).message };
  }
}
