import type { Told } from "../../../api/inbound.ts";
import { Labels } from "../../../components/labels.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import { SeverityMark } from "../../../components/severity.tsx";
import { AlertStateMark } from "../../../components/status.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import rows from "../../alerts/alerts.module.css";

/** What a payload became: alerts, events, and what was left out and why. */
export function ToldByPayload({ told: { alerts, events, dropped } }: { told: Told }) {
  if (alerts.length + events.length + dropped.length === 0) {
    return (
      <p className="dim" data-testid="inbound-told">
        It would become nothing.
      </p>
    );
  }
  return (
    <ul className={rows.list} data-testid="inbound-told" aria-live="polite">
      {alerts.map(({ status, labels, annotations, startsAt }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no identity but their place.
        <li key={`alert ${index}`} className={rows.item}>
          <div className={rows.main}>
            <span className={rows.name}>
              Alert
              <AlertStateMark state={status === "resolved" ? "resolved" : "firing"} />
              <PlainLine text={annotations["summary"] ?? ""} className="" />
            </span>
            <Labels labels={labels} max={20} />
          </div>
          <span className={rows.side}>{startsAt === null ? null : <Timestamp value={startsAt} />}</span>
        </li>
      ))}
      {events.map(({ eventType, severity, category, target, title, time }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no identity but their place.
        <li key={`event ${index}`} className={rows.item}>
          <div className={rows.main}>
            <span className={rows.name}>
              Event
              <SeverityMark severity={severity} />
              <PlainLine text={title} className="" />
            </span>
            <span className={rows.condition}>
              {eventType}, {category}
              {target === "" ? "" : `, of ${target}`}
            </span>
          </div>
          <span className={rows.side}>{time === null ? null : <Timestamp value={time} />}</span>
        </li>
      ))}
      {dropped.map(({ reason, what, count }) => (
        <li key={`${reason} ${what}`} className={rows.item}>
          <div className={rows.main}>
            <span className={rows.error}>
              Left out{count > 1 ? ` ${count} times` : ""}: {reason.replaceAll("_", " ")}, {what}
            </span>
          </div>
        </li>
      ))}
    </ul>
  );
}
