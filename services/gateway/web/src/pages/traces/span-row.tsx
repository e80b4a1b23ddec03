import { IconAlertCircleFilled, IconChevronRight, IconLinkOff } from "@tabler/icons-react";
import { PlainLine } from "../../components/plain.tsx";
import { formatNanos } from "../../format/number.ts";
import { plainLine } from "../../format/plain-text.ts";
import classes from "./waterfall.module.css";
import { barOf, type SpanNode, type Window } from "./waterfall-layout.ts";

const indentPx = 13;
const maxIndentedDepth = 24;

/** One span: its name in the tree on the left, its bar on the right. */
export function SpanRow(props: {
  id: string;
  node: SpanNode;
  top: number;
  color: string;
  window: Window;
  folded: boolean;
  chosen: boolean;
  onChoose: () => void;
  onFold: () => void;
}) {
  const { id, node, top, color, window: shown, folded, chosen, onChoose, onFold } = props;
  const { span } = node;
  const hasChildren = node.children.length > 0;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus and names the active row.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the grid.
    // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list cannot be table rows.
    <div
      id={id}
      role="row"
      aria-level={node.depth + 1}
      aria-selected={chosen}
      {...(hasChildren ? { "aria-expanded": !folded } : {})}
      className={classes.row}
      style={{ transform: `translateY(${top}px)` }}
      data-testid="span-row"
      data-status={span.status}
      onClick={onChoose}
    >
      {/* biome-ignore lint/a11y/useFocusableInteractive: see above. */}
      {/* biome-ignore lint/a11y/useSemanticElements: see above. */}
      <div role="gridcell" className={classes.name}>
        <span className={classes.indent} style={{ width: Math.min(node.depth, maxIndentedDepth) * indentPx }} />
        {hasChildren ? (
          <button
            type="button"
            tabIndex={-1}
            className={classes.fold}
            data-folded={folded}
            aria-label={folded ? `Unfold ${node.descendants} spans` : `Fold ${node.descendants} spans`}
            onClick={(event) => {
              event.stopPropagation();
              onFold();
            }}
          >
            <IconChevronRight size={13} aria-hidden />
          </button>
        ) : (
          <span className={classes.fold} />
        )}
        <i className={classes.swatch} style={{ background: color }} />
        {span.status === "error" ? (
          <IconAlertCircleFilled size={14} className={classes.error} role="img" aria-label="failed" />
        ) : null}
        {node.orphan ? (
          <IconLinkOff size={13} className={classes.orphan} role="img" aria-label="parent missing" />
        ) : null}
        <span className="truncate" title={`${plainLine(span.service)} ${plainLine(span.name)}`}>
          <span className={classes.service}>{plainLine(span.service)}</span> <PlainLine text={span.name} className="" />
        </span>
        {folded ? <span className={classes.hiddenCount}>+{node.descendants}</span> : null}
      </div>
      <SpanBar node={node} color={color} window={shown} />
    </div>
  );
}

function SpanBar({ node, color, window: shown }: { node: SpanNode; color: string; window: Window }) {
  const bar = barOf(node, shown);
  const label = formatNanos(node.duration);
  if (bar === null) {
    return (
      // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
      // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list cannot be table rows.
      <div role="gridcell" className={classes.lane} aria-label={label} />
    );
  }
  // The figure stands where there is room: right of the bar, left of it, or on it.
  const right = bar.left + bar.width;
  const side = right < 88 ? "right" : bar.left > 12 ? "left" : "inside";
  const place = side === "right" ? { left: `${right}%` } : { right: `${100 - (side === "left" ? bar.left : right)}%` };
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid has the focus.
    // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list cannot be table rows.
    <div role="gridcell" className={classes.lane}>
      <i
        className={classes.bar}
        data-status={node.span.status}
        style={{ left: `${bar.left}%`, width: `${bar.width}%`, background: color }}
      />
      <span className={classes.figure} data-side={side} style={place}>
        {label}
      </span>
    </div>
  );
}
