import { Button } from "@mantine/core";
import { IconCheck, IconUserCheck } from "@tabler/icons-react";
import { Link } from "react-router";
import type { Alert, AlertDetail } from "../../../api/alert-types.ts";
import { Field, Fields } from "../../../components/fields.tsx";
import { Panel } from "../../../components/panel.tsx";
import { PlainBlock } from "../../../components/plain.tsx";
import { SeverityMark } from "../../../components/severity.tsx";
import { AlertStateMark } from "../../../components/status.tsx";
import { significant } from "../../../format/number.ts";
import { Timestamp } from "../../../time/timestamp.tsx";
import { lastingOf, sinceOf } from "../alert-times.ts";
import groups from "../groups/groups.module.css";
import { useAlertChange } from "../use-alert-change.ts";
import { AlertFacts } from "./alert-facts.tsx";
import { ChannelAttempts } from "./channel-attempts.tsx";
import classes from "./one.module.css";
import { Told } from "./told.tsx";

/** An alert of a rule, also before it fires and after it ended. */
export function RuleAlertPage({ detail }: { detail: AlertDetail }) {
  const { alert } = detail;
  return (
    <div className={classes.columns}>
      <div className={classes.side}>
        <Panel>
          <div className={classes.top}>
            <SeverityMark severity={alert.severity} />
            <AlertStateMark state={alert.state} />
            <span>
              since <Timestamp value={sinceOf(alert)} style="ago" />
            </span>
            {alert.acknowledgedBy === "" ? null : <span>{alert.acknowledgedBy} has it</span>}
          </div>
          <h2 className={classes.title}>
            <PlainBlock text={alert.summary === "" ? alert.ruleName : alert.summary} />
          </h2>
          {alert.state === "resolved" ? null : <Actions alert={alert} />}
        </Panel>
        <Told id={alert.alertId} start={undefined} />
      </div>
      <div className={classes.side}>
        <Panel title="Its rule">
          <Fields>
            <Field name="Rule">
              <Link to={`/alerts/rules/${encodeURIComponent(alert.ruleId)}`}>{alert.ruleName}</Link>
            </Field>
            <Field name="Newest value">{significant(alert.value)}</Field>
            <Field name={alert.resolvedAt === null ? "Lasting" : "Lasted"}>{lastingOf(alert, Date.now())}</Field>
            <Field name="Resolved by">{alert.resolvedBy}</Field>
          </Fields>
        </Panel>
        <AlertFacts labels={alert.labels} annotations={alert.annotations} generatorUrl="" />
        <ChannelAttempts attempts={detail.notifications} />
      </div>
    </div>
  );
}

function Actions({ alert }: { alert: Alert }) {
  const change = useAlertChange();
  const act = (what: "acknowledge" | "resolve") => change.mutate({ alertId: alert.alertId, change: what, note: "" });
  return (
    <div className={groups.actions}>
      {alert.state === "acknowledged" ? null : (
        <Button
          size="sm"
          leftSection={<IconUserCheck size={15} aria-hidden />}
          loading={change.isPending}
          onClick={() => act("acknowledge")}
        >
          Acknowledge
        </Button>
      )}
      <Button
        size="sm"
        variant="default"
        leftSection={<IconCheck size={15} aria-hidden />}
        loading={change.isPending}
        onClick={() => act("resolve")}
      >
        Resolve
      </Button>
    </div>
  );
}
