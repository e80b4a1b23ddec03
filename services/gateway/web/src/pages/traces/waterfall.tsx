import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { formatNanos } from "../../format/number.ts";
import { SpanRow } from "./span-row.tsx";
import classes from "./waterfall.module.css";
import { type SpanNode, type TraceTree, visibleNodes, type Window, zoomed } from "./waterfall-layout.ts";

/** What the waterfall shows and tells. */
export interface WaterfallProps {
  readonly tree: TraceTree;
  readonly colors: ReadonlyMap<string, string>;
  readonly window: Window;
  readonly onWindow: (window: Window) => void;
  /** The id of the chosen node; "" for none. */
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

const rowHeight = 26;
const ticks = [0, 0.25, 0.5, 0.75];

/**
 * The spans of a trace as bars over time, in a tree that can be folded. Keys: up and down move, left and right fold and
 * unfold, + and - zoom, 0 shows all, Escape lets go.
 */
export function Waterfall({ tree, colors, window: shown, onWindow, chosen, onChoose }: WaterfallProps) {
  const gridId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => visibleNodes(tree, folded), [tree, folded]);
  const current = rows.findIndex((node) => node.id === chosen);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 14,
  });
  const { scrollToIndex } = virtualizer;
  useEffect(() => {
    if (current >= 0) scrollToIndex(current);
  }, [current, scrollToIndex]);

  const fold = (node: SpanNode, close: boolean) =>
    setFolded((before) => {
      const next = new Set(before);
      if (close) next.add(node.id);
      else next.delete(node.id);
      return next;
    });
  const onKeyDown = (event: KeyboardEvent) => {
    const action = actionOf(event.key, { rows, current, folded });
    if (action === undefined) return;
    event.preventDefault();
    if (action.t === "choose") onChoose(action.id);
    else if (action.t === "fold") fold(action.node, action.close);
    else onWindow(action.factor === 0 ? { from: 0, to: tree.duration } : zoomed(shown, action.factor, tree.duration));
  };

  return (
    <div className={classes.waterfall}>
      <div className={classes.head} aria-hidden="true">
        <span>Service and operation</span>
        <div className={classes.scale}>
          {ticks.map((tick) => (
            <span key={tick} style={{ left: `${tick * 100}%` }}>
              {formatNanos(shown.from + (shown.to - shown.from) * tick)}
            </span>
          ))}
          <span className={classes.scaleEnd}>{formatNanos(shown.to)}</span>
        </div>
      </div>
      <div
        ref={scroller}
        className={classes.scroller}
        role="treegrid"
        tabIndex={0}
        aria-label="Spans"
        aria-rowcount={rows.length}
        aria-activedescendant={current >= 0 ? `${gridId}-${current}` : undefined}
        data-testid="waterfall"
        onKeyDown={onKeyDown}
      >
        <div className={classes.rows} role="presentation" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const node = rows[item.index];
            return node === undefined ? null : (
              <SpanRow
                key={node.id}
                id={`${gridId}-${item.index}`}
                node={node}
                top={item.start}
                color={colors.get(node.span.service) ?? "var(--series-9)"}
                window={shown}
                folded={folded.has(node.id)}
                chosen={item.index === current}
                onChoose={() => onChoose(node.id)}
                onFold={() => fold(node, !folded.has(node.id))}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

type Action =
  | { readonly t: "choose"; readonly id: string }
  | { readonly t: "fold"; readonly node: SpanNode; readonly close: boolean }
  /** Factor 0 shows the whole trace. */
  | { readonly t: "zoom"; readonly factor: number };

interface KeyState {
  readonly rows: readonly SpanNode[];
  readonly current: number;
  readonly folded: ReadonlySet<string>;
}

function actionOf(key: string, { rows, current, folded }: KeyState): Action | undefined {
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, Home: -rows.length, End: rows.length };
  const step = steps[key];
  if (step !== undefined) {
    const to = rows[Math.min(rows.length - 1, Math.max(0, current < 0 ? 0 : current + step))];
    return to === undefined ? undefined : { t: "choose", id: to.id };
  }
  const zooms: Record<string, number> = { "+": 0.5, "=": 0.5, "-": 2, "0": 0 };
  const factor = zooms[key];
  if (factor !== undefined) return { t: "zoom", factor };
  if (key === "Escape") return { t: "choose", id: "" };
  const node = rows[current];
  if (node === undefined) return undefined;
  if (key === "ArrowRight") return folded.has(node.id) ? { t: "fold", node, close: false } : undefined;
  if (key !== "ArrowLeft") return undefined;
  if (node.children.length > 0 && !folded.has(node.id)) return { t: "fold", node, close: true };
  const parent = rows.slice(0, current).findLast((other) => other.depth < node.depth);
  return parent === undefined ? undefined : { t: "choose", id: parent.id };
}
