/** What a field of a log record may be, besides an attribute. */
export const ROLES = [
  "time",
  "level",
  "severityNumber",
  "message",
  "service",
  "host",
  "event",
  "traceId",
  "spanId",
  "traceparent",
  "traceFlags",
  "datadogTrace",
  "datadogSpan",
] as const;
export type Role = (typeof ROLES)[number];

/** What is known of a field by its path. */
export interface FieldMeaning {
  readonly role: Role | undefined;
  /** Of several fields with one role the one of the least rank is taken; the others stay attributes. */
  readonly rank: number;
  /** The attribute it becomes when no role takes it. */
  readonly name: string;
  /** Whether that is one of the resource: of who writes the records rather than of the record. */
  readonly ofResource: boolean;
}

/**
 * The spellings of each role, best first: in lower case, without `.`, `_`, `-`, `@` and `/`, so that "log.level",
 * "logLevel" and "LOG_LEVEL" are one. They are those of ECS, OpenTelemetry, pino, bunyan, winston, zap, logrus, Python's
 * logging, structlog, Log4j, GELF, journald, Docker, Fluent Bit, Google Cloud and Datadog.
 */
const SPELLINGS: Readonly<Record<Role, string>> = {
  time:
    "timestamp time ts datetime eventtime instant timemillis timeunixnano asctime date realtimetimestamp " +
    "sourcerealtimetimestamp observedtimestamp receivetimestamp",
  level: "severitytext levelname level loglevel severity lvl logseverity levelno syslogseverity",
  severityNumber: "severitynumber",
  message: "message msg textpayload body renderedmessage shortmessage log text",
  service:
    "servicename service labelsservicename labelsservice metadataservice app application appname applicationname " +
    "labelsapp program programname syslogidentifier kuberneteslabelsappkubernetesioname kuberneteslabelsapp " +
    "kubernetescontainername",
  host: "hostname host machinename computername",
  event: "eventname event",
  traceId: "traceid oteltraceid trace logginggoogleapiscomtrace xb3traceid xraytraceid xrayid amzntraceid",
  spanId: "spanid otelspanid logginggoogleapiscomspanid xb3spanid",
  traceparent: "traceparent",
  traceFlags: "traceflags oteltraceflags",
  datadogTrace: "ddtraceid",
  datadogSpan: "ddspanid",
};

/** Spellings that mean something only as they are: Serilog's, and journald's PRIORITY. */
const EXACT: Readonly<Record<string, Role>> = { "@t": "time", "@m": "message", "@l": "level", PRIORITY: "level" };

/** Objects whose fields may have a role as if they stood outside: all of them, or those that lead to a trace. */
const OPEN_CONTAINERS: ReadonlySet<string> = new Set(["jsonpayload", "fields"]);
const CONTEXT_CONTAINERS: ReadonlySet<string> = new Set(
  "context ctx metadata meta extra mdc contextmap properties attributes labels spancontext span".split(" "),
);
const CONTEXT_ROLES: ReadonlySet<Role> = new Set(["traceId", "spanId", "traceparent", "traceFlags"]);
/** Behind all spellings that stand outside. */
const INSIDE_RANK = 100;

/** Objects that ECS, Fluent Bit, Filebeat and OpenTelemetry describe the writer in, by the first part of the path. */
const RESOURCE_OBJECTS: ReadonlySet<string> = new Set(
  "service host container kubernetes k8s cloud orchestrator deployment os device telemetry agent resource".split(" "),
);

/** Objects of attributes, which have their own names without that of the object; true: of the resource. */
const ATTRIBUTE_OBJECTS: readonly (readonly [prefix: string, ofResource: boolean])[] = [
  ["labels.", true],
  ["resource.attributes.", true],
  ["attributes.", false],
];

const bySpelling = new Map<string, Pick<FieldMeaning, "role" | "rank">>();
for (const role of ROLES) {
  for (const [rank, spelling] of SPELLINGS[role].split(" ").entries()) bySpelling.set(spelling, { role, rank });
}

/** A field by its place, with those inside of it. */
export interface Field {
  /** The names on the way joined by dots. */
  readonly path: string;
  readonly meaning: FieldMeaning;
  readonly inside: Map<string, Field>;
}

/** Fields beyond that many are looked at anew each time: senders name them, and they must not fill the memory. */
const MAX_KNOWN = 10_000;
const LONGEST_KNOWN = 100;
let known = 0;

const NO_ROLE: Pick<FieldMeaning, "role" | "rank"> = { role: undefined, rank: 0 };

/** What all fields are in. */
export const ROOT: Field = fieldAt("");

function fieldAt(path: string): Field {
  return { path, meaning: { ...roleOf(path), ...attributeOf(path) }, inside: new Map() };
}

/** The field of that name inside of another. */
export function fieldIn(parent: Field, name: string): Field {
  const found = parent.inside.get(name);
  if (found !== undefined) return found;
  const field = fieldAt(parent === ROOT ? name : `${parent.path}.${name}`);
  if (known < MAX_KNOWN && field.path.length <= LONGEST_KNOWN) {
    known += 1;
    parent.inside.set(name, field);
  }
  return field;
}

function roleOf(path: string): Pick<FieldMeaning, "role" | "rank"> {
  if (path.length > LONGEST_KNOWN) return NO_ROLE;
  const exact = Object.hasOwn(EXACT, path) ? EXACT[path] : undefined;
  if (exact !== undefined) return { role: exact, rank: 0 };
  const outside = bySpelling.get(spellingOf(path));
  if (outside !== undefined) return outside;
  const dot = path.indexOf(".");
  const inside = dot === -1 ? undefined : bySpelling.get(spellingOf(path.slice(dot + 1)));
  if (inside?.role === undefined) return NO_ROLE;
  const container = spellingOf(path.slice(0, dot));
  const counts =
    OPEN_CONTAINERS.has(container) || (CONTEXT_CONTAINERS.has(container) && CONTEXT_ROLES.has(inside.role));
  return counts ? { role: inside.role, rank: inside.rank + INSIDE_RANK } : NO_ROLE;
}

function spellingOf(path: string): string {
  return path.replace(/[._@/-]/g, "").toLowerCase();
}

function attributeOf(path: string): Pick<FieldMeaning, "name" | "ofResource"> {
  for (const [prefix, ofResource] of ATTRIBUTE_OBJECTS) {
    if (path.length > prefix.length && path.startsWith(prefix)) return { name: path.slice(prefix.length), ofResource };
  }
  const dot = path.indexOf(".");
  return { name: path, ofResource: dot > 0 && RESOURCE_OBJECTS.has(path.slice(0, dot)) };
}
