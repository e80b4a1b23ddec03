import { join, relative } from "node:path";
import type { PortName } from "./ports.ts";
import { secretsFile } from "./secrets.ts";
import { SERVICES } from "./services.ts";
import type { Stack } from "./stack.ts";

/** What a person wants to know once everything is up. */
export function tableOf(stack: Stack, tookMs: number): string {
  const { doors, secrets } = stack;
  const rows: [string, string][] = [
    ["web page", `${doors.page}   user ${stack.adminUser}, password ${secrets.adminPassword}`],
    ["REST, WebSocket", `${doors.page}/v1   described in ${doors.page}/openapi.json`],
    ["gRPC", doors.grpc],
    ["OTLP/gRPC", `${doors.otlpGrpc}   also events`],
    ["OTLP/HTTP", `${doors.otlpHttp}   also events, remote write, Loki, Elasticsearch, Jaeger`],
    ["by habit", `Jaeger ${stack.port("jaeger")}, syslog ${stack.port("syslog")} (TCP, UDP; from this machine)`],
    ["key to send", secrets.ingestKey],
    ["key to query", secrets.queryKey],
    ["services", SERVICES.map(({ name, adminPort }) => `${name} ${stack.port(adminPort)}`).join(", ")],
    ["", "(/livez, /readyz and /metrics)"],
    ["inside", inside.map((name) => `${name} ${stack.port(name)}`).join(", ")],
    ["logs", near(join(stack.dir, "logs"))],
    ["secrets", near(secretsFile(stack.dir))],
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  const lines = rows.map(([title, text]) => `  ${title.padEnd(width)}  ${text}`);
  return [
    `Sightline is up after ${(tookMs / 1000).toFixed(1)} s.`,
    "",
    ...lines,
    "",
    "Ctrl-C or make down stops it.",
  ].join("\n");
}

const inside: readonly PortName[] = [
  "storage",
  "analyzer",
  "alerter",
  "reporter",
  "collector",
  "clickhouse",
  "postgres",
  "nats",
  "redis",
];

/** Relative where that is shorter to read. */
function near(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("..") ? path : fromHere;
}
