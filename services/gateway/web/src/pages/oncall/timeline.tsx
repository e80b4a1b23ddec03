import { type PointerEvent, type ReactNode, useRef, useState } from "react";
import type { Window } from "../../api/oncall.ts";
import type { Shift, Shifts } from "../../api/oncall-types.ts";
import { colorsOfNames } from "../../format/palette.ts";
import { formatInterval, msOf } from "../../time/format-time.ts";
import classes from "./timeline.module.css";
import { daysOf, hoursBetween, placeOf } from "./timeline-layout.ts";

const dayName = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric" });
const dayNumber = new Intl.DateTimeFormat("en-GB", { day: "numeric" });
/** Of more days there is only room for the numbers. */
const MAX_NAMED_DAYS = 14;

export interface TimelineProps {
  readonly shifts: Shifts;
  readonly window: Window;
  readonly nowMs: number;
  /** Told of a time that was dragged over in the final schedule; without it nothing can be dragged. */
  readonly onDragged?: ((dragged: Window) => void) | undefined;
  /** Told of an override that was chosen. */
  readonly onOverride?: ((overrideId: string) => void) | undefined;
}

/** Who is on call when, as lines: all put together, the overrides, and each layer, the uppermost first. */
export function Timeline({ shifts, window, nowMs, onDragged, onOverride }: TimelineProps) {
  const users = [...shifts.final, ...shifts.overrides, ...shifts.layers.flatMap((layer) => layer.shifts)];
  const colors = colorsOfNames(users.map(({ user }) => user));
  const common = { window, nowMs, colors };
  return (
    <div className={classes.scroll}>
      <div className={classes.timeline} data-testid="oncall-timeline">
        <Days window={window} nowMs={nowMs} />
        <Line name="On call" strong>
          <DragArea window={window} onDragged={onDragged}>
            <Blocks {...common} shifts={shifts.final} onOverride={onOverride} />
            {shifts.gaps.map(({ start, end }) => (
              <Gap key={start} startMs={msOf(start)} endMs={msOf(end)} window={window} nowMs={nowMs} />
            ))}
          </DragArea>
        </Line>
        <Line name="Overrides">
          <Blocks {...common} shifts={shifts.overrides} onOverride={onOverride} />
        </Line>
        {shifts.layers.toReversed().map(({ layer, shifts: own }) => (
          <Line key={layer} name={layer}>
            <Blocks {...common} shifts={own} />
          </Line>
        ))}
        <NowMark window={window} nowMs={nowMs} />
      </div>
    </div>
  );
}

function Days({ window, nowMs }: { window: Window; nowMs: number }) {
  const days = daysOf(window);
  const name = days.length > MAX_NAMED_DAYS ? dayNumber : dayName;
  return (
    <div className={classes.line}>
      <span className={classes.name} />
      <div className={classes.days} aria-hidden>
        {days.map((day, index) => {
          const end = days[index + 1] ?? window.endMs;
          const place = placeOf(day, end, window);
          const today = day <= nowMs && nowMs < end;
          return (
            <span key={day} className={today ? classes.today : classes.day} style={styleOf(place)}>
              {name.format(day)}
            </span>
          );
        })}
      </div>
    </div>
  );
}

function Line({ name, strong = false, children }: { name: string; strong?: boolean; children: ReactNode }) {
  return (
    <div className={classes.line}>
      <span className={strong ? classes.strong : classes.name} title={name}>
        {name}
      </span>
      <section className={classes.track} aria-label={name}>
        {children}
      </section>
    </div>
  );
}

interface BlocksProps {
  readonly shifts: readonly Shift[];
  readonly window: Window;
  readonly nowMs: number;
  readonly colors: ReadonlyMap<string, string>;
  readonly onOverride?: ((overrideId: string) => void) | undefined;
}

function Blocks({ shifts, window, nowMs, colors, onOverride }: BlocksProps) {
  return shifts.map(({ user, start, end, source }) => {
    const place = placeOf(msOf(start), msOf(end), window);
    if (place === undefined) return null;
    const words = `${user}, ${formatInterval(msOf(start), msOf(end), nowMs)}`;
    const style = { ...styleOf(place), "--user": colors.get(user) ?? "var(--line-strong)" };
    if (source.kind === "override" && onOverride !== undefined) {
      return (
        <button
          key={start}
          type="button"
          className={classes.override}
          style={style}
          title={words}
          aria-label={`Override: ${words}`}
          onPointerDown={(event) => event.stopPropagation()}
          onClick={() => onOverride(source.overrideId)}
        >
          {user}
        </button>
      );
    }
    return (
      <span key={start} className={classes.block} style={style} title={words}>
        {user}
        <span className={classes.hidden}>{words.slice(user.length)}</span>
      </span>
    );
  });
}

function Gap(props: { startMs: number; endMs: number; window: Window; nowMs: number }) {
  const words = `Nobody is on call, ${formatInterval(props.startMs, props.endMs, props.nowMs)}`;
  const place = placeOf(props.startMs, props.endMs, props.window);
  return (
    <span className={classes.gap} style={styleOf(place)} title={words} data-testid="oncall-gap">
      <span className={classes.hidden}>{words}</span>
    </span>
  );
}

/** Dragging over it with a mouse or a pen chooses a time; a finger scrolls instead, and keys use the form. */
function DragArea(props: { window: Window; onDragged: ((dragged: Window) => void) | undefined; children: ReactNode }) {
  const { window, onDragged, children } = props;
  const area = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const pointOf = (event: PointerEvent) => {
    const box = area.current?.getBoundingClientRect();
    return box === undefined || box.width === 0 ? 0 : (event.clientX - box.left) / box.width;
  };
  const dragged = drag === null ? undefined : hoursBetween(drag.from, drag.to, window);
  return (
    <div
      ref={area}
      className={onDragged === undefined ? classes.area : classes.dragArea}
      data-testid="oncall-drag"
      onPointerDown={(event) => {
        if (onDragged === undefined || event.button !== 0 || event.pointerType === "touch") return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: pointOf(event), to: pointOf(event) });
      }}
      onPointerMove={(event) => {
        if (drag !== null) setDrag({ ...drag, to: pointOf(event) });
      }}
      onPointerUp={() => {
        if (dragged !== undefined && drag !== null && drag.from !== drag.to) onDragged?.(dragged);
        setDrag(null);
      }}
      onPointerCancel={() => setDrag(null)}
    >
      {children}
      {dragged === undefined ? null : (
        <span className={classes.dragged} style={styleOf(placeOf(dragged.startMs, dragged.endMs, window))} />
      )}
    </div>
  );
}

function NowMark({ window, nowMs }: { window: Window; nowMs: number }) {
  const place = placeOf(nowMs, nowMs + 1, window);
  if (place === undefined) return null;
  return (
    <div className={classes.marks} aria-hidden>
      <span className={classes.now} style={{ left: `${place.left}%` }} />
    </div>
  );
}

function styleOf(place: { left: number; width: number } | undefined) {
  return place === undefined ? { display: "none" } : { left: `${place.left}%`, width: `${place.width}%` };
}
