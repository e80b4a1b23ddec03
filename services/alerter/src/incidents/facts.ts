import type { Labels } from "@sightline/alertmanager/notification";

/** What of an alert tells to which others it belongs. */
export interface Facts {
  readonly alertname: string;
  /** "" where it names none. */
  readonly service: string;
  readonly host: string;
  readonly traceIds: readonly string[];
  /** Where it is: alerts of two places that are told apart have nothing to do with each other. */
  readonly place: Labels;
}

const serviceLabels = ["service", "service_name", "service.name", "app", "app_kubernetes_io_name"];
const hostLabels = ["host", "host_name", "host.name", "hostname", "node", "instance"];
const traceLabels = ["trace_id", "traceID", "traceId", "trace.id"];
const placeLabels = [
  "cluster",
  "environment",
  "env",
  "deployment_environment",
  "deployment_environment_name",
  "region",
  "namespace",
  "service_namespace",
];
const traceId = /[0-9a-f]{32}/g;
const maxTraceIds = 8;

/** What an alert's labels and annotations say. */
export function factsOf(labels: Labels, annotations: Labels = {}): Facts {
  const first = (names: readonly string[]) =>
    names.map((name) => labels[name] ?? "").find((value) => value !== "") ?? "";
  return {
    alertname: labels["alertname"] ?? "",
    service: first(serviceLabels),
    host: withoutPort(first(hostLabels)),
    traceIds: traceIdsOf(labels, annotations),
    place: Object.fromEntries(placeLabels.flatMap((name) => (labels[name] ? [[name, labels[name]]] : []))),
  };
}

function traceIdsOf(labels: Labels, annotations: Labels): readonly string[] {
  const found = [labels, annotations].flatMap((texts) =>
    traceLabels.flatMap((name) => (texts[name] ?? "").toLowerCase().match(traceId) ?? []),
  );
  return [...new Set(found)].slice(0, maxTraceIds);
}

/** `10.0.0.1:9100` and `[::1]:9100` are hosts with ports; an address of version 6 alone has none. */
function withoutPort(host: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(host);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  return /^[^:]+:\d+$/.test(host) ? host.slice(0, host.indexOf(":")) : host;
}

/** Whether what both say of where they are is the same. */
export function isSamePlace(a: Facts, b: Facts): boolean {
  return Object.entries(a.place).every(([name, value]) => b.place[name] === undefined || b.place[name] === value);
}

/** What an alert is about, for people: its service, or its host. */
export function whereOf({ service, host }: Facts): string {
  return service === "" ? host : service;
}
