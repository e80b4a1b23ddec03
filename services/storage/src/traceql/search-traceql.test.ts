import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { plan, type SearchPlan } from "@sightline/query/traceql/plan";
import { createSearch } from "@sightline/query/traceql/search";
import { columnsOfSpans, type SpanLiteral } from "@sightline/query/traceql/testing/traces";
import { parseTraceQl } from "@sightline/query/traceql/traceql";
import { contextOf, startTestDatabase, type TestDatabase } from "../testing/database.ts";
import { searchTraceQl, type TraceQlSearch } from "./search-traceql.ts";
import { manyTraces } from "./testing/many-traces.ts";
import { spanRow } from "./testing/span-rows.ts";

/** Recent, or the table would not keep it; each trace begins a second after the one before. */
const beganMs = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
const time = { startUnixNano: BigInt(beganMs) * 1_000_000n, endUnixNano: BigInt(beganMs + 600_000) * 1_000_000n };

/** Forty checkouts, of which some fail, some are slow, and some have lost their root. */
const traces: readonly { readonly id: string; readonly beganMs: number; readonly spans: readonly SpanLiteral[] }[] =
  Array.from({ length: 40 }, (_, at) => {
    const failed = at % 5 === 0;
    const root: SpanLiteral = {
      id: "01",
      name: at % 2 === 0 ? "GET /checkout" : "GET /cart",
      service: "web",
      ms: 100 + at,
      kind: "server",
      span: { "http.status_code": failed ? "500" : "200", user: `u${at % 7}` },
      resource: { region: at % 3 === 0 ? "eu" : "us" },
    };
    const pay: SpanLiteral = {
      id: "02",
      parent: "01",
      name: "pay",
      service: "payment",
      at: 5,
      ms: 20 + at * 2,
      kind: "client",
      status: failed ? "error" : "ok",
      ...(failed ? { events: [{ name: "exception", at: 3, attributes: { "exception.type": `E${at}` } }] } : {}),
    };
    const charge: SpanLiteral = {
      id: "03",
      parent: "02",
      name: "charge",
      service: "bank",
      at: 8,
      ms: 5,
      span: { amount: `${at * 10}` },
    };
    const spans = at % 11 === 10 ? [pay, charge] : [root, pay, charge];
    return { id: at.toString(16).padStart(32, "0"), beganMs: beganMs + at * 1000, spans };
  });

let database: TestDatabase;

before(async () => {
  database = await startTestDatabase();
  const rows = traces.flatMap(({ spans, ...trace }) => spans.map((span) => spanRow(span, trace)));
  const foreign = traces.flatMap(({ spans, ...trace }) =>
    spans.map((span) => ({ ...spanRow(span, trace), Tenant: "other" })),
  );
  await database.insert("otel_traces", [...rows, ...foreign]);
});

after(async () => await database[Symbol.asyncDispose]());

function searchPlan(source: string): SearchPlan {
  const planned = plan(parseTraceQl(source).query);
  if (planned.type !== "search") throw new Error(`want a search, got ${source}`);
  return planned;
}

/** What the engine finds when it looks at every trace, the newest first. */
function wanted(planned: SearchPlan, limit: number, spansPerSpanset = 3) {
  const find = createSearch(planned, { spansPerSpanset });
  return traces
    .map(({ id, spans, ...trace }) => ({
      traceId: id,
      spansets: find(columnsOfSpans(spans, planned.fields, { id, ...trace })),
    }))
    .filter(({ spansets }) => spansets.length > 0)
    .toReversed()
    .slice(0, limit);
}

const queries = [
  "{}",
  "{ status = error }",
  "{ span.http.status_code >= 500 && resource.region = `eu` }",
  "{ .user = `u3` && duration > 110ms } | select(resource.region, span.http.status_code)",
  "{ nestedSetParent < 0 && name =~ `.*cart` }",
  "{ event.exception.type != nil } | select(event.exception.type, event:timeSinceStart)",
  "{ name = `pay` && status = ok } && { span.amount > 200 }",
  "{ name = `GET /cart` } >> { span.amount > 300 }",
  "{ resource.service.name = `web` } > { status = error }",
  "{ name = `charge` } << { duration > 100ms }",
  "{ name = `pay` } !< { kind = server }",
  "{ rootName = `GET /cart` && span.amount < 100 }",
  "{ rootServiceName != `web` && kind = client }",
  "{ traceDuration > 135ms }",
  "{ parent.http.status_code = 500 }",
  "{ status = error } | by(resource.service.name) | count() > 0 | select(span:id, trace:id)",
  "{ kind != server } | avg(duration) > 40ms",
  "({ name = `pay` } | max(duration)) > 50ms",
  "{ span.amount / 10 % 7 = 3 }",
  "{ span.none = 1 }",
];

