import { join } from "node:path";
import type { PortName, Ports } from "./ports.ts";
import type { Secrets } from "./secrets.ts";

/** What a service's configuration is made of. */
export interface ServiceContext {
  /** The instance's directory. */
  readonly dir: string;
  /** The interface that the doors for the outside (ingest's and the gateway's) listen on. */
  readonly bind: string;
  readonly ports: Ports;
  readonly secrets: Secrets;
  /** Where the databases and the bus are, as environment. */
  readonly serverEnv: Readonly<Record<string, string>>;
  /** What whoever starts the stack sets beside it, by service: over all else. */
  readonly settings: Settings;
}

/** Environment variables by service. */
export type Settings = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface ServiceSpec {
  readonly name: string;
  readonly adminPort: PortName;
  /** Whether people and programs outside the stack speak to it. */
  readonly isPublic: boolean;
  /** What Node is started with for it. */
  readonly nodeFlags?: readonly string[];
  /** Its own settings, beside those that all have. */
  env(context: ServiceContext): Record<string, string>;
}

const loopback = "127.0.0.1";

/** Syslog of this machine alone, whatever the stack is bound to: no key comes with it. */
function ownSyslog(port: number): object[] {
  return ["tcp", "udp"].map((transport) => ({ transport, port, allowFrom: ["127.0.0.0/8", "::1"] }));
}

/** The seven services in the order of the flow: what is said to be later stops earlier. */
export const SERVICES = [
  {
    name: "storage",
    adminPort: "storageAdmin",
    isPublic: false,
    env: ({ ports }) => ({ SIGHTLINE_GRPC_PORT: String(ports("storage")) }),
  },
  {
    name: "ingest",
    adminPort: "ingestAdmin",
    isPublic: true,
    // Few objects and many buffers: with V8's 32 MiB so many dead buffers come together between two collections of the
    // young that each second a collection of everything begins (150 000 spans/s: 340 MB resident, with 2 MiB 210 MB).
    nodeFlags: ["--max-semi-space-size=2"],
    env: ({ ports, secrets }) => ({
      SIGHTLINE_OTLP_GRPC_PORT: String(ports("ingestGrpc")),
      SIGHTLINE_OTLP_HTTP_PORT: String(ports("ingestHttp")),
      SIGHTLINE_JAEGER_PORT: String(ports("jaeger")),
      SIGHTLINE_HEALTH_CHECK_PORT: String(ports("healthCheck")),
      SIGHTLINE_SYSLOG: process.env["SIGHTLINE_SYSLOG"] ?? JSON.stringify(ownSyslog(ports("syslog"))),
      SIGHTLINE_BOOTSTRAP_KEYS: bootstrapKeys(secrets),
    }),
  },
  {
    name: "analyzer",
    adminPort: "analyzerAdmin",
    isPublic: false,
    env: ({ ports }) => ({ SIGHTLINE_GRPC_PORT: String(ports("analyzer")) }),
  },
  {
    name: "alerter",
    adminPort: "alerterAdmin",
    isPublic: false,
    env: ({ ports, bind, secrets }) => ({
      SIGHTLINE_GRPC_PORT: String(ports("alerter")),
      SIGHTLINE_SEAL_KEY: secrets.sealKey,
      SIGHTLINE_EXTERNAL_URL: `http://${reachable(bind)}:${ports("gatewayHttp")}`,
      // Receivers are on this machine or in its network, as everything else of a local stack.
      SIGHTLINE_ALLOW_PRIVATE_RECEIVERS: "true",
    }),
  },
  {
    name: "reporter",
    adminPort: "reporterAdmin",
    isPublic: false,
    env: ({ ports }) => ({ SIGHTLINE_GRPC_PORT: String(ports("reporter")) }),
  },
  {
    name: "gateway",
    adminPort: "gatewayAdmin",
    isPublic: true,
    env: ({ ports, secrets }) => ({
      SIGHTLINE_HTTP_PORT: String(ports("gatewayHttp")),
      SIGHTLINE_GRPC_PORT: String(ports("gatewayGrpc")),
      SIGHTLINE_SEAL_KEY: secrets.sealKey,
      SIGHTLINE_ADMIN_USERNAME: adminUser,
      SIGHTLINE_ADMIN_PASSWORD: secrets.adminPassword,
      SIGHTLINE_BOOTSTRAP_KEYS: bootstrapKeys(secrets, { name: "admin", key: secrets.adminKey, scopes: ["admin"] }),
    }),
  },
  {
    name: "collector",
    adminPort: "collectorAdmin",
    isPublic: false,
    env: ({ dir, ports, secrets }) => ({
      SIGHTLINE_GRPC_PORT: String(ports("collector")),
      SIGHTLINE_OUTBOX_DIR: join(dir, "collector"),
      SIGHTLINE_INGEST_API_KEY: secrets.ingestKey,
      // Targets are on this machine or in its network.
      SIGHTLINE_ALLOW_PRIVATE_TARGETS: "true",
    }),
  },
] as const satisfies readonly ServiceSpec[];

export type ServiceName = (typeof SERVICES)[number]["name"];

/** The user that the first start makes. */
export const adminUser = "admin";

/** The keys that exist from the first start. */
function bootstrapKeys({ ingestKey, queryKey }: Secrets, ...more: readonly object[]): string {
  return JSON.stringify([
    ...more,
    { name: "ingest", key: ingestKey, scopes: ["ingest"] },
    { name: "query", key: queryKey, scopes: ["query"] },
  ]);
}

/** How a door bound to that interface is reached from this machine. */
export function reachable(bind: string): string {
  return bind === "0.0.0.0" || bind === "::" ? loopback : bind;
}
