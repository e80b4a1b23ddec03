// Whatever somebody asks Prometheus', Loki's, Tempo's and Jaeger's APIs with: what is wrong is the asker's fault, and is told so.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type FaultStack, startFaultStack } from "../faults/fault-stack.ts";

/** Times, durations and numbers that are none, or of which there is too much. */
const ODD = [
  ...["x", "-5", "0", "1e300", "NaN", "-9223372036854775808", "99999999999999999999", "100y", "-1y", "\n\u0000"],
  ...["1960-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
];

interface Asked {
  readonly path: string;
  /** What goes well. */
  readonly well?: Readonly<Record<string, string>>;
  /** What is asked oddly, one after the other; of each, something is refused. */
  readonly odd: readonly string[];
  /** What is asked oddly, and taken as it comes or overlooked. */
  readonly taken?: readonly string[];
  /** What is answered where nothing is odd; 200 when nothing is said. */
  readonly status?: number;
}

const range = { start: "1700000000", end: "1700000060" };
const times = { "query.startTimeMin": "2026-01-01T00:00:00Z", "query.startTimeMax": "2026-01-02T00:00:00Z" };

const APIS: Readonly<Record<string, readonly Asked[]>> = {
  Prometheus: [
    {
      path: "/api/v1/query",
      well: { query: "up" },
      odd: ["query", "time", "limit", "lookback_delta"],
      taken: ["stats"],
    },
    {
      path: "/api/v1/query_range",
      well: { query: "up", step: "30", ...range },
      odd: ["start", "end", "step", "limit"],
    },
    { path: "/api/v1/query_exemplars", well: { query: "up" }, odd: ["start", "end"] },
    { path: "/api/v1/series", well: { "match[]": "up" }, odd: ["match[]", "start", "end", "limit"] },
    { path: "/api/v1/status/tsdb", odd: ["limit"] },
  ],
  Loki: [
    { path: "/loki/api/v1/query", well: { query: "vector(1)" }, odd: ["query", "time"] },
    {
      path: "/loki/api/v1/query_range",
      well: { query: '{a="b"}', ...range },
      odd: ["start", "end", "since", "step", "interval", "limit", "direction"],
    },
    { path: "/loki/api/v1/labels", odd: ["start", "end", "since"] },
    { path: "/loki/api/v1/index/volume_range", well: { query: '{a="b"}' }, odd: ["start", "end", "step", "limit"] },
    { path: "/loki/api/v1/detected_fields", well: { query: '{a="b"}' }, odd: ["line_limit", "limit"] },
  ],
  Tempo: [
    { path: "/tempo/api/search", odd: ["q", "tags", "start", "end", "limit", "spss", "minDuration"] },
    {
      path: "/tempo/api/metrics/query_range",
      well: { q: "{} | rate()" },
      odd: ["start", "end", "since", "step", "exemplars"],
    },
    { path: "/tempo/api/v2/search/tags", odd: ["scope", "limit", "end"] },
    { path: "/tempo/api/v2/traces/1", status: 404, odd: ["start", "end"], taken: ["q"] },
  ],
  Jaeger: [
    {
      path: "/jaeger/api/traces",
      well: { service: "a" },
      odd: ["start", "end", "limit", "minDuration", "tag", "tags", "traceID"],
    },
    { path: "/jaeger/api/dependencies", odd: ["endTs", "lookback"] },
    { path: "/jaeger/api/metrics/calls", well: { service: "a" }, odd: ["endTs", "lookback", "step", "ratePer"] },
    { path: "/jaeger/api/v3/traces", well: times, status: 404, odd: Object.keys(times) },
    { path: "/jaeger/api/v3/traces/1", status: 404, odd: ["startTime", "endTime"] },
  ],
};

/** How many are asked at a time. */
const AT_A_TIME = 8;

interface Answer {
  readonly asked: Asked;
  /** What was asked oddly; undefined of what is asked well. */
  readonly name: string | undefined;
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

/** What is not as it should be of an answer. */
function problemOf({ asked, name, url, status, text }: Answer): string[] {
  const { status: usual = 200 } = asked;
  const isRefused = status >= 400 && status < 500 && status !== 404;
  const isRight = status === usual || (name !== undefined && (status === 200 || isRefused));
  return isRight ? [] : [`${status} ${url}: ${text.slice(0, 200)}`];
}

/** Of what nothing was refused: it may not be looked at at all. */
function overlooked({ path, odd, status: usual = 200 }: Asked, answers: readonly Answer[]): string[] {
  const isTaken = ({ status }: Answer) => status === usual || status === 200;
  return odd
    .filter((name) => answers.every((one) => one.asked.path !== path || one.name !== name || isTaken(one)))
    .map((name) => `nothing is refused of ${name} at ${path}`);
}

describe("odd parameters", { timeout: 240_000 }, () => {
  const opened = new AsyncDisposableStack();
  after(() => opened.disposeAsync());
  let system: FaultStack;

  before(async () => {
    system = opened.use(await startFaultStack({ services: ["ingest", "storage", "gateway"] }));
  });

  for (const [api, endpoints] of Object.entries(APIS)) {
    test(`${api} answers each as the asker's fault, or with what there is`, async () => {
      const urlOf = ({ path, well }: Asked, odd: Readonly<Record<string, string>>) =>
        `${path}?${new URLSearchParams({ ...well, ...odd })}`;
      const questions = endpoints.flatMap((asked) => [
        { asked, name: undefined, url: urlOf(asked, {}) },
        ...[...asked.odd, ...(asked.taken ?? [])].flatMap((name) =>
          ODD.map((value) => ({ asked, name, url: urlOf(asked, { [name]: value }) })),
        ),
      ]);
      const headers = { authorization: `Bearer ${system.queryKey}` };
      const answers: Answer[] = [];
      const next = questions[Symbol.iterator]();
      const ask = async () => {
        for (const question of next) {
          const response = await fetch(system.stack.doors.page + question.url, { headers });
          answers.push({ ...question, status: response.status, text: await response.text() });
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, ask));
      const problems = [...answers.flatMap(problemOf), ...endpoints.flatMap((asked) => overlooked(asked, answers))];
      assert.deepEqual(problems, []);
    });
  }
});
