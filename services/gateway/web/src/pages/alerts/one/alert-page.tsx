import { SEVERITIES } from "@sightline/model/severity";
import { useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { Link, useParams } from "react-router";
import type { RoutedAlert } from "../../../api/alert-group-types.ts";
import { routedAlertQuery } from "../../../api/alert-groups.ts";
import { alertQuery } from "../../../api/alerts.ts";
import { Panel } from "../../../components/panel.tsx";
import { PlainBlock } from "../../../components/plain.tsx";
import { SeverityMark } from "../../../components/severity.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../../components/states.tsx";
import { msOf } from "../../../time/format-time.ts";
import { Timestamp } from "../../../time/timestamp.tsx";
import { GroupEscalations } from "../../oncall/escalations/group-escalations.tsx";
import { AlertsFrame } from "../alerts-frame.tsx";
import { CareActions } from "../groups/care-actions.tsx";
import { addressOfGroup, GroupName } from "../groups/group-lines.tsx";
import { headlineOf } from "../groups/group-rows.ts";
import { CareWords, HiddenBy } from "../groups/hidden-by.tsx";
import { GroupBar, GroupedStateMark } from "../groups/state-looks.tsx";
import { AlertFacts } from "./alert-facts.tsx";
import classes from "./one.module.css";
import { RuleAlertPage } from "./rule-alert.tsx";
import { RuleLink, useAlertOfFile } from "./rule-link.tsx";
import { Told } from "./told.tsx";

const fingerprintPattern = /^[0-9a-f]{16}$/;

/** One alert: what it says, what can be done, who was told and why. Known by its id, or by the fingerprint of its labels. */
export function AlertPage() {
  const { alertId = "" } = useParams();
  return (
    <AlertsFrame title="Alert">
      {fingerprintPattern.test(alertId) ? (
        <Routed key={alertId} fingerprint={alertId} />
      ) : (
        <OfRule key={alertId} alertId={alertId} />
      )}
    </AlertsFrame>
  );
}

function OfRule({ alertId }: { alertId: string }) {
  const detail = useQuery(alertQuery(alertId));
  if (detail.isPending) return <SkeletonRows rows={10} />;
  if (detail.data === undefined) return <ErrorState error={detail.error} onRetry={() => void detail.refetch()} />;
  return <RuleAlertPage detail={detail.data} />;
}

function Routed({ fingerprint }: { fingerprint: string }) {
  const routed = useQuery(routedAlertQuery(fingerprint));
  if (routed.isPending) return <SkeletonRows rows={10} />;
  if (routed.data === undefined) return <ErrorState error={routed.error} onRetry={() => void routed.refetch()} />;
  if (routed.data === null) {
    return (
      <>
        <EmptyState compact title="This alert is over">
          What was decided about it on the last day is kept. <Link to="/alerts">What fires now</Link>
        </EmptyState>
        <Told id={fingerprint} start={undefined} />
      </>
    );
  }
  return <Firing routed={routed.data} />;
}

function Firing({ routed: { alert, groups } }: { routed: RoutedAlert }) {
  const severity = SEVERITIES.find((known) => known === alert.labels["severity"]);
  const ofFile = useAlertOfFile(alert.fingerprint);
  return (
    <div className={classes.columns}>
      <div className={classes.side}>
        <Panel>
          <div className={classes.top}>
            {severity === undefined ? null : <SeverityMark severity={severity} />}
            <GroupedStateMark state={alert.state} />
            <span>
              since <Timestamp value={alert.startsAt} style="ago" />
            </span>
            <CareWords care={alert.care} />
            <HiddenBy alert={alert} />
          </div>
          <h2 className={classes.title}>
            <PlainBlock text={headlineOf(alert)} />
          </h2>
          {alert.care.note === "" ? null : <PlainBlock text={alert.care.note} className="dim" />}
          <CareActions target={{ alert: alert.fingerprint }} care={alert.care} labels={alert.labels} />
        </Panel>
        <Told id={alert.fingerprint} start={msOf(alert.startsAt) < Date.now() ? alert.startsAt : undefined} />
      </div>
      <div className={classes.side}>
        <AlertFacts
          labels={alert.labels}
          annotations={alert.annotations}
          generatorUrl={alert.generatorUrl}
          rule={ofFile === undefined ? undefined : <RuleLink alert={ofFile} />}
        />
        {groups.map((group) => (
          <Fragment key={`${group.groupId} ${group.receiver}`}>
            <Panel title={`Group, told to ${group.receiver}`} to={addressOfGroup(group)}>
              <div className={classes.top}>
                <GroupName group={group} />
                <GroupBar group={group} />
              </div>
            </Panel>
            <GroupEscalations groupKey={group.groupKey} receiver={group.receiver} />
          </Fragment>
        ))}
      </div>
    </div>
  );
}
