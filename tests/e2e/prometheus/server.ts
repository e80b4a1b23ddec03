import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentOf } from "@sightline/local/install/binary";
import { fromDebian } from "@sightline/local/install/debian";
import { freePort } from "@sightline/local/servers/free-port";
import { startProcess } from "@sightline/local/servers/process";
import { z } from "zod";

export interface PrometheusOptions {
  readonly remoteWrite: { readonly url: string; readonly key: string };
  /** host:port of the program that it scrapes every second, besides itself. */
  readonly target: string;
}

const matrix = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])).default([]),
        histograms: z
          .array(
            z.tuple([
              z.number(),
              z.object({
                count: z.string(),
                sum: z.string(),
                buckets: z.array(z.tuple([z.number(), z.string(), z.string(), z.string()])),
              }),
            ]),
          )
          .default([]),
      }),
    ),
  }),
});
export type PrometheusSeries = z.infer<typeof matrix>["data"]["result"][number];

const exemplars = z.object({
  data: z.array(
    z.object({
      seriesLabels: z.record(z.string(), z.string()),
      exemplars: z.array(
        z.object({ labels: z.record(z.string(), z.string()), value: z.string(), timestamp: z.number() }),
      ),
    }),
  ),
});

/** A Prometheus of Debian's, with all that it can send: exemplars, native histograms and metadata. */
export async function startPrometheus(options: PrometheusOptions) {
  const server = await startServer(
    (listen) => configOf(options, listen),
    ["--enable-feature=exemplar-storage,native-histograms"],
  );
  const { listen } = server;
  const get = async <T>(path: string, query: Readonly<Record<string, string>>, schema: z.ZodType<T>): Promise<T> => {
    const url = `http://${listen}/api/v1/${path}?${new URLSearchParams(query)}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`cannot query prometheus: got ${response.status}, ${await response.text()}`);
    return schema.parse(await response.json());
  };
  return {
    /** The samples that it has itself in the minutes up to a time; stale markers are not among them. */
    samples: async (selector: string, endMs: number): Promise<readonly PrometheusSeries[]> =>
      (await get("query", { query: `${selector}[5m]`, time: String(endMs / 1000) }, matrix)).data.result,
    exemplars: async (selector: string, endMs: number) =>
      (await get("query_exemplars", { query: selector, start: "0", end: String(endMs / 1000) }, exemplars)).data,
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}

export interface ReceivingPrometheus extends AsyncDisposable {
  /** Where it answers. */
  readonly url: string;
  readonly pid: number;
}

/** A Prometheus of Debian's that only takes what is written to it, and counts the samples of each step. */
export async function startReceivingPrometheus(): Promise<ReceivingPrometheus> {
  const flags = ["--web.enable-remote-write-receiver", "--enable-feature=promql-per-step-stats"];
  const server = await startServer(() => ({}), flags);
  return { url: `http://${server.listen}`, pid: server.pid, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
}

/** A Prometheus of Debian's that has nothing of its own and reads all samples from elsewhere. */
export async function startReadingPrometheus(remoteRead: { readonly url: string; readonly key: string }) {
  const { url, key: credentials } = remoteRead;
  const remote_read = [{ url, authorization: { credentials }, read_recent: true }];
  const server = await startServer(() => ({ remote_read }), []);
  return {
    /** What a query comes to at a time. */
    ask: async (query: string, timeMs: number): Promise<unknown> => {
      const form = new URLSearchParams({ query, time: String(timeMs / 1000) });
      const response = await fetch(`http://${server.listen}/api/v1/query?${form}`, {
        signal: AbortSignal.timeout(10_000),
      });
      return z.object({ data: z.object({ result: z.unknown() }) }).parse(await response.json()).data.result;
    },
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}

/** A Prometheus of Debian's that scrapes itself and evaluates a file of rules, each second. */
export async function startScrapingPrometheus(rules: string) {
  const server = await startServer((listen, dir) => {
    writeFileSync(join(dir, "rules.yml"), rules);
    return {
      global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
      rule_files: ["rules.yml"],
      scrape_configs: [{ job_name: "prometheus", static_configs: [{ targets: [listen] }] }],
    };
  }, []);
  return { url: `http://${server.listen}`, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
}

/** A Prometheus of Debian's that evaluates a file of rules each second and sends its alerts. */
export async function startAlertingPrometheus(
  rules: string,
  alertmanager: { readonly url: string; readonly key: string },
) {
  const { host, pathname } = new URL(alertmanager.url);
  return startServer(
    (_listen, dir) => {
      writeFileSync(join(dir, "rules.yml"), rules);
      return {
        global: { evaluation_interval: "1s" },
        rule_files: ["rules.yml"],
        alerting: {
          alertmanagers: [
            {
              api_version: "v2",
              path_prefix: pathname,
              authorization: { credentials: alertmanager.key },
              static_configs: [{ targets: [host] }],
            },
          ],
        },
      };
    },
    ["--rules.alert.resend-delay=1s"],
  );
}

async function startServer(configFor: (listen: string, dir: string) => object, flags: readonly string[]) {
  const binary = await fromDebian("prometheus", "prometheus");
  const dir = mkdtempSync(join(tmpdir(), "sightline-prometheus-"));
  const listen = `127.0.0.1:${await freePort()}`;
  writeFileSync(join(dir, "prometheus.yml"), JSON.stringify(configFor(listen, dir)));
  const server = startProcess({
    name: "prometheus",
    command: binary.path,
    args: [
      `--config.file=${dir}/prometheus.yml`,
      `--storage.tsdb.path=${dir}/data`,
      `--web.listen-address=${listen}`,
      ...flags,
    ],
    env: environmentOf(binary),
    cwd: dir,
  });
  return {
    listen,
    pid: server.pid,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function configOf({ remoteWrite, target }: PrometheusOptions, self: string): object {
  const static_configs = [{ targets: [target] }];
  return {
    global: { scrape_interval: "1s", scrape_timeout: "1s" },
    scrape_configs: [
      { job_name: "shop/checkout", static_configs },
      { job_name: "native", metrics_path: "/native", static_configs },
      { job_name: "prometheus", static_configs: [{ targets: [self] }] },
    ],
    remote_write: [
      {
        url: remoteWrite.url,
        authorization: { credentials: remoteWrite.key },
        send_exemplars: true,
        send_native_histograms: true,
        metadata_config: { send: true, send_interval: "2s" },
        queue_config: { batch_send_deadline: "500ms", min_backoff: "100ms" },
      },
    ],
  };
}
