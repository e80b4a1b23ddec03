import type { Method, Probe } from "../../http/route.ts";
import { elasticAnswer } from "./answer.ts";

/** The last version that the clients of both 8 and 9 talk to. */
const VERSION = "8.19.0";

const ABOUT = {
  name: "sightline",
  cluster_name: "sightline",
  cluster_uuid: "sightline",
  version: {
    number: VERSION,
    build_flavor: "default",
    build_type: "tar",
    build_hash: "sightline",
    build_date: "2025-07-23T22:05:10.724923065Z",
    build_snapshot: false,
    lucene_version: "9.12.2",
    minimum_wire_compatibility_version: "7.17.0",
    minimum_index_compatibility_version: "7.0.0",
  },
  tagline: "You Know, for Search",
};

const LICENSE = { license: { status: "active", uid: "sightline", type: "basic", mode: "basic" } };

const XPACK = {
  build: { hash: "sightline", date: "2025-07-23T22:05:10.724Z" },
  license: { uid: "sightline", type: "basic", mode: "basic", status: "active" },
  features: { ilm: { available: true, enabled: false }, security: { available: true, enabled: true } },
};

const HEALTH = { cluster_name: "sightline", status: "green", timed_out: false, number_of_nodes: 1 };

/**
 * What shippers ask before they send. Templates, policies and pipelines say how Elasticsearch should keep what comes,
 * which is not for senders to say here: they are there, and taken, and have no effect.
 */
export function elasticProbes(): readonly Probe[] {
  const asked: readonly (readonly [path: string, value: object])[] = [
    ["/", ABOUT],
    ["/_license", LICENSE],
    ["/_xpack", XPACK],
    ["/_cluster/health", HEALTH],
    ["/_index_template/{name}", { index_templates: [] }],
    ["/_component_template/{name}", { component_templates: [] }],
    ["/_template/{name}", {}],
    ["/_ilm/policy/{name}", {}],
    ["/_data_stream/{name}", { data_streams: [] }],
    ["/_ingest/pipeline/{name}", {}],
  ];
  return asked.flatMap(([path, value]) => {
    const reads = probe(path, ["GET", "HEAD"], value);
    return path.includes("{") ? [reads, probe(path, ["PUT", "POST"], { acknowledged: true })] : [reads];
  });
}

function probe(path: string, methods: readonly Method[], value: object): Probe {
  return { kind: "probe", protocol: "elasticsearch", methods, path, answer: () => elasticAnswer(200, value) };
}
