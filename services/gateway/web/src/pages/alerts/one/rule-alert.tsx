import type { AlertDetail } from "../../../api/alert-types.ts";
import { Field, Fields } from "../../../components/fields.tsx";
import { Panel } from "../../../components/panel.tsx";
import { PlainBlock } from "../../../components/plain.tsx";
import { SeverityMark } from "../../../components/severity.tsx";
import { AlertStateMark } from "../../../components/status.tsx";
import { significant } from "../../../format/number.ts";
import { Timestamp } from "../../../time/timestamp.tsx";
import { lastingOf, sinceOf } from "../alert-times.ts";
import { CareActions } from "../groups/care-actions.tsx";
import { CareWords } from "../groups/hidden-by.tsx";
import { AlertFacts } from "./alert-facts.tsx";
import { ChannelAttempts } from "./channel-attempts.tsx";
import classes from "./one.module.css";
import { RuleLink } from "./rule-link.tsx";
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
            <CareWords care={alert.care} />
          </div>
          <h2 className={classes.title}>
            <PlainBlock text={alert.summary === "" ? alert.ruleName : alert.summary} />
          </h2>
          {alert.care.note === "" ? null : <PlainBlock text={alert.care.note} className="dim" />}
          {alert.state === "resolved" ? null : (
            <CareActions
              target={{ alert: alert.alertId }}
              care={alert.care}
              labels={{ alertname: alert.ruleName, ...alert.labels }}
              resolvable
            />
          )}
        </Panel>
        <Told id={alert.alertId} start={undefined} />
      </div>
      <div className={classes.side}>
        <Panel title="Its rule">
          <Fields>
            <Field name="Rule">
              <RuleLink alert={alert} />
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
