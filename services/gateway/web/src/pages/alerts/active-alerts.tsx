import { IconBellCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Alert, AlertState } from "../../api/alert-types.ts";
import { activeAlertsQuery } from "../../api/alerts.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { AlertRow } from "./alert-row.tsx";
import classes from "./alerts.module.css";

const groups: readonly { readonly state: AlertState; readonly title: string }[] = [
  { state: "firing", title: "Firing" },
  { state: "pending", title: "Pending: the condition holds, but not long enough yet" },
  { state: "acknowledged", title: "Acknowledged" },
];

/** Alerts that have not ended, those that need somebody first. */
export function ActiveAlerts() {
  const alerts = useQuery(activeAlertsQuery);
  if (alerts.isPending) return <SkeletonRows rows={8} />;
  if (alerts.data === undefined) return <ErrorState error={alerts.error} onRetry={() => void alerts.refetch()} />;
  if (alerts.data.alerts.length === 0) {
    return (
      <EmptyState icon={<IconBellCheck size={34} stroke={1.4} aria-hidden />} title="Nothing needs you">
        No alert is active. <Link to="/alerts/rules">Rules</Link> decide what becomes one;{" "}
        <Link to="/alerts/history">history</Link> has those that ended.
      </EmptyState>
    );
  }
  return groups.map(({ state, title }) => (
    <Group key={state} title={title} alerts={alerts.data.alerts.filter((alert) => alert.state === state)} />
  ));
}

function Group({ title, alerts }: { title: string; alerts: readonly Alert[] }) {
  if (alerts.length === 0) return null;
  return (
    <Panel title={title} note={alerts.length} flush>
      <ul className={classes.list}>
        {alerts.map((alert) => (
          <AlertRow key={alert.alertId} alert={alert} />
        ))}
      </ul>
    </Panel>
  );
}
