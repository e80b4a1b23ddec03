import { Button, Drawer, Textarea } from "@mantine/core";
import { IconCheck, IconUserCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import type { Alert, AlertDetail } from "../../api/alert-types.ts";
import { alertQuery } from "../../api/alerts.ts";
import { DetailSection, Field, Fields } from "../../components/fields.tsx";
import { Labels } from "../../components/labels.tsx";
import { PlainBlock, PlainLine } from "../../components/plain.tsx";
import { SeverityMark } from "../../components/severity.tsx";
import { ErrorState, SkeletonRows } from "../../components/states.tsx";
import { AlertStateMark } from "../../components/status.tsx";
import { significant } from "../../format/number.ts";
import { Timestamp } from "../../time/timestamp.tsx";
import classes from "./alert-drawer.module.css";
import { lastingOf } from "./alert-times.ts";
import { useAlertChange } from "./use-alert-change.ts";

/** One alert: what it says, what can be done, what happened to it, and who was told. */
export function AlertDrawer() {
  const { alertId = "" } = useParams();
  const navigate = useNavigate();
  const detail = useQuery(alertQuery(alertId));
  return (
    <Drawer opened onClose={() => void navigate("/alerts")} size={620} title="Alert" data-testid="alert-drawer">
      {detail.data !== undefined ? <Detail detail={detail.data} /> : null}
      {detail.isPending ? <SkeletonRows rows={8} /> : null}
      {detail.isError && detail.data === undefined ? (
        <ErrorState error={detail.error} onRetry={() => void detail.refetch()} />
      ) : null}
    </Drawer>
  );
}

function Detail({ detail }: { detail: AlertDetail }) {
  const { alert } = detail;
  return (
    <article className={classes.alert}>
      <div className={classes.marks}>
        <SeverityMark severity={alert.severity} />
        <AlertStateMark state={alert.state} />
      </div>
      <h2 className={classes.title}>
        <PlainBlock text={alert.summary === "" ? alert.ruleName : alert.summary} />
      </h2>
      {alert.state === "resolved" ? null : <Actions alert={alert} />}
      <DetailSection title="What">
        <Fields>
          <Field name="Rule">
            <Link to={`/alerts/rules/${encodeURIComponent(alert.ruleId)}`}>{alert.ruleName}</Link>
          </Field>
          <Field name="Newest value">{significant(alert.value)}</Field>
          <Field name={alert.resolvedAt === null ? "Lasting" : "Lasted"}>{lastingOf(alert, Date.now())}</Field>
          <Field name="Acknowledged by">{alert.acknowledgedBy}</Field>
          <Field name="Resolved by">{alert.resolvedBy}</Field>
          <Field name="Labels">
            {Object.keys(alert.labels).length === 0 ? null : <Labels labels={alert.labels} max={64} />}
          </Field>
          {Object.entries(alert.annotations).map(([name, value]) => (
            <Field key={name} name={name}>
              <Annotation value={value} />
            </Field>
          ))}
        </Fields>
      </DetailSection>
      <History detail={detail} />
      <Notifications detail={detail} />
    </article>
  );
}

function Actions({ alert }: { alert: Alert }) {
  const [note, setNote] = useState("");
  const change = useAlertChange();
  const act = (what: "acknowledge" | "resolve") =>
    change.mutate({ alertId: alert.alertId, change: what, note }, { onSuccess: () => setNote("") });
  return (
    <div className={classes.actions}>
      <Textarea
        label="Note"
        placeholder="What you found or are doing about it (optional)"
        autosize
        minRows={2}
        maxRows={6}
        maxLength={4096}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={classes.buttons}>
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
    </div>
  );
}

function History({ detail }: { detail: AlertDetail }) {
  return (
    <DetailSection title="History">
      <ol className={classes.history}>
        {detail.history.map((step) => (
          <li key={`${step.time} ${step.toState}`}>
            <span className={classes.when}>
              <Timestamp value={step.time} />
            </span>
            <AlertStateMark state={step.toState} />
            <span className="dim">{step.actor === "rule" ? "by the rule" : `by ${step.actor}`}</span>
            {step.note === "" ? null : <PlainBlock text={step.note} className={classes.note} />}
          </li>
        ))}
      </ol>
    </DetailSection>
  );
}

function Notifications({ detail }: { detail: AlertDetail }) {
  return (
    <DetailSection title="Who was told">
      {detail.notifications.length === 0 ? <p className="dim">Nobody yet.</p> : null}
      <ol className={classes.history}>
        {detail.notifications.map((attempt) => (
          <li key={`${attempt.time} ${attempt.channel} ${attempt.attempt} ${attempt.status}`}>
            <span className={classes.when}>
              <Timestamp value={attempt.time} />
            </span>
            <span>
              {attempt.channel}, {attempt.status}
              {attempt.attempt > 1 ? `, attempt ${attempt.attempt}` : ""}
            </span>
            <span style={{ color: attempt.delivered ? "var(--healthy)" : "var(--error)" }}>
              {attempt.delivered ? "✓ delivered" : "✕ failed"}
            </span>
            <PlainLine text={attempt.outcome} className={classes.note} />
          </li>
        ))}
      </ol>
    </DetailSection>
  );
}

/** An address that can be opened becomes a link; anything else stays text. */
function Annotation({ value }: { value: string }) {
  if (!/^https?:\/\/[^\s]+$/.test(value)) return <PlainBlock text={value} />;
  return (
    <a href={value} target="_blank" rel="noreferrer noopener">
      <PlainLine text={value} className={classes.link} />
    </a>
  );
}
