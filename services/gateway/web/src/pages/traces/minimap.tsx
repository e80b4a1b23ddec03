import { useElementSize } from "@mantine/hooks";
import { type PointerEvent, useMemo, useState } from "react";
import { formatNanos } from "../../format/number.ts";
import classes from "./minimap.module.css";
import type { SpanNode, TraceTree, Window } from "./waterfall-layout.ts";

const height = 48;
const maxBars = 600;

/** The whole trace in little; dragging over a stretch shows only that, a double click shows all again. */
export function Minimap(props: {
  tree: TraceTree;
  colors: ReadonlyMap<string, string>;
  window: Window;
  onWindow: (window: Window) => void;
}) {
  const { tree, colors, window: shown, onWindow } = props;
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [drag, setDrag] = useState<Window | null>(null);
  const bars = useMemo(() => sampled(tree.nodes), [tree]);
  const scale = width / tree.duration;
  const rowHeight = Math.min(4, height / Math.max(1, bars.length));
  const timeAt = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * tree.duration;
  };
  const marked = drag === null ? shown : ordered(drag);
  const isWhole = marked.from <= 0 && marked.to >= tree.duration;
  return (
    <div
      ref={ref}
      className={classes.minimap}
      aria-hidden="true"
      title={`${formatNanos(shown.from)} – ${formatNanos(shown.to)}; drag to zoom, double click to show all`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = timeAt(event);
        setDrag({ from: at, to: at });
      }}
      onPointerMove={(event) => {
        if (drag !== null) setDrag({ from: drag.from, to: timeAt(event) });
      }}
      onPointerUp={() => {
        const next = drag === null ? null : ordered(drag);
        setDrag(null);
        if (next !== null && (next.to - next.from) * scale > 4) onWindow(next);
      }}
      onDoubleClick={() => onWindow({ from: 0, to: tree.duration })}
    >
      <svg width={width} height={height} aria-hidden="true">
        {bars.map((node, index) => (
          <rect
            key={node.id}
            x={node.offset * scale}
            y={index * rowHeight}
            width={Math.max(1, node.duration * scale)}
            height={Math.max(0.7, rowHeight * 0.75)}
            fill={node.span.status === "error" ? "var(--error)" : (colors.get(node.span.service) ?? "var(--series-9)")}
          />
        ))}
        {isWhole ? null : (
          <>
            <rect x={0} y={0} width={Math.max(0, marked.from * scale)} height={height} className={classes.outside} />
            <rect
              x={marked.to * scale}
              y={0}
              width={Math.max(0, width - marked.to * scale)}
              height={height}
              className={classes.outside}
            />
          </>
        )}
      </svg>
    </div>
  );
}

function ordered({ from, to }: Window): Window {
  return { from: Math.min(from, to), to: Math.max(from, to) };
}

/** Evenly chosen nodes, since no more can be told apart; those that failed are always among them. */
function sampled(nodes: readonly SpanNode[]): readonly SpanNode[] {
  if (nodes.length <= maxBars) return nodes;
  const every = nodes.length / maxBars;
  let failures = 0;
  return nodes.filter((node, index) => {
    if (Math.floor(index / every) !== Math.floor((index - 1) / every)) return true;
    failures += node.span.status === "error" ? 1 : 0;
    return node.span.status === "error" && failures <= maxBars;
  });
}
