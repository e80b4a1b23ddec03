import { Button } from "@mantine/core";
import { IconUserCheck } from "@tabler/icons-react";
import { Link } from "react-router";
import type { Alert } from "../../api/alert-types.ts";
import { Labels } from "../../components/labels.tsx";
import { PlainLine } from "../../components/plain.tsx";
import { SeverityMark } from "../../components/severity.tsx";
import { AlertStateMark } from "../../components/status.tsx";
import { Timestamp } from "../../time/timestamp.tsx";
import classes from "./alert-row.module.css";
import { lastingOf, sinceOf } from "./alert-times.ts";
import { useAlertChange } from "./use-alert-change.ts";

/** One alert in a list: what, where, since when, and a button to take it. */
export function AlertRow({ alert }: { alert: Alert }) {
  return (
    <li className={classes.row} data-testid="alert-row" data-state={alert.state} data-severity={alert.severity}>
      <div className={classes.what}>
        <div className={classes.line}>
          <SeverityMark severity={alert.severity} iconOnly />
          <Link to={`/alerts/${encodeURIComponent(alert.alertId)}`} className={classes.summary}>
            <PlainLine text={alert.summary === "" ? alert.ruleName : alert.summary} className={classes.words} />
          </Link>
        </div>
        <div className={classes.meta}>
          <AlertStateMark state={alert.state} />
          <span>
            {alert.state === "resolved" ? "" : "since "}
            <Timestamp value={sinceOf(alert)} style="ago" />
          </span>
          {alert.state === "resolved" ? <span>lasted {lastingOf(alert, Date.now()) || "no time"}</span> : null}
          {alert.acknowledgedBy === "" ? null : <span>by {alert.acknowledgedBy}</span>}
          <span>{alert.ruleName}</span>
          <Labels labels={alert.labels} />
        </div>
      </div>
      <AcknowledgeButton alert={alert} />
    </li>
  );
}

function AcknowledgeButton({ alert }: { alert: Alert }) {
  const change = useAlertChange();
  if (alert.state !== "firing" && alert.state !== "pending") return null;
  return (
    <Button
      variant="default"
      size="compact-sm"
      data-testid="alert-acknowledge"
      aria-label={`Acknowledge: ${alert.ruleName}`}
      leftSection={<IconUserCheck size={14} aria-hidden />}
      loading={change.isPending}
      onClick={() => change.mutate({ alertId: alert.alertId, change: "acknowledge", note: "" })}
    >
      Acknowledge
    </Button>
  );
}
