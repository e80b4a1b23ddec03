/** What the tree is made of: columns of ids, which are texts. */
export interface TreeColumns {
  readonly spanCount: number;
  readonly spanIds: ArrayLike<unknown>;
  /** "" at the root. */
  readonly parentIds: ArrayLike<unknown>;
  /** `client`, `server` and so on. */
  readonly kinds: ArrayLike<unknown>;
}

/**
 * The places of a trace's spans as nested sets: a span is below another when its bounds lie between the other's. Numbers
 * are those of Tempo: bounds count from 1, and the parent is its left bound, or ROOT. A span whose parent is not in the
 * trace is the top of a tree of its own, with the parent LOST. Spans that are their own ancestors have no place.
 */
export interface SpanTree {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly nestedSetParent: Int32Array;
  /** The number of the parent span, or -1. */
  readonly parent: Int32Array;
  readonly childCount: Int32Array;
  /** What siblings have in common; 0 where there is no place. */
  readonly siblings: Int32Array;
  /** The spans that have a place, every one before those below it. */
  readonly order: Int32Array;
}

export const ROOT = -1;
export const LOST = 0;

/** Works out where every span of a trace is. Takes time in proportion to its spans. */
export function treeOf(columns: TreeColumns): SpanTree {
  const { spanCount } = columns;
  const parent = parentsOf(columns);
  const firstChild = new Int32Array(spanCount).fill(-1);
  const nextSibling = new Int32Array(spanCount).fill(-1);
  const childCount = new Int32Array(spanCount);
  // From the last, so that children stay in order.
  for (let span = spanCount - 1; span >= 0; span--) {
    const above = parent[span] ?? -1;
    if (above < 0) continue;
    nextSibling[span] = firstChild[above] ?? -1;
    firstChild[above] = span;
    childCount[above] = (childCount[above] ?? 0) + 1;
  }
  const bounds = boundsOf({ columns, parent, firstChild, nextSibling });
  return { ...bounds, parent, childCount, siblings: siblingsOf(columns, parent, bounds.left) };
}

function parentsOf({ spanCount, spanIds, parentIds, kinds }: TreeColumns): Int32Array {
  const byId = new Map<unknown, number>();
  // A client and a server of Zipkin may share an id: the second one of an id.
  const other = new Map<unknown, number>();
  for (let span = 0; span < spanCount; span++) {
    if (!byId.has(spanIds[span])) byId.set(spanIds[span], span);
    else if (!other.has(spanIds[span])) other.set(spanIds[span], span);
  }
  const parents = new Int32Array(spanCount).fill(-1);
  for (let span = 0; span < spanCount; span++) {
    const parentId = parentIds[span];
    if (parentId === "") continue;
    const first = byId.get(parentId) ?? -1;
    const second = other.get(parentId);
    const wanted = kinds[span] === "server" ? "client" : "server";
    const found = second !== undefined && kinds[first] !== wanted && kinds[second] === wanted ? second : first;
    if (found !== span) parents[span] = found;
  }
  return parents;
}

interface Links {
  readonly columns: TreeColumns;
  readonly parent: Int32Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
}

function boundsOf({ columns, parent, firstChild, nextSibling }: Links) {
  const { spanCount, parentIds } = columns;
  const left = new Int32Array(spanCount);
  const right = new Int32Array(spanCount);
  const nestedSetParent = new Int32Array(spanCount);
  const order = new Int32Array(spanCount);
  let placed = 0;
  let bound = 1;
  for (let top = 0; top < spanCount; top++) {
    if ((parent[top] ?? -1) >= 0) continue;
    nestedSetParent[top] = parentIds[top] === "" ? ROOT : LOST;
    for (let span = top, isBelow = true; span >= 0; ) {
      if (isBelow) {
        left[span] = bound++;
        order[placed++] = span;
        if (span !== top) nestedSetParent[span] = left[parent[span] ?? 0] ?? 0;
        const child = firstChild[span] ?? -1;
        if (child >= 0) {
          span = child;
          continue;
        }
      }
      right[span] = bound++;
      if (span === top) break;
      const next = nextSibling[span] ?? -1;
      isBelow = next >= 0;
      span = isBelow ? next : (parent[span] ?? -1);
    }
  }
  return { left, right, nestedSetParent, order: order.subarray(0, placed) };
}

/** Roots are siblings, as Tempo has them, and so are those whose parent of the same id is lost. */
function siblingsOf({ spanCount, parentIds }: TreeColumns, parent: Int32Array, left: Int32Array): Int32Array {
  const siblings = new Int32Array(spanCount);
  const lost = new Map<unknown, number>();
  for (let span = 0; span < spanCount; span++) {
    if (left[span] === 0) continue;
    const above = parent[span] ?? -1;
    if (above >= 0) siblings[span] = above + 1;
    else if (parentIds[span] === "") siblings[span] = -1;
    else {
      const known = lost.get(parentIds[span]) ?? -2 - lost.size;
      lost.set(parentIds[span], known);
      siblings[span] = known;
    }
  }
  return siblings;
}
