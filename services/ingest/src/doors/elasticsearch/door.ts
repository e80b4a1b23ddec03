import { uuid7 } from "@sightline/model/uuid7";
import { mediaTypes } from "../../http/content.ts";
import type { Intake } from "../../http/route.ts";
import type { Door, DoorDeps } from "../door.ts";
import { bulkAnswer, elasticRefusal } from "./answer.ts";
import { elasticProbes } from "./probes.ts";
import { readBulk } from "./translate.ts";

const content = mediaTypes<"bulk">(
  {
    "application/x-ndjson": "bulk",
    "application/json": "bulk",
    "application/vnd.elasticsearch+x-ndjson": "bulk",
    "application/vnd.elasticsearch+json": "bulk",
  },
  "bulk",
);

/** Elasticsearch's Bulk API for log records, for Beats, Logstash, Fluent Bit, Vector and the clients of Elastic. */
export function elasticsearchDoor({ config, receiveLogs, clock }: DoorDeps): Door {
  const protocol = "elasticsearch";
  const bulk = (path: string): Intake<"bulk"> => ({
    kind: "intake",
    protocol,
    methods: ["POST", "PUT"],
    path,
    content,
    handle: async ({ principal: { tenant }, params, body }) => {
      const startedAt = performance.now();
      const { items, parts } = readBulk(body, { limits: config.limits.record, index: params["index"] ?? "" });
      const outcome = await receiveLogs({ tenant, protocol, parts });
      return bulkAnswer({ items, outcome, tookMs: performance.now() - startedAt, newIds: uuid7(clock()) });
    },
    refuse: elasticRefusal,
  });
  return {
    routes: [bulk("/_bulk"), bulk("/{index}/_bulk"), ...elasticProbes()],
    port: { name: "elasticsearch", port: config.elasticsearch.port },
  };
}
