import { IconStairsUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { type Escalation, type EscalationEvent, escalationQuery } from "../../../api/escalations.ts";
import { Labels } from "../../../components/labels.tsx";
import { Panel } from "../../../components/panel.tsx";
import { PlainBlock, PlainLine } from "../../../components/plain.tsx";
import { SeverityMark } from "../../../components/severity.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../../components/states.tsx";
import { msOf } from "../../../time/format-time.ts";
import { Timestamp } from "../../../time/timestamp.tsx";
import { fold } from "../../alerts/one/fold.ts";
import layout from "../../alerts/one/one.module.css";
import incident from "../../incidents/one/one.module.css";
import { EscalationActions } from "./escalation-actions.tsx";
import { EscalationFacts } from "./escalation-facts.tsx";
import { EscalationStatusMark } from "./escalation-status-mark.tsx";

const AT_ONCE_MS = 2000;

/** One escalation: what it is about, where it stands, and what was decided, sent and answered. */
export function EscalationPage() {
  const { id = "" } = useParams();
  const detail = useQuery(escalationQuery(id));
  if (detail.isPending) return <SkeletonRows rows={10} />;
  if (detail.data === null) {
    return (
      <EmptyState icon={<IconStairsUp size={34} stroke={1.4} aria-hidden />} title="There is no such escalation">
        It may be longer ago than escalations are kept. <Link to="/oncall/escalations">Those that are open</Link>
      </EmptyState>
    );
  }
  if (detail.data === undefined) return <ErrorState error={detail.error} onRetry={() => void detail.refetch()} />;
  const { escalation, timeline } = detail.data;
  return (
    <div className={layout.columns}>
      <div className={layout.side}>
        <Panel>
          <Head escalation={escalation} />
          {escalation.ended === null ? <EscalationActions escalation={escalation} /> : null}
        </Panel>
        <Panel title="What happened, in order" note={timeline.length}>
          <Story timeline={timeline} />
        </Panel>
      </div>
      <Panel title="Where it stands">
        <EscalationFacts escalation={escalation} />
      </Panel>
    </div>
  );
}

function Head({ escalation }: { escalation: Escalation }) {
  const { title, severity, status, groupLabels, firingAlerts, receiver } = escalation;
  return (
    <>
      <div className={layout.top}>
        <SeverityMark severity={severity} />
        <EscalationStatusMark status={status} />
        <span>{firingAlerts === 1 ? "1 alert fires" : `${firingAlerts} alerts fire`}</span>
        <span>
          {"→ "}
          <PlainLine text={receiver} className="" />
        </span>
        <Labels labels={groupLabels} />
      </div>
      <h2 className={incident.title}>
        <PlainBlock text={title} />
      </h2>
    </>
  );
}

const NOT_GOOD = new Set([
  "a contact was not told",
  "a step reached nobody",
  "no step is left",
  "a contact was dropped",
]);

function Story({ timeline }: { timeline: readonly EscalationEvent[] }) {
  // Only contacts are tried again and again; each step is its own.
  const folded = fold(timeline, ({ integration, reason, detail }) =>
    integration === "" ? undefined : `${integration} ${reason} ${detail}`,
  );
  return (
    <ol className={layout.story} data-testid="escalation-story">
      {folded.map(({ item, more, last }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what happened has no identity but its place.
        <li key={index} data-tone={NOT_GOOD.has(item.reason) ? "bad" : "plain"}>
          <span className={layout.when}>
            <Timestamp value={item.time} />
          </span>
          <span className={layout.topic}>{topicOf(item)}</span>
          <span className={layout.sentence}>
            <PlainLine text={item.detail === "" ? item.reason : item.detail} className="" />
            {item.due === null || msOf(item.due) - msOf(item.time) < AT_ONCE_MS ? null : (
              <span className="dim">
                {", at "}
                <Timestamp value={item.due} />
              </span>
            )}
            {more === 0 ? null : (
              <span className="dim">
                {` ${more} ${more === 1 ? "time" : "times"} more, the last at `}
                <Timestamp value={last.time} />
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

function topicOf({ integration, users }: EscalationEvent): string {
  if (integration !== "") return "contact";
  return users.length > 0 ? "person" : "policy";
}
