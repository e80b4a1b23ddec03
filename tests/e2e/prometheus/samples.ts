import {
  encodeV1,
  STALE_STAND_IN,
  type TestLabels,
  type TestSample,
  type TestSeries,
  withStaleMarkers,
} from "../../../services/ingest/src/doors/remote-write/testing/encode.ts";

export const SCRAPES = 120;
export const SCRAPE_MS = 15_000;
/**
 * What scrapes come after a full minute by. No sample lies on the edge of any window that is asked for: Prometheus 2 has windows that are
 * closed on the left, Prometheus 3 ones that are open there.
 */
const OFFSET_MS = 3100;

/** A program's metrics over half an hour, from a time on: counters that start again, gauges with gaps, histograms, ends of series. */
export function seriesFrom(startMs: number): TestSeries[] {
  const series: TestSeries[] = [];
  const add = (labels: TestLabels, valueAt: (at: number) => number | undefined) => {
    const samples: TestSample[] = [];
    for (let at = 0; at < SCRAPES; at++) {
      const value = valueAt(at);
      if (value !== undefined) samples.push({ value, timestamp: startMs + OFFSET_MS + at * SCRAPE_MS });
    }
    series.push({ labels, samples });
  };
  let number = 0;
  for (const instance of ["a:9100", "b:9100"]) {
    const target = { instance, job: "node" };
    for (const cpu of ["0", "1", "2"]) {
      for (const [mode, rate] of [
        ["idle", 0.9],
        ["system", 0.02],
        ["user", 0.07],
      ] as const) {
        number += 1;
        const restart = instance === "b:9100" ? 55 + number : SCRAPES;
        add({ __name__: "cpu_seconds_total", cpu, ...target, mode }, (at) => {
          const since = at >= restart ? at - restart : at + number * 100;
          return since * 15 * rate * (1 + noise(at, number) / 10);
        });
      }
    }
    const scale = instance === "a:9100" ? 1 : -3;
    add({ __name__: "temperature", ...target, room: "hall" }, (at) => scale * (20 + 5 * Math.sin(at / 9)));
    add({ __name__: "temperature", ...target, room: "attic" }, (at) =>
      at > 40 && at < 75 ? undefined : scale * (8 + noise(at, 7)),
    );
    add({ __name__: "memory_bytes", ...target }, (at) => 1.5e9 + at * 2 ** 20 + noise(at, 3) * 1e6);
    add({ __name__: "build_info", ...target, version: scale > 0 ? "1.2.3" : "1.3.0" }, () => 1);
    add({ __name__: "odd", ...target }, (at) => [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-9, -1e21][at % 5]);
    add({ __name__: "short_lived", ...target }, (at) => (at < 30 ? at : at === 30 ? STALE_STAND_IN : undefined));
  }
  for (const path of ["/", "/api/items", "/login"]) {
    number += 1;
    const target = { instance: "shop:80", job: "shop" };
    for (const code of ["200", "404", "500"]) {
      add({ __name__: "http_requests_total", code, ...target, path }, (at) =>
        Math.floor(at * Number(code) * 0.031 * number),
      );
    }
    const bounds = ["0.005", "0.05", "0.5", "2.5", "+Inf"];
    for (const [index, le] of bounds.entries()) {
      add({ __name__: "latency_seconds_bucket", ...target, le, path }, (at) =>
        Math.floor(at * (index + 1) ** 2 * number),
      );
    }
    add({ __name__: "latency_seconds_count", ...target, path }, (at) => Math.floor(at * 25 * number));
    add({ __name__: "latency_seconds_sum", ...target, path }, (at) => at * 3.7 * number);
  }
  return series;
}

/** The series as requests of remote write 1.0, each of some scrapes, in the order of time. */
export function writeRequests(series: readonly TestSeries[], startMs: number): Buffer[] {
  const perRequest = 30;
  const requests: Buffer[] = [];
  for (let at = 0; at < SCRAPES; at += perRequest) {
    const [from, to] = [startMs + at * SCRAPE_MS, startMs + (at + perRequest) * SCRAPE_MS];
    const part = series
      .map(({ labels, samples = [] }) => ({
        labels,
        samples: samples.filter(({ timestamp }) => timestamp >= from && timestamp < to),
      }))
      .filter(({ samples }) => samples.length > 0);
    requests.push(withStaleMarkers(encodeV1(part)));
  }
  return requests;
}

/** From 0 to 1, the same each time. */
function noise(at: number, seed: number): number {
  const mixed = Math.imul(at * 2654435761 + seed * 40503, 2246822519) >>> 0;
  return mixed / 2 ** 32;
}
