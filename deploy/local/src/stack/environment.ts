import { reachable, type ServiceContext, type ServiceSpec } from "./services.ts";
import { ownTargets } from "./targets.ts";

const loopback = "127.0.0.1";

/** What the images set as well: buffers of this size are given back to the system as soon as they are freed. */
const MALLOC = { MALLOC_MMAP_THRESHOLD_: "262144" };

/** The environment of one service: the machine's (settings the user gave included), then what the stack decides. */
export function environmentOf(spec: ServiceSpec, context: ServiceContext): Record<string, string> {
  const { bind, ports, secrets, serverEnv } = context;
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) inherited[name] = value;
  return {
    ...MALLOC,
    ...inherited,
    NODE_NO_WARNINGS: "1",
    SIGHTLINE_BIND: spec.isPublic ? bind : loopback,
    SIGHTLINE_ADMIN_PORT: String(ports(spec.adminPort)),
    SIGHTLINE_INTERNAL_TOKEN: secrets.internalToken,
    SIGHTLINE_TELEMETRY_ENDPOINT: `http://${reachable(bind)}:${ports("ingestGrpc")}`,
    SIGHTLINE_TELEMETRY_API_KEY: secrets.ingestKey,
    SIGHTLINE_INGEST_ADDRESS: `${reachable(bind)}:${ports("ingestGrpc")}`,
    SIGHTLINE_STORAGE_ADDRESS: `${loopback}:${ports("storage")}`,
    SIGHTLINE_ANALYZER_ADDRESS: `${loopback}:${ports("analyzer")}`,
    SIGHTLINE_ALERTER_ADDRESS: `${loopback}:${ports("alerter")}`,
    SIGHTLINE_REPORTER_ADDRESS: `${loopback}:${ports("reporter")}`,
    SIGHTLINE_COLLECTOR_ADDRESS: `${loopback}:${ports("collector")}`,
    SIGHTLINE_TARGETS: inherited["SIGHTLINE_TARGETS"] ?? JSON.stringify(ownTargets(context)),
    ...serverEnv,
    ...spec.env(context),
    ...context.settings[spec.name],
  };
}