/** Every operator, scope, intrinsic and step that is not among those. */
const everything = [
  "{ name = `pay` } !> { true }",
  "{ name = `pay` } !>> { kind = internal }",
  "{ name = `charge` } !<< { true }",
  "{ name = `pay` } !~ { true }",
  "{ name = `pay` } ~ { true }",
  "{ name = `charge` } < { kind = client }",
  "{ kind = server } &> { status = error }",
  "{ kind = server } &>> { name = `charge` }",
  "{ name = `charge` } &< { kind = client }",
  "{ name = `charge` } &<< { kind = server }",
  "{ name = `pay` } &~ { true }",
  "({ status = error } | count() > 0) || { name = `GET /cart` } >> { name = `pay` }",
  "{ span.user = nil && resource.region != nil }",
  "{ parent = nil && kind != server }",
  "{ name !~ `GET.*` && name !~ `pay|x` }",
  "{ !(duration > 30ms || status = ok) }",
  "{ duration >= 1ms * 2 + 3ms && duration < 10ms }",
  "{ -span.amount < -100 && span.amount % 20 = 0 && span.amount ^ 2 > 10000 }",
  "{ span.amount - 10 = span.amount + 10 - 20 }",
  "{ span:id = `03` && trace:id = `00000000000000000000000000000007` }",
  "{ span:parentID = `01` && span:childCount = 1 }",
  "{ span:name = `pay` && span:kind = client && span:status = error && span:duration > 20ms }",
  "{ statusMessage = `` && span:statusMessage != `x` }",
  "{ trace:rootName = `GET /cart` && trace:rootService = `web` && trace:duration > 120ms }",
  "{ event:name = `exception` && event:timeSinceStart = 3ms }",
  "{ event.exception.type =~ `E[12]?0` }",
  "{ link:traceID != nil || link:spanID != nil || link.kind = `x` }",
  "{ instrumentation:name = `` && instrumentation:version = `` && instrumentation.x = nil }",
  "{ nestedSetLeft = 1 && nestedSetRight = 6 && nestedSetParent = -1 }",
  "{ parent.span.user = `u1` && parent.resource.region = `us` }",
  "{ name = `pay` } | min(duration) < 30ms | sum(span.amount) = 0",
  "{ true } | count() = 3 | avg(duration) > 60ms | max(duration) - min(duration) > 100ms",
  "{ true } | by(kind) | by(status) | coalesce() | count() > 2",
  "{ true } | count() + 1 = 4 with (most_recent=true)",
  "{ `GET /cart` = name && 500 = .http.status_code } || { .user > `u5` }",
  "{ true && false } || { name != `pay` && true }",
];

/** All that a search gives. */
async function found(
  planned: SearchPlan,
  search: TraceQlSearch,
  { tenant = "default", limits = manyTraces, fewSpans = 1000 } = {},
) {
  const run = { search, context: contextOf(tenant), limits, fewSpans };
  const parts = await Array.fromAsync(searchTraceQl(database.reader, planned, run));
  return {
    parts,
    traces: parts.flatMap(({ traces: part }) => part),
    isLimited: parts.some(({ isLimited }) => isLimited),
  };
}

test("finds what the engine finds in all traces, and nothing of other tenants", async () => {
  for (const [at, query] of queries.entries()) {
    const planned = searchPlan(query);
    const limit = at % 2 === 0 ? 5 : 100;
    const all = await found(planned, { time, limit, spansPerSpanset: 3 });
    assert.deepEqual(all.traces, wanted(planned, limit), query);
    assert.equal(all.isLimited, false);
    // Where no condition is rare all are asked for at once.
    const frequent = await found(planned, { time, limit, spansPerSpanset: 3 }, { fewSpans: -1 });
    assert.deepEqual(frequent.traces, all.traces, query);
  }
  for (const query of everything) {
    const planned = searchPlan(query);
    const all = await found(planned, { time, limit: 100, spansPerSpanset: 0 });
    assert.deepEqual(all.traces, wanted(planned, 100, 0), query);
  }
  const none = await found(searchPlan("{}"), { time, limit: 5, spansPerSpanset: 3 }, { tenant: "nobody" });
  assert.deepEqual(none.traces, []);
});

test("looks at no other time, and says when it did not look at everything", async () => {
  const late = {
    startUnixNano: BigInt(beganMs + 30_000) * 1_000_000n,
    endUnixNano: BigInt(beganMs + 35_000) * 1_000_000n,
  };
  const search = { time: late, limit: 100, spansPerSpanset: 1 };
  const paid = await found(searchPlan("{ name = `pay` }"), search);
  assert.deepEqual(
    paid.traces.map(({ traceId }) => Number.parseInt(traceId, 16)),
    [34, 33, 32, 31, 30],
  );

  const whole = { ...search, time };
  const cut = await found(searchPlan("{ true } >> { true }"), whole, { limits: { ...manyTraces, maxSpansAtOnce: 10 } });
  assert.equal(cut.isLimited, true);
  const few = await found(searchPlan("{}"), whole, { limits: { ...manyTraces, maxCandidates: 3 } });
  assert.deepEqual([few.traces.length, few.isLimited], [3, true]);
});

test("goes back in time and tells how far it is", async () => {
  const day = { startUnixNano: time.endUnixNano - 86_400_000_000_000n, endUnixNano: time.endUnixNano };
  const search = { time: day, limit: 100, spansPerSpanset: 1 };
  const { parts, traces: all } = await found(searchPlan("{ name = `pay` }"), search);
  assert.equal(all.length, 40);
  assert.equal(parts.at(-1)?.reachedUnixNano, day.startUnixNano);
  assert.deepEqual(
    parts.map(({ reachedUnixNano }) => reachedUnixNano),
    parts.map(({ reachedUnixNano }) => reachedUnixNano).toSorted((one, other) => Number(other - one)),
  );
  assert.equal(parts.at(-1)?.tracesRead, 40);
  const { parts: soon } = await found(searchPlan("{ name = `pay` }"), { ...search, limit: 3 });
  assert.ok((soon.at(-1)?.reachedUnixNano ?? 0n) > day.startUnixNano, "stops when it has enough");
});
