import { IconBellCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { activeAlertsQuery } from "../../api/alerts.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { AlertRow } from "../alerts/alert-row.tsx";
import classes from "./lists.module.css";

const shown = 4;

/** The alerts that somebody must look at, with a button to take each. */
export function AlertsPanel() {
  const alerts = useQuery(activeAlertsQuery);
  const all = alerts.data?.alerts ?? [];
  return (
    <Panel
      title="Active alerts"
      note={all.length === 0 ? undefined : String(alerts.data?.totalActiveAlerts)}
      to="/alerts"
      flush
    >
      {alerts.isPending ? <SkeletonRows rows={4} /> : null}
      {alerts.isError && alerts.data === undefined ? (
        <ErrorState compact error={alerts.error} onRetry={() => void alerts.refetch()} />
      ) : null}
      {alerts.data !== undefined && all.length === 0 ? (
        <EmptyState compact icon={<IconBellCheck size={28} stroke={1.4} aria-hidden />} title="Nothing needs you">
          No alert is active. <Link to="/alerts/rules">Rules</Link> decide what becomes one.
        </EmptyState>
      ) : null}
      <ul className={classes.list}>
        {all.slice(0, shown).map((alert) => (
          <AlertRow key={alert.alertId} alert={alert} compact />
        ))}
      </ul>
      {all.length > shown ? (
        <Link to="/alerts" className={classes.more}>
          {all.length - shown} more
        </Link>
      ) : null}
    </Panel>
  );
}
