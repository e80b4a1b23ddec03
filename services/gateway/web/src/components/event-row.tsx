import type { SystemEvent } from "../api/types.ts";
import { Timestamp } from "../time/timestamp.tsx";
import classes from "./event-row.module.css";
import { PlainLine } from "./plain.tsx";
import { SeverityMark } from "./severity.tsx";

/** One event on one line (two on a narrow page). A link by nature: the parent gives it what opening means. */
export function EventRow({ event, withType = true }: { event: SystemEvent; withType?: boolean }) {
  return (
    <div className={classes.row} data-wide={withType}>
      <span className={classes.time}>
        <Timestamp value={event.time} />
      </span>
      <span className={classes.severity}>
        <SeverityMark severity={event.severity} iconOnly={!withType} />
      </span>
      {withType ? <PlainLine text={event.eventType} className={classes.type} /> : null}
      <PlainLine text={event.title} className={classes.title} />
      <PlainLine text={event.target} className={classes.target} />
      {withType ? <PlainLine text={event.source} className={classes.source} /> : null}
    </div>
  );
}
