import type { Logical, Relation, SpansetOperator } from "./operators.ts";
import type { SpanTree } from "./tree.ts";

/** An operator that looks at where spans are in their trace. */
export type Structural = Exclude<SpansetOperator, Logical>;

/** Tells which spans have one of some spans as descendant, ancestor, child, parent or sibling. */
type Reach = (tree: SpanTree, spans: readonly number[]) => (span: number) => boolean;

/**
 * The spans of the right side that stand in the relation to some span of the left side: `>` to a parent, `>>` to an ancestor,
 * `<` to a child, `<<` to a descendant, `~` to a sibling. With `!` those that do not, with `&` also those of the left side that
 * stand so to some of the right. In order, each once. Takes time in proportion to the trace's spans.
 */
export function relate(
  operator: Structural,
  tree: SpanTree,
  left: readonly number[],
  right: readonly number[],
): readonly number[] {
  const { relation, form } = shapes[operator];
  const isReached = reach[relation](tree, left);
  if (form === "!") return right.filter((span) => !isReached(span));
  const found = right.filter(isReached);
  if (form === "") return found;
  const back = left.filter(reach[inverse[relation]](tree, right));
  return unite(found, back);
}

const shapes = {
  ">": { relation: ">", form: "" },
  "<": { relation: "<", form: "" },
  ">>": { relation: ">>", form: "" },
  "<<": { relation: "<<", form: "" },
  "~": { relation: "~", form: "" },
  "!>": { relation: ">", form: "!" },
  "!<": { relation: "<", form: "!" },
  "!>>": { relation: ">>", form: "!" },
  "!<<": { relation: "<<", form: "!" },
  "!~": { relation: "~", form: "!" },
  "&>": { relation: ">", form: "&" },
  "&<": { relation: "<", form: "&" },
  "&>>": { relation: ">>", form: "&" },
  "&<<": { relation: "<<", form: "&" },
  "&~": { relation: "~", form: "&" },
} as const satisfies Readonly<Record<Structural, { relation: Relation; form: "" | "!" | "&" }>>;

const inverse: Readonly<Record<Relation, Relation>> = { ">": "<", "<": ">", ">>": "<<", "<<": ">>", "~": "~" };

/** Two sorted lists of spans as one, sorted, each span once. */
export function unite(one: readonly number[], other: readonly number[]): readonly number[] {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  return [...new Set([...one, ...other])].sort((a, b) => a - b);
}

const reach: Readonly<Record<Relation, Reach>> = {
  ">": (tree, spans) => {
    const parents = new Set(spans);
    return (span) => parents.has(tree.parent[span] ?? -1);
  },
  "<": (tree, spans) => {
    const parents = new Set(spans.map((span) => tree.parent[span] ?? -1));
    return (span) => parents.has(span);
  },
  ">>": (tree, spans) => {
    const isBelow = new Uint8Array(tree.left.length);
    for (const span of spans) isBelow[span] = 1;
    const found = new Uint8Array(tree.left.length);
    for (const span of tree.order) {
      const above = tree.parent[span] ?? -1;
      if (above >= 0 && (isBelow[above] === 1 || found[above] === 1)) found[span] = 1;
    }
    return (span) => found[span] === 1;
  },
  "<<": (tree, spans) => {
    const found = new Uint8Array(tree.left.length);
    for (const start of spans) {
      // Whoever was found already has all its ancestors found.
      if (tree.left[start] === 0) continue;
      for (let above = tree.parent[start] ?? -1; above >= 0 && found[above] === 0; above = tree.parent[above] ?? -1) {
        found[above] = 1;
      }
    }
    return (span) => found[span] === 1;
  },
  "~": (tree, spans) => {
    const counts = new Map<number, number>();
    const own = new Set(spans);
    for (const span of spans) counts.set(tree.siblings[span] ?? 0, (counts.get(tree.siblings[span] ?? 0) ?? 0) + 1);
    return (span) => {
      const key = tree.siblings[span] ?? 0;
      return key !== 0 && (counts.get(key) ?? 0) > (own.has(span) ? 1 : 0);
    };
  },
};
