import assert from "node:assert/strict";
import { test } from "node:test";
import type { Span } from "../../api/types.ts";
import { barOf, traceTree, visibleNodes, zoomed } from "./waterfall-layout.ts";

const second = Date.parse("2026-11-21T00:00:00Z");

/** A span that starts so many microseconds into the trace. */
function span(
  spanId: string,
  parentSpanId: string,
  startUs: number,
  durationUs: number,
  changes: Partial<Span> = {},
): Span {
  return {
    spanId,
    parentSpanId,
    name: spanId,
    service: "api",
    kind: "internal",
    start: `${new Date(second).toISOString().slice(0, 19)}.${String(startUs).padStart(6, "0")}000Z`,
    durationNano: durationUs * 1000,
    status: "unset",
    statusMessage: "",
    attributes: {},
    resourceAttributes: {},
    events: [],
    links: [],
    ...changes,
  };
}

const shape = (spans: readonly Span[]) => traceTree(spans).nodes.map((node) => `${".".repeat(node.depth)}${node.id}`);

test("children follow their parent in the order of their starts", () => {
  const spans = [
    span("b", "root", 50, 10),
    span("root", "", 0, 100),
    span("a", "root", 10, 20),
    span("a1", "a", 12, 5),
  ];
  assert.deepEqual(shape(spans), ["root", ".a", "..a1", ".b"]);
});

test("nothing that was sent is left out", () => {
  const cases: [string, readonly Span[], string[]][] = [
    ["missing parent", [span("x", "gone", 5, 1), span("root", "", 0, 10)], ["root", "x"]],
    ["own parent", [span("x", "x", 0, 1)], ["x"]],
    ["ring", [span("a", "b", 1, 1), span("b", "a", 2, 1), span("r", "", 0, 9)], ["r", "a", ".b"]],
    ["same id twice", [span("a", "", 0, 5), span("a", "", 1, 5)], ["a", "a#2"]],
    ["empty", [], []],
  ];
  for (const [name, spans, want] of cases) assert.deepEqual(shape(spans), want, name);
  assert.equal(traceTree([span("x", "gone", 0, 1)]).roots[0]?.orphan, true);
});

test("self time leaves out the union of the children", () => {
  const tree = traceTree([
    span("root", "", 0, 100),
    span("a", "root", 10, 30),
    span("b", "root", 20, 40, { service: "db" }),
    span("late", "root", 90, 50),
  ]);
  assert.equal(tree.roots[0]?.self, (100 - 50 - 10) * 1000);
  assert.equal(tree.duration, 140_000);
  assert.equal(tree.roots[0]?.descendants, 3);
});

test("a failure shows on all that lead to it", () => {
  const tree = traceTree([
    span("root", "", 0, 9),
    span("a", "root", 1, 2, { status: "error" }),
    span("b", "root", 4, 2),
  ]);
  assert.deepEqual(
    tree.nodes.map((node) => node.failed),
    [true, true, false],
  );
  assert.equal(tree.errorCount, 1);
});

test("folding hides what lies below", () => {
  const tree = traceTree([span("r", "", 0, 9), span("a", "r", 1, 5), span("a1", "a", 2, 1), span("b", "r", 7, 1)]);
  const ids = (folded: string[]) => visibleNodes(tree, new Set(folded)).map((node) => node.id);
  assert.deepEqual(ids([]), ["r", "a", "a1", "b"]);
  assert.deepEqual(ids(["a"]), ["r", "a", "b"]);
  assert.deepEqual(ids(["r", "a"]), ["r"]);
});

test("twenty thousand spans in a chain are no problem", () => {
  const spans = Array.from({ length: 20_000 }, (_, index) =>
    span(`s${index}`, index === 0 ? "" : `s${index - 1}`, 0, 1),
  );
  assert.equal(traceTree(spans).nodes.at(-1)?.depth, 19_999);
});

test("bars are cut to the window", () => {
  assert.deepEqual(barOf({ offset: 25, duration: 50 }, { from: 0, to: 100 }), { left: 25, width: 50 });
  assert.deepEqual(barOf({ offset: 25, duration: 50 }, { from: 50, to: 100 }), { left: 0, width: 50 });
  assert.equal(barOf({ offset: 0, duration: 10 }, { from: 50, to: 100 }), null);
  assert.equal(barOf({ offset: 0, duration: 10 }, { from: 5, to: 5 }), null);
});

test("zooming keeps the middle and stays within the trace", () => {
  assert.deepEqual(zoomed({ from: 0, to: 100 }, 0.5, 100), { from: 25, to: 75 });
  assert.deepEqual(zoomed({ from: 25, to: 75 }, 2, 100), { from: 0, to: 100 });
  assert.deepEqual(zoomed({ from: 0, to: 10 }, 2, 100), { from: 0, to: 20 });
});
