import { Counter, Gauge, type Registry } from "prom-client";

/** What waits on disk, read when asked for. */
export function exposeQueue(
  registry: Registry,
  size: () => { readonly bytes: number; readonly records: number },
): void {
  const registers = [registry];
  new Gauge({
    name: "sightline_outbox_bytes",
    help: "Bytes that wait on disk to be sent to ingest",
    registers,
    collect() {
      this.set(size().bytes);
    },
  });
  new Gauge({
    name: "sightline_outbox_requests",
    help: "Requests that wait on disk to be sent to ingest",
    registers,
    collect() {
      this.set(size().records);
    },
  });
}

/** The collector's own metrics. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    sent: new Counter({
      name: "sightline_outbox_sent_total",
      help: "Requests that ingest took, by signal",
      labelNames: ["signal"],
      registers,
    }),
    dropped: new Counter({
      name: "sightline_outbox_dropped_total",
      help: "What was lost, by reason: requests, or records where ingest took a request in part (rejected)",
      labelNames: ["reason"],
      registers,
    }),
    failures: new Counter({
      name: "sightline_outbox_failures_total",
      help: "Calls to ingest that failed",
      registers,
    }),
    visits: new Counter({
      name: "sightline_collector_visits_total",
      help: "Visits to targets, by kind and outcome",
      labelNames: ["kind", "outcome"],
      registers,
    }),
    badLines: new Counter({
      name: "sightline_scrape_bad_lines_total",
      help: "Lines of scraped texts that could not be read",
      registers,
    }),
  };
}
