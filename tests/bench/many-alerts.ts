import { z } from "zod";
import type { BenchStack } from "./bench-stack.ts";

/** As many as the API takes at once. */
const ALERTS_OF_REQUEST = 5000;

/** Puts an alertmanager.yml in force. */
export async function putRouting({ rest }: BenchStack, source: string): Promise<void> {
  await rest.send("PUT", "/v1/alert-routing", { source }, z.looseObject({}));
}

/** A key that alerts may be sent with. */
export async function makeAlertKey({ rest }: BenchStack): Promise<string> {
  const form = z.object({ key: z.string() });
  return (await rest.send("POST", "/v1/keys", { name: "bench alerts", scopes: ["admin"] }, form)).key;
}

/** Sends alerts as a Prometheus does, some thousand at a time. */
export async function postAlerts(
  { stack }: BenchStack,
  key: string,
  labels: readonly Readonly<Record<string, string>>[],
): Promise<void> {
  const endsAt = new Date(Date.now() + 3_600_000).toISOString();
  for (let from = 0; from < labels.length; from += ALERTS_OF_REQUEST) {
    const alerts = labels.slice(from, from + ALERTS_OF_REQUEST).map((one) => ({
      labels: one,
      annotations: { summary: `Something is wrong with ${one["instance"]}` },
      endsAt,
    }));
    const response = await fetch(`${stack.doors.page}/alertmanager/api/v2/alerts`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(alerts),
    });
    if (!response.ok) throw new Error(`cannot post alerts: got ${response.status}, ${await response.text()}`);
  }
}
