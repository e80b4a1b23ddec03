import { Button } from "@mantine/core";
import { SEVERITIES } from "@sightline/model/severity";
import { IconBellCheck, IconUserCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { AlertGroup, AlertGroupPage, GroupedAlert } from "../../api/alert-group-types.ts";
import { firingQuery } from "../../api/alert-groups.ts";
import { Panel } from "../../components/panel.tsx";
import { PlainLine } from "../../components/plain.tsx";
import { SeverityMark } from "../../components/severity.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { Timestamp } from "../../time/timestamp.tsx";
import row from "../alerts/alert-row.module.css";
import { headlineOf } from "../alerts/groups/group-rows.ts";
import { useAct } from "../alerts/groups/use-act.ts";
import classes from "./lists.module.css";

const shown = 4;

/** The alerts that somebody must look at, be they of rules or sent by others, with a button to take each. */
export function AlertsPanel() {
  const firing = useQuery(firingQuery);
  const count = firing.data?.firing ?? 0;
  const alerts = firstOf(firing.data?.groups ?? []);
  return (
    <Panel title="Firing alerts" note={count === 0 ? undefined : String(count)} to="/alerts" flush>
      {firing.isPending ? <SkeletonRows rows={4} /> : null}
      {firing.isError && firing.data === undefined ? (
        <ErrorState compact error={firing.error} onRetry={() => void firing.refetch()} />
      ) : null}
      {firing.data !== undefined && alerts.length === 0 ? <Nothing counts={firing.data} /> : null}
      <ul className={classes.list}>
        {alerts.map((alert) => (
          <FiringRow key={alert.fingerprint} alert={alert} />
        ))}
      </ul>
      {count > alerts.length ? (
        <Link to="/alerts" className={classes.more}>
          {count - alerts.length} more
        </Link>
      ) : null}
    </Panel>
  );
}

/** The first of the groups that need somebody first, each once: an alert may be in several. */
function firstOf(groups: readonly AlertGroup[]): GroupedAlert[] {
  const alerts = groups.flatMap((group) => group.alerts.filter(({ state }) => state === "firing"));
  return [...new Map(alerts.map((alert) => [alert.fingerprint, alert])).values()].slice(0, shown);
}

function Nothing({ counts: { acknowledged, suppressed } }: { counts: AlertGroupPage }) {
  return (
    <EmptyState compact icon={<IconBellCheck size={28} stroke={1.4} aria-hidden />} title="Nothing needs you">
      {acknowledged + suppressed === 0 ? (
        <>
          No alert is active. <Link to="/alerts/rules">Rules</Link> decide what becomes one.
        </>
      ) : (
        <Link to="/alerts?state=acknowledged&state=suppressed">
          {acknowledged} acknowledged, {suppressed} suppressed
        </Link>
      )}
    </EmptyState>
  );
}

function FiringRow({ alert }: { alert: GroupedAlert }) {
  const act = useAct();
  const severity = SEVERITIES.find((known) => known === alert.labels["severity"]);
  const headline = headlineOf(alert);
  return (
    <li className={row.row} data-testid="firing-row">
      <div className={row.what}>
        <div className={row.line}>
          {severity === undefined ? null : <SeverityMark severity={severity} iconOnly />}
          <Link to={`/alerts/${alert.fingerprint}`} className={row.summary}>
            <PlainLine text={headline} className={row.words} />
          </Link>
        </div>
        <div className={row.meta}>
          <span>
            since <Timestamp value={alert.startsAt} style="ago" />
          </span>
        </div>
      </div>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`Acknowledge: ${headline}`}
        leftSection={<IconUserCheck size={14} aria-hidden />}
        loading={act.isPending}
        onClick={() => act.mutate({ target: { alert: alert.fingerprint }, action: { verb: "acknowledge" } })}
      >
        Acknowledge
      </Button>
    </li>
  );
}
