import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import type { KeyValue } from "@sightline/proto/opentelemetry/proto/common/v1/common";
import { ResourceSpans, Span_SpanKind, Status_StatusCode } from "@sightline/proto/opentelemetry/proto/trace/v1/trace";
import type { Breathe } from "@sightline/query/breath";
import { type NormalizedTrace, normalizeTrace } from "./normalized-trace.ts";
import { patchOf } from "./patch.ts";
import { summaryOf } from "./summary.ts";

interface TestSpan {
  readonly id: number;
  readonly parent?: number;
  readonly name: string;
  readonly service?: string;
  readonly kind?: Span_SpanKind;
  /** Milliseconds after the trace began. */
  readonly at?: number;
  readonly ms?: number;
  readonly isError?: boolean;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

const MS = 1_000_000;
const hurry = () => undefined;
const began = 1_700_000_000_000_000_000n;
const idOf = (id: number) => Buffer.from(id.toString(16).padStart(16, "0"), "hex");

function attribute(key: string, value: string | number): KeyValue {
  const any =
    typeof value === "string"
      ? ({ $case: "stringValue", value } as const)
      : ({ $case: "intValue", value: BigInt(value) } as const);
  return { key, value: { value: any }, keyStrindex: 0 };
}

async function trace(side: "base" | "compare", spans: readonly TestSpan[], breathe: Breathe = hurry) {
  const resourceSpans = spans.map(({ service = "shop", ...span }) =>
    ResourceSpans.fromPartial({
      resource: { attributes: [attribute("service.name", service)] },
      scopeSpans: [
        {
          spans: [
            {
              spanId: idOf(span.id),
              parentSpanId: span.parent === undefined ? Buffer.alloc(0) : idOf(span.parent),
              name: span.name,
              kind: span.kind ?? Span_SpanKind.INTERNAL,
              startTimeUnixNano: began + BigInt((span.at ?? span.id) * MS),
              endTimeUnixNano: began + BigInt(((span.at ?? span.id) + (span.ms ?? 10)) * MS),
              attributes: Object.entries(span.attributes ?? {}).map(([key, value]) => attribute(key, value)),
              status: { code: span.isError === true ? Status_StatusCode.ERROR : Status_StatusCode.UNSET },
            },
          ],
        },
      ],
    }),
  );
  return await normalizeTrace({ traceId: side === "base" ? "aa" : "bb", resourceSpans }, side, breathe);
}

async function compare(before: readonly TestSpan[], after: readonly TestSpan[], breathe: Breathe = hurry) {
  const [base, other] = [await trace("base", before), await trace("compare", after)];
  const patch = await patchOf(base, other, breathe);
  return { patch, summary: summaryOf(patch, base, other) };
}

const root: TestSpan = { id: 1, name: "GET /", kind: Span_SpanKind.SERVER, at: 0, ms: 100 };

describe("the patch between two traces", () => {
  test("has nothing in it when only noise differs", async () => {
    const size = (bytes: number) => ({ "http.response.body.size": bytes });
    const { patch, summary } = await compare(
      [root, { id: 2, parent: 1, name: "read", ms: 50, attributes: size(1000) }],
      [
        { ...root, ms: 115 },
        { id: 9, parent: 1, name: "read", ms: 45, attributes: size(1040) },
      ],
    );
    assert.deepEqual([patch.modified, patch.added, patch.removed, patch.warnings], [[], [], [], []]);
    assert.equal(patch.stats.matchedSpans, 2);
    assert.deepEqual(summary.trust, { matchedSpanRatio: 1, structureOverlap: 1 });
    assert.equal(summary.signals["structure"], "unchanged");
  });

  test("tells fields and attributes that changed, at the place of the span", async () => {
    const { patch } = await compare(
      [root, { id: 2, parent: 1, name: "pay", ms: 20, attributes: { card: "visa", port: 443, gone: "x" } }],
      [root, { id: 2, parent: 1, name: "pay", ms: 60, isError: true, attributes: { card: "amex", port: 443, new: 7 } }],
    );
    const on = (key: string) => ({ type: "attribute", scope: "span", key });
    assert.deepEqual(patch.modified, [
      {
        span: { path: [0, 0], service: "shop", name: "pay", kind: "internal" },
        changes: [
          { op: "modify", target: { type: "field", name: "duration_nanos" }, before: 20 * MS, after: 60 * MS },
          { op: "modify", target: { type: "field", name: "status" }, before: "unset", after: "error" },
          { op: "modify", target: on("card"), before: "visa", after: "amex" },
          { op: "remove", target: on("gone"), before: "x", after: null },
          { op: "add", target: on("new"), before: null, after: 7 },
        ],
      },
    ]);
    assert.partialDeepStrictEqual(patch.stats, { modifiedSpans: 1, fieldChanges: 2, attributeChanges: 3 });
  });

  test("tells spans that came and went, and where", async () => {
    const { patch } = await compare(
      [root, { id: 2, parent: 1, name: "cache" }],
      [root, { id: 3, parent: 1, name: "auth", at: 1 }, { id: 4, parent: 3, name: "query", service: "db", ms: 3 }],
    );
    const query = { path: [0, 0, 0], service: "db", name: "query", kind: "internal" };
    assert.deepEqual(patch.added[1], {
      target: { type: "span", parentPath: [0, 0], index: 0 },
      span: { ...query, duration_nanos: 3 * MS, status: "unset" },
    });
    assert.deepEqual(
      patch.removed.map(({ target, span }) => [target, span.name]),
      [[{ type: "span", path: [0, 0] }, "cache"]],
    );
  });

  test("matches what is alike whatever the order of siblings is, and says when it cannot be known", async () => {
    const sibling = (id: number, at: number, shard: string) => ({
      id,
      parent: 1,
      name: "read",
      at,
      attributes: { shard },
    });
    const { patch } = await compare(
      [root, sibling(2, 1, "a"), sibling(3, 2, "b")],
      [root, sibling(2, 2, "a"), sibling(3, 1, "b")],
    );
    assert.deepEqual(patch.modified, []);
    assert.deepEqual(
      patch.warnings.map(({ code }) => code),
      ["ambiguous_span_match"],
    );
  });

  test("says of names with ids in them, ids that come twice and times that are wrong", async () => {
    const { patch } = await compare(
      [root, { id: 2, parent: 1, name: "order 4711004711" }, { id: 2, parent: 1, name: "again" }],
      [root, { id: 2, parent: 1, name: "order 4711004711", ms: -5 }],
    );
    assert.deepEqual(
      patch.warnings.map(({ code }) => code),
      ["high_cardinality_span_name", "duplicate_span_id", "invalid_duration"],
    );
    const [changed] = patch.modified;
    assert.deepEqual([changed?.changes[0]?.before, changed?.changes[0]?.after], [10 * MS, null]);
  });

  test("does not hang on spans that are each other's parents, on deep traces and on many that are alike", async () => {
    const circle = [
      { id: 1, parent: 2, name: "a" },
      { id: 2, parent: 1, name: "b" },
    ];
    assert.equal((await compare(circle, circle)).patch.stats.matchedSpans, 2);
    const deep = (ms: number) =>
      Array.from({ length: 3000 }, (_, at) => ({ id: at + 1, parent: at, name: "step", ms }));
    assert.equal((await compare(deep(10), deep(11))).patch.stats.matchedSpans, 3000);
    await assert.rejects(compare(deep(10), deep(100)), {
      code: "too_large",
      message: /3000 spans differ, 1501 levels/,
    });
    const many = (ms: number) => Array.from({ length: 5000 }, (_, at) => ({ id: at + 1, name: "poll", at, ms }));
    const { stats } = (await compare(many(10), many(100))).patch;
    assert.deepEqual([stats.matchedSpans, stats.modifiedSpans], [5000, 5000]);
  });

  test("looks at the attributes of each span a few times, however many are alike but for a size", async () => {
    let reads = 0;
    const counted = ({ spans, ...rest }: NormalizedTrace): NormalizedTrace => ({
      ...rest,
      spans: spans.map(({ attributes, ...span }) => ({
        ...span,
        get attributes() {
          reads += 1;
          return attributes;
        },
      })),
    });
    const sized = (bytes: number) =>
      Array.from({ length: 1000 }, (_, at) => {
        return { id: at + 1, name: "poll", at, attributes: { "http.response.body.size": bytes * (at + 1) } };
      });
    const [base, other] = [await trace("base", sized(10)), await trace("compare", sized(1_000_000))];
    const { stats } = await patchOf(counted(base), counted(other), hurry);
    assert.equal(stats.modifiedSpans, 1000);
    assert.ok(reads < 10 * 1000, `attributes were looked at ${reads} times`);
  });

  test("lets others have their turn between any two spans, and ends when nobody waits for it any more", async () => {
    const many = Array.from({ length: 100 }, (_, at) => ({ id: at + 1, name: "poll", at }));
    let turns = 0;
    const counting = async () => {
      turns += 1;
    };
    const [base, other] = [await trace("base", many, counting), await trace("compare", many, counting)];
    // Each side is normalized.
    assert.equal(turns, 200);
    await patchOf(base, other, counting);
    // Each side is looked at, and what is matched is compared.
    assert.ok(turns >= 500, `${turns} turns`);
    const left = () => Promise.reject(new AppError("cancelled", "the caller has gone"));
    await assert.rejects(patchOf(base, other, left), { code: "cancelled" });
  });
});

describe("the summary of two traces", () => {
  test("says in which direction what went, and of which services", async () => {
    const { summary } = await compare(
      [root, { id: 2, parent: 1, name: "pay", service: "payment", ms: 20 }],
      [
        { ...root, ms: 200 },
        { id: 2, parent: 1, name: "pay", service: "payment", ms: 20, isError: true },
        { id: 3, parent: 2, name: "retry", service: "payment", ms: 20, isError: true },
      ],
    );
    assert.deepEqual(summary.signals, {
      traceLatency: "increased",
      sumSpanDuration: "increased",
      errors: "increased",
      spanCount: "increased",
      structure: "changed",
    });
    assert.partialDeepStrictEqual(summary, {
      base: {
        traceId: "aa",
        rootService: "shop",
        rootName: "GET /",
        spanCount: 2,
        durationMs: 100,
        sumSpanDurationMs: 120,
      },
      compare: { traceId: "bb", errorSpanCount: 2, durationMs: 200, sumSpanDurationMs: 240 },
      stats: {
        traceLatencyDeltaMs: 100,
        sumSpanDurationDeltaMs: 120,
        spanCountDelta: 1,
        errorSpanDelta: 2,
        addedSpans: 1,
      },
      changedServices: ["payment", "shop"],
      services: [
        { name: "shop", sumSpanDurationDeltaMs: 100, modified: 1, added: 0, newErrors: 0 },
        {
          name: "payment",
          sumSpanDurationDeltaMs: 20,
          modified: 1,
          added: 1,
          removed: 0,
          newErrors: 2,
          resolvedErrors: 0,
        },
      ],
    });
  });

  test("sees what every span contributes a little to", async () => {
    const many = (ms: number) => Array.from({ length: 50 }, (_, at) => ({ id: at + 2, parent: 1, name: `s${at}`, ms }));
    const { patch, summary } = await compare([root, ...many(10)], [root, ...many(11)]);
    assert.deepEqual(patch.modified, []);
    assert.deepEqual(
      summary.services.map(({ sumSpanDurationDeltaMs }) => sumSpanDurationDeltaMs),
      [50],
    );
  });

  test("sees spans that hang below another one", async () => {
    const child = { id: 3, name: "query", service: "db" };
    const both = [root, { id: 2, parent: 1, name: "cache" }];
    const { patch, summary } = await compare([...both, { ...child, parent: 1 }], [...both, { ...child, parent: 2 }]);
    assert.deepEqual(patch.modified, []);
    assert.deepEqual([summary.signals["structure"], summary.changedServices], ["changed", ["db"]]);
  });
});
