import { IconUrgent } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { type Incident, type IncidentDetail, incidentQuery } from "../../../api/incidents.ts";
import { Page } from "../../../components/page.tsx";
import { Panel } from "../../../components/panel.tsx";
import { PlainBlock } from "../../../components/plain.tsx";
import { SeverityMark } from "../../../components/severity.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../../components/states.tsx";
import { plainLine } from "../../../format/plain-text.ts";
import { Timestamp } from "../../../time/timestamp.tsx";
import { useNow } from "../../../time/use-now.ts";
import layout from "../../alerts/one/one.module.css";
import { IncidentStateMark } from "../incident-state-mark.tsx";
import { IncidentActions } from "./incident-actions.tsx";
import { IncidentAlerts } from "./incident-alerts.tsx";
import { Picture } from "./incident-picture.tsx";
import { IncidentStory } from "./incident-story.tsx";
import classes from "./one.module.css";

/** One incident: what it is, who has it, what happened, and why its alerts belong together. Known by its id or its number. */
export function IncidentPage() {
  const { incident: id = "" } = useParams();
  const detail = useQuery(incidentQuery(id));
  const title = detail.data
    ? `#${detail.data.incident.number} ${plainLine(detail.data.incident.title, 80)}`
    : "Incident";
  return (
    <Page title={title} heading={<Link to="/incidents">Incidents</Link>}>
      {detail.isPending ? <SkeletonRows rows={12} /> : null}
      {detail.isError && detail.data === undefined ? (
        <ErrorState error={detail.error} onRetry={() => void detail.refetch()} />
      ) : null}
      {detail.data === null ? (
        <EmptyState icon={<IconUrgent size={34} stroke={1.4} aria-hidden />} title="There is no such incident">
          It may be longer ago than incidents are kept. <Link to="/incidents">Those that there are</Link>
        </EmptyState>
      ) : null}
      {detail.data ? <Detail key={detail.data.incident.incidentId} detail={detail.data} /> : null}
    </Page>
  );
}

function Detail({ detail }: { detail: IncidentDetail }) {
  const now = useNow(10);
  const { incident, entries, withoutDeployments } = detail;
  return (
    <div className={layout.columns}>
      <div className={layout.side}>
        <Panel>
          <Head incident={incident} />
          <IncidentActions incident={incident} />
        </Panel>
        <Panel title="Time line" note={withoutDeployments === "" ? undefined : "without deployments"}>
          {detail.alerts.length === 0 ? null : <Picture detail={detail} nowMs={now} />}
          {withoutDeployments === "" ? null : <p className="dim">Deployments are not in it: {withoutDeployments}</p>}
        </Panel>
        <Panel title="What happened, in order" note={entries.length}>
          <IncidentStory entries={entries} />
        </Panel>
      </div>
      <div className={layout.side}>
        <IncidentAlerts detail={detail} />
      </div>
    </div>
  );
}

function Head({ incident }: { incident: Incident }) {
  const { number, title, severity, state, opened, quietSince, resolved, resolvedBy, owner, services, mergedInto } =
    incident;
  return (
    <>
      <div className={layout.top}>
        <span>#{number}</span>
        <SeverityMark severity={severity} />
        <IncidentStateMark state={state} />
        <span>
          since <Timestamp value={opened} style="ago" />
        </span>
        {state === "mitigated" ? (
          <span>
            quiet since <Timestamp value={quietSince} style="ago" />
          </span>
        ) : null}
        {state === "resolved" ? (
          <span>
            over <Timestamp value={resolved} style="ago" />
            {resolvedBy === "" ? "" : `, said ${resolvedBy}`}
          </span>
        ) : null}
        <span data-testid="incident-owner">{owner === "" ? "nobody has it" : `${owner} has it`}</span>
        {services.length === 0 ? null : <span>{services.join(", ")}</span>}
        {mergedInto === "" ? null : (
          <Link to={`/incidents/${encodeURIComponent(mergedInto)}`}>Its alerts are part of another one now</Link>
        )}
      </div>
      <h2 className={classes.title}>
        <PlainBlock text={title} />
      </h2>
    </>
  );
}
