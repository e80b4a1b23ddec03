import { runRateBench } from "@sightline/otlp/testing/bench";
import { DEFAULT_LIMITS } from "@sightline/otlp/validate";
import { readBulk } from "./translate.ts";

const DOCUMENTS = 5000;
const body = Buffer.from(
  Array.from({ length: DOCUMENTS }, (_, at) => {
    const document = {
      "@timestamp": new Date(1_700_000_000_000 + at).toISOString(),
      log: { level: at % 10 === 0 ? "error" : "info", file: { path: "/var/log/shop.log" }, offset: at * 200 },
      message: `order ${at} was taken and is on its way to the customer who waits for it`,
      service: { name: `shop-${at % 3}` },
      agent: { type: "filebeat", version: "8.19.0" },
      host: { name: "web-1" },
      ecs: { version: "8.0.0" },
    };
    return `{"create":{"_index":"logs-shop-prod"}}\n${JSON.stringify(document)}\n`;
  }).join(""),
);

runRateBench({
  bench: "elasticsearch-bulk",
  metric: "documents_per_second_per_core",
  unit: "documents/s",
  config: { documents: DOCUMENTS, bytesPerDocument: Math.round(body.length / DOCUMENTS) },
  batch: () => {
    let documents = 0;
    for (const { places } of readBulk(body, { limits: DEFAULT_LIMITS, index: "" }).parts) documents += places.length;
    return documents;
  },
});
