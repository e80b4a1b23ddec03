import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import type { IncidentAlert, IncidentDetail } from "../../../api/incidents.ts";
import { localOffsetMs, timeTicks } from "../../../charts/time-ticks.ts";
import { PlainLine } from "../../../components/plain.tsx";
import { plainLine } from "../../../format/plain-text.ts";
import { formatInterval, formatMoment } from "../../../time/format-time.ts";
import classes from "./one.module.css";
import { type AlertBar, type IncidentPicture, type LaneName, type Mark, pictureOf, wordsOf } from "./picture.ts";

const signs = {
  Deployed: { sign: "▲", color: "var(--accent)" },
  Told: { sign: "✓", color: "var(--healthy)" },
  People: { sign: "●", color: "var(--info)" },
} satisfies Record<LaneName, { sign: string; color: string }>;

const shownBars = 20;
const shownWords = 6;

/** Where a moment is on the axis, as CSS has it. */
type Place = (ms: number) => string;

/** An incident as a picture: its alerts as bars, and below them on the same axis what was deployed, told and done. */
export function Picture({ detail, nowMs }: { detail: IncidentDetail; nowMs: number }) {
  const [all, setAll] = useState(false);
  const picture = pictureOf(detail, nowMs);
  const { startMs, endMs, bars } = picture;
  const place: Place = (ms) => `${((ms - startMs) / (endMs - startMs)) * 100}%`;
  const shown = all ? bars : bars.slice(0, shownBars);
  return (
    <div className={classes.picture} data-testid="incident-picture">
      {shown.map((bar) => (
        <Bar key={bar.alert.fingerprint} bar={bar} place={place} nowMs={nowMs} />
      ))}
      {shown.length === bars.length ? null : (
        <Button variant="subtle" size="compact-xs" onClick={() => setAll(true)}>
          {bars.length - shown.length} more alerts
        </Button>
      )}
      {picture.lanes.map(({ name, marks }) => (
        <div key={name} className={classes.lane} data-lane={name}>
          <span className={classes.laneName}>{name}</span>
          <span className={classes.track}>
            {marks.map((mark) => (
              <LaneMark key={mark.atMs} mark={mark} lane={name} place={place} nowMs={nowMs} />
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

function Bar({ bar: { alert, spells }, place, nowMs }: { bar: AlertBar; place: Place; nowMs: number }) {
  return (
    <div className={classes.lane} data-testid="incident-bar">
      <span className={classes.laneName}>
        <Link to={`/alerts/${alert.fingerprint}`} title={plainLine(alert.summary)}>
          <PlainLine text={nameOf(alert)} />
        </Link>
      </span>
      <span className={classes.track}>
        {spells.map(({ startMs, endMs, lasts }) => {
          const words = `${alert.severity}, ${formatInterval(startMs, endMs, nowMs)}${lasts ? ", fires" : ""}`;
          const style = {
            left: place(startMs),
            right: `calc(100% - ${place(endMs)})`,
            background: `var(--${alert.severity}-fill)`,
          };
          return (
            <span key={startMs} className={classes.bar} style={style} role="img" aria-label={words} title={words} />
          );
        })}
      </span>
    </div>
  );
}

function LaneMark(props: { mark: Mark; lane: LaneName; place: Place; nowMs: number }) {
  const { mark, lane, place, nowMs } = props;
  const { sign, color } = signs[lane];
  const words = mark.entries.slice(0, shownWords).map((entry) => plainLine(wordsOf(entry), 200));
  const more = mark.entries.length - words.length;
  const title = [formatMoment(mark.atMs, nowMs), ...words, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
  return (
    // What it says is in the text below, in order.
    <span className={classes.mark} style={{ left: place(mark.atMs), color }} title={title} aria-hidden>
      {sign}
      {mark.entries.length > 1 ? <sub>{mark.entries.length}</sub> : null}
    </span>
  );
}

/** What an alert is called: its name, and where it is. */
export function nameOf({ labels, fingerprint }: IncidentAlert): string {
  const where = [labels["service"], labels["service_name"], labels["instance"], labels["host"]];
  const name = labels["alertname"] ?? fingerprint;
  const place = where.find((each) => each !== undefined && each !== "");
  return place === undefined ? name : `${name} on ${place}`;
}

/** The ones whose words have room. */
function ticksOf({ startMs, endMs }: IncidentPicture) {
  const margin = (endMs - startMs) * 0.05;
  const ticks = timeTicks(startMs, endMs, 5, localOffsetMs(endMs));
  return ticks.filter(({ ms }) => ms - startMs > margin && endMs - ms > margin);
}
