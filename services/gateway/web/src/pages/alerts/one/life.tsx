import { localOffsetMs, timeTicks } from "../../../charts/time-ticks.ts";
import { formatInterval, formatMoment } from "../../../time/format-time.ts";
import classes from "./one.module.css";
import type { LifePicture, LifeState, MarkKind } from "./story.ts";

const stateColors = {
  pending: "var(--warning-fill)",
  firing: "var(--error-fill)",
  acknowledged: "var(--info-fill)",
} satisfies Record<LifeState, string>;

const lanes: readonly { readonly name: string; readonly kinds: readonly MarkKind[] }[] = [
  { name: "Hidden", kinds: ["hidden"] },
  { name: "Told", kinds: ["told", "failed", "due"] },
  { name: "People", kinds: ["person"] },
];

const marks = {
  told: { sign: "✓", color: "var(--healthy)" },
  failed: { sign: "✕", color: "var(--error)" },
  due: { sign: "·", color: "var(--ink-faint)" },
  hidden: { sign: "◌", color: "var(--ink-dim)" },
  person: { sign: "●", color: "var(--info)" },
  ended: { sign: "■", color: "var(--healthy)" },
} satisfies Record<MarkKind, { sign: string; color: string }>;

/** An alert's life as a picture: its states, what hid it, whom it was told to, and who did something. */
export function Life({ picture, nowMs }: { picture: LifePicture; nowMs: number }) {
  const { startMs, endMs, spans } = picture;
  const place = (ms: number) => `${((ms - startMs) / (endMs - startMs)) * 100}%`;
  const shown = lanes.filter(({ kinds }) => picture.marks.some(({ kind }) => kinds.includes(kind)));
  return (
    <div className={classes.life} data-testid="alert-life">
      <div className={classes.lane}>
        <span className={classes.laneName}>State</span>
        <span className={classes.track}>
          {spans.map(({ state, startMs: from, endMs: to }) => {
            const words = `${state}, ${formatInterval(from, to, nowMs)}`;
            const style = {
              left: place(from),
              width: `${((to - from) / (endMs - startMs)) * 100}%`,
              background: stateColors[state],
            };
            return (
              <span key={from} className={classes.span} style={style} title={words}>
                {state}
              </span>
            );
          })}
        </span>
      </div>
      {shown.map(({ name, kinds }) => (
        <div key={name} className={classes.lane}>
          <span className={classes.laneName}>{name}</span>
          <span className={classes.track}>
            {picture.marks
              .filter(({ kind }) => kinds.includes(kind))
              .map(({ kind, atMs, words }, index) => (
                <span
                  // biome-ignore lint/suspicious/noArrayIndexKey: several marks may be of the same moment and kind.
                  key={index}
                  className={classes.mark}
                  style={{ left: place(atMs), color: marks[kind].color }}
                  title={`${formatMoment(atMs, nowMs)}: ${words}`}
                  aria-hidden
                >
                  {marks[kind].sign}
                </span>
              ))}
          </span>
        </div>
      ))}
      <div className={classes.lane} aria-hidden>
        <span className={classes.laneName} />
        <span className={classes.ticks}>
          {ticksOf(picture).map(({ ms, label }) => (
            <span key={ms} style={{ left: place(ms) }}>
              {label}
            </span>
          ))}
        </span>
      </div>
    </div>
  );
}

/** The ones whose words have room. */
function ticksOf({ startMs, endMs }: LifePicture) {
  const margin = (endMs - startMs) * 0.05;
  const ticks = timeTicks(startMs, endMs, 5, localOffsetMs(endMs));
  return ticks.filter(({ ms }) => ms - startMs > margin && endMs - ms > margin);
}
