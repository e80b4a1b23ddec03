import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { Shortcut } from "../keyboard/sequence.ts";
import { useShortcuts } from "../keyboard/shortcuts-context.tsx";
import classes from "./virtual-rows.module.css";

/** A long list of which only what is on screen exists. */
export interface VirtualRowsProps<T> {
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** About how high a row is, pixels; the real height is measured. */
  readonly rowHeight: number;
  readonly label: string;
  /** Must hold one element that can have the focus and carries `data-row`. */
  readonly children: (row: T, index: number) => ReactNode;
  /** Told when the end comes near, to load more. */
  readonly onEndNear?: (() => void) | undefined;
  /** Whether j and k move the focus too, from anywhere on the page. */
  readonly letters?: boolean;
}

const overscan = 12;
const endDistance = 20;

/** Scrolls with the page. Arrow keys, Home and End move the focus from row to row. */
export function VirtualRows<T>(props: VirtualRowsProps<T>) {
  const { rows, keyOf, rowHeight, label, children, onEndNear, letters = false } = props;
  const list = useRef<HTMLDivElement>(null);
  const scrollMargin = useOffsetTop(list);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeight,
    overscan,
    scrollMargin,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : keyOf(row);
    },
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - endDistance) onEndNear?.();
  }, [last, rows.length, onEndNear]);

  const move = (from: number, step: number) => {
    const to = Math.min(rows.length - 1, Math.max(0, from + step));
    virtualizer.scrollToIndex(to);
    focusRow(list.current, to);
  };
  useLetters(letters, (step) => move(focusedRow() ?? -1, step));
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -rows.length, End: rows.length }[event.key];
    const from = indexOf(event.target);
    if (step === undefined || from === undefined) return;
    event.preventDefault();
    move(from, step);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: the items are placed absolutely and are no direct children.
    <div
      ref={list}
      role="list"
      aria-label={label}
      className={classes.list}
      style={{ height: virtualizer.getTotalSize() }}
      onKeyDown={onKeyDown}
    >
      {items.map((item) => {
        const row = rows[item.index];
        return row === undefined ? null : (
          // biome-ignore lint/a11y/useSemanticElements: see above.
          <div
            key={item.key}
            ref={virtualizer.measureElement}
            role="listitem"
            data-index={item.index}
            className={classes.item}
            style={{ transform: `translateY(${item.start - scrollMargin}px)` }}
          >
            {children(row, item.index)}
          </div>
        );
      })}
    </div>
  );
}

const noShortcuts: readonly Shortcut[] = [];

/** j and k, as long as they are wanted. */
function useLetters(wanted: boolean, move: (step: number) => void): void {
  const latest = useRef(move);
  useEffect(() => {
    latest.current = move;
  });
  const shortcuts = useMemo(
    () => [
      { keys: "j", what: "To the next row", run: () => latest.current(1) },
      { keys: "k", what: "To the row before", run: () => latest.current(-1) },
    ],
    [],
  );
  useShortcuts(wanted ? shortcuts : noShortcuts);
}

/** The index of the row of a virtual list that has the focus; undefined where none has. */
export function focusedRow(): number | undefined {
  return document.activeElement === null ? undefined : indexOf(document.activeElement);
}

/** How far below the top of the page an element begins; follows what changes above it. */
function useOffsetTop(ref: { readonly current: HTMLElement | null }): number {
  const [offset, setOffset] = useState(0);
  useEffect(() => {
    const measure = () => {
      const element = ref.current;
      if (element !== null) setOffset(Math.round(element.getBoundingClientRect().top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [ref]);
  return offset;
}

function indexOf(target: EventTarget): number | undefined {
  const item = target instanceof HTMLElement ? target.closest<HTMLElement>("[data-index]") : null;
  return item === null ? undefined : Number(item.dataset["index"]);
}

function focusRow(list: HTMLElement | null, index: number): void {
  const find = () => list?.querySelector<HTMLElement>(`[data-index="${index}"] [data-row]`);
  const row = find();
  if (row) row.focus({ preventScroll: true });
  // A row that was not on screen exists only after the next drawing.
  else requestAnimationFrame(() => requestAnimationFrame(() => find()?.focus({ preventScroll: true })));
}
