import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@sightline/testkit/random";
import { RELATIONS, type Relation } from "./operators.ts";
import { relate } from "./relations.ts";
import { type SpanTree, treeOf } from "./tree.ts";

/** What the relations mean, by the definition of nested sets. */
const means: Readonly<Record<Relation, (tree: SpanTree, one: number, other: number) => boolean>> = {
  ">": (tree, one, other) => tree.parent[other] === one,
  "<": (tree, one, other) => tree.parent[one] === other,
  ">>": (tree, one, other) => isBelow(tree, other, one),
  "<<": (tree, one, other) => isBelow(tree, one, other),
  "~": (tree, one, other) =>
    one !== other && tree.left[one] !== 0 && tree.left[other] !== 0 && tree.siblings[one] === tree.siblings[other],
};

function isBelow({ left, right }: SpanTree, below: number, above: number): boolean {
  const [from = 0, to = 0, start = 0, end = 0] = [left[above], right[above], left[below], right[below]];
  return start > from && end < to;
}

test("every relation finds what its definition says, in any tree", () => {
  const random = createRandom(3);
  for (let round = 0; round < 2000; round++) {
    const spanCount = 1 + random.below(12);
    const spans = Array.from({ length: spanCount }, (_, span) => span);
    const tree = treeOf({
      spanCount,
      spanIds: spans.map(String),
      parentIds: spans.map((span) =>
        random.pick(["", "lost", `${random.below(span + 1)}`, `${random.below(spanCount)}`]),
      ),
      kinds: spans.map(() => random.pick(["client", "server"])),
    });
    const [left, right] = [spans.filter(() => random.oneIn(2)), spans.filter(() => random.oneIn(2))];
    for (const relation of RELATIONS) {
      const isPlaced = (span: number) => relation === ">" || relation === "<" || tree.left[span] !== 0;
      const reached = right.filter((span) => left.some((one) => isPlaced(one) && means[relation](tree, one, span)));
      const reaching = left.filter((one) => right.some((span) => isPlaced(span) && means[relation](tree, one, span)));
      const union = spans.filter((span) => reached.includes(span) || reaching.includes(span));
      const shown = JSON.stringify({ relation, parents: [...tree.parent], left, right });
      assert.deepEqual(relate(relation, tree, left, right), reached, shown);
      assert.deepEqual(
        relate(`!${relation}`, tree, left, right),
        right.filter((span) => !reached.includes(span)),
        shown,
      );
      assert.deepEqual(relate(`&${relation}`, tree, left, right), union, shown);
    }
  }
});

test("nested sets are numbered as Tempo numbers them", () => {
  const tree = treeOf({
    spanCount: 6,
    spanIds: ["r", "a", "b", "c", "x", "y"],
    parentIds: ["", "r", "r", "a", "lost", "x"],
    kinds: ["server", "server", "server", "server", "server", "server"],
  });
  assert.deepEqual([...tree.left], [1, 2, 6, 3, 9, 10]);
  assert.deepEqual([...tree.right], [8, 5, 7, 4, 12, 11]);
  assert.deepEqual([...tree.nestedSetParent], [-1, 1, 1, 2, 0, 9]);
  assert.deepEqual([...tree.childCount], [2, 1, 0, 0, 1, 0]);
});

test("a deep trace fits the stack", () => {
  const spanCount = 100_000;
  const spans = Array.from({ length: spanCount }, (_, span) => span);
  const tree = treeOf({
    spanCount,
    spanIds: spans,
    parentIds: spans.map((span) => (span === 0 ? "" : span - 1)),
    kinds: spans.map(() => "server"),
  });
  assert.equal(relate(">>", tree, [0], spans).length, spanCount - 1);
  assert.equal(relate("&<<", tree, [spanCount - 1], spans).length, spanCount);
});
