import { IconCircleCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { Link } from "react-router";
import { INCIDENT_STATES, type Incident, type IncidentState, incidentsQuery } from "../../api/incidents.ts";
import { Chips } from "../../components/chips.tsx";
import { ListFoot } from "../../components/list-foot.tsx";
import { Page } from "../../components/page.tsx";
import { PlainLine } from "../../components/plain.tsx";
import { SeverityMark } from "../../components/severity.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { VirtualRows } from "../../components/virtual-rows.tsx";
import { Timestamp } from "../../time/timestamp.tsx";
import { useChosen } from "../../url/use-chosen.ts";
import groups from "../alerts/groups/groups.module.css";
import { IncidentStateMark } from "./incident-state-mark.tsx";
import classes from "./incidents.module.css";

const NOT_OVER: readonly IncidentState[] = ["open", "mitigated"];

/** All incidents, the newest first. */
export function Incidents() {
  const { chosen, toggle } = useChosen("state", INCIDENT_STATES, NOT_OVER);
  return (
    <Page title="Incidents">
      <div className={groups.toolbar}>
        <Chips label="States shown" all={INCIDENT_STATES} chosen={chosen} onToggle={toggle}>
          {(state) => <IncidentStateMark state={state} />}
        </Chips>
      </div>
      <List states={chosen} />
    </Page>
  );
}

function List({ states }: { states: readonly IncidentState[] }) {
  const incidents = useInfiniteQuery(incidentsQuery(states));
  const rows = useMemo(() => incidents.data?.pages.flat() ?? [], [incidents.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = incidents;
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (incidents.isPending) return <SkeletonRows rows={10} />;
  if (incidents.data === undefined) {
    return <ErrorState error={incidents.error} onRetry={() => void incidents.refetch()} />;
  }
  if (rows.length === 0) return <Nothing isOverShown={states.includes("resolved")} />;
  return (
    <div className={groups.list}>
      <VirtualRows
        rows={rows}
        keyOf={({ incidentId }) => incidentId}
        rowHeight={58}
        label="Incidents, the newest first"
        onEndNear={loadMore}
        letters
      >
        {(incident) => <IncidentRow incident={incident} />}
      </VirtualRows>
      <div className={groups.foot}>
        <ListFoot
          loading={isFetchingNextPage}
          more={hasNextPage}
          error={incidents.error}
          onRetry={() => void incidents.refetch()}
          end={rows.length === 1 ? "1 incident." : `${rows.length} incidents.`}
        />
        <span className={groups.keys}> j and k move, Enter opens.</span>
      </div>
    </div>
  );
}

function Nothing({ isOverShown }: { isOverShown: boolean }) {
  return (
    <EmptyState
      icon={<IconCircleCheck size={34} stroke={1.4} aria-hidden />}
      title={isOverShown ? "There was no incident yet" : "No incident is open"}
    >
      An alert that is worse than info opens one, and what belongs to it joins.{" "}
      {isOverShown ? null : <Link to="/incidents?state=resolved">Those that are over</Link>}
    </EmptyState>
  );
}

function IncidentRow({ incident }: { incident: Incident }) {
  const { number, title, state, severity, owner, alerts, firing, services } = incident;
  return (
    <div className={classes.row} data-testid="incident-row" data-state={state} data-severity={severity}>
      <span className={classes.mark}>
        <SeverityMark severity={severity} iconOnly />
      </span>
      <span className={classes.what}>
        <Link to={`/incidents/${number}`} className={groups.title} data-row>
          <span className="dim">#{number}</span>
          <PlainLine text={title} className={groups.name} />
        </Link>
        <span className={groups.meta}>
          <IncidentStateMark state={state} />
          <span>
            {firing > 0 ? `${firing} of ${alertsText(alerts)} ${firing === 1 ? "fires" : "fire"}` : alertsText(alerts)}
          </span>
          {services.length === 0 ? null : (
            <span>
              {services.slice(0, 4).join(", ")}
              {services.length > 4 ? ` and ${services.length - 4} more` : ""}
            </span>
          )}
        </span>
      </span>
      <span className={classes.since}>
        <span>{owner === "" ? (state === "resolved" ? "" : "nobody has it") : `${owner} has it`}</span>
        <Times incident={incident} />
      </span>
    </div>
  );
}

function Times({ incident: { state, opened, quietSince, resolved } }: { incident: Incident }) {
  if (state === "resolved") {
    return (
      <span>
        over <Timestamp value={resolved} style="ago" />
      </span>
    );
  }
  return (
    <span>
      {state === "mitigated" ? "quiet since " : "since "}
      <Timestamp value={state === "mitigated" ? quietSince : opened} style="ago" />
    </span>
  );
}

function alertsText(alerts: number): string {
  return alerts === 1 ? "1 alert" : `${alerts} alerts`;
}
