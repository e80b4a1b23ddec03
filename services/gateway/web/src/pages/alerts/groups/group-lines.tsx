import { Button } from "@mantine/core";
import { SEVERITIES } from "@sightline/model/severity";
import { IconUserCheck } from "@tabler/icons-react";
import { Link } from "react-router";
import type { AlertGroup, GroupedAlert } from "../../../api/alert-group-types.ts";
import { Labels } from "../../../components/labels.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import { SeverityMark } from "../../../components/severity.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import { type GroupLine, headlineOf, ownLabels, sizeOf } from "./group-rows.ts";
import classes from "./groups.module.css";
import { CareWords, HiddenBy } from "./hidden-by.tsx";
import { GroupBar, GroupedStateMark } from "./state-looks.tsx";
import { useAct } from "./use-act.ts";

/** One line of the list of groups; each holds one link that takes the focus. */
export function GroupLineRow({ line }: { line: GroupLine }) {
  switch (line.t) {
    case "group":
      return <GroupHead group={line.group} />;
    case "alert":
      return <AlertLine alert={line.alert} group={line.group} />;
    case "more":
      return (
        <div className={classes.more}>
          <Link to={addressOfGroup(line.group)} data-row>
            {line.count} more in this group
          </Link>
        </div>
      );
  }
}

/** Where a group is looked at by itself: the address that notices have. */
export function addressOfGroup({ groupId }: AlertGroup): string {
  return `/alerts?group=${encodeURIComponent(groupId)}`;
}

function GroupHead({ group }: { group: AlertGroup }) {
  const severity = SEVERITIES.find((known) => known === group.severity);
  return (
    <div className={classes.head} data-testid="alert-group">
      <span className={classes.what}>
        {severity === undefined ? null : <SeverityMark severity={severity} iconOnly />}
        <Link to={addressOfGroup(group)} className={classes.title} data-row>
          <GroupName group={group} />
        </Link>
        <span className={classes.receiver}>
          {"→ "}
          <PlainLine text={group.receiver} className="" />
        </span>
      </span>
      <span className={classes.facts}>
        <CareWords care={group.care} />
        {group.mutedBy.length === 0 ? null : <span>outside its times: {group.mutedBy.join(", ")}</span>}
      </span>
      <GroupBar group={group} />
      <span className={classes.act}>
        <AcknowledgeGroup group={group} />
      </span>
    </div>
  );
}

/** The labels that a group has in common. */
export function GroupName({ group }: { group: AlertGroup }) {
  const { alertname, ...rest } = group.labels;
  if (alertname === undefined && Object.keys(rest).length === 0) return "All alerts";
  return (
    <>
      {alertname === undefined ? null : <PlainLine text={alertname} className={classes.name} />}
      <Labels labels={rest} max={5} />
    </>
  );
}

function AcknowledgeGroup({ group }: { group: AlertGroup }) {
  const act = useAct();
  if (group.firing === 0) return null;
  const count = sizeOf(group);
  return (
    <Button
      variant="default"
      size="compact-sm"
      data-testid="group-acknowledge"
      aria-label={`Acknowledge all ${count} alerts of the group`}
      leftSection={<IconUserCheck size={14} aria-hidden />}
      loading={act.isPending}
      onClick={() => act.mutate({ target: { groupKey: group.groupKey }, action: { verb: "acknowledge" } })}
    >
      Acknowledge all
    </Button>
  );
}

/** One alert: where it stands, what it says, what tells it from the others of its group, who has it or what hides it. */
export function AlertLine({ alert, group }: { alert: GroupedAlert; group: AlertGroup }) {
  const act = useAct();
  return (
    <div className={classes.alert} data-testid="alert-row" data-state={alert.state}>
      <span className={classes.state}>
        <GroupedStateMark state={alert.state} />
      </span>
      <span className={classes.said}>
        <Link to={`/alerts/${alert.fingerprint}`} className={classes.title} data-row>
          <PlainLine text={headlineOf(alert)} className={classes.words} />
        </Link>
        <span className={classes.meta}>
          <Labels labels={ownLabels(alert, group)} max={5} />
          <CareWords care={alert.care} />
          <HiddenBy alert={alert} />
        </span>
      </span>
      <span className={classes.since}>
        <Timestamp value={alert.startsAt} style="ago" />
      </span>
      <span className={classes.act}>
        {alert.state === "firing" ? (
          <Button
            variant="subtle"
            size="compact-sm"
            data-testid="alert-acknowledge"
            aria-label={`Acknowledge: ${headlineOf(alert)}`}
            loading={act.isPending}
            onClick={() => act.mutate({ target: { alert: alert.fingerprint }, action: { verb: "acknowledge" } })}
          >
            Acknowledge
          </Button>
        ) : null}
      </span>
    </div>
  );
}
