import { Button, Checkbox, TextInput } from "@mantine/core";
import { IconArrowsSplit2 } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { Link, useNavigate } from "react-router";
import type { IncidentAlert, IncidentDetail } from "../../../api/incidents.ts";
import { Panel } from "../../../components/panel.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import { SeverityMark } from "../../../components/severity.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import groups from "../../alerts/groups/groups.module.css";
import { nameOf } from "./incident-picture.tsx";
import classes from "./one.module.css";
import { useIncidentAct } from "./use-incident-act.ts";

/** The alerts of an incident, each with why it is part of it; some can be made an incident of their own. */
export function IncidentAlerts({ detail: { incident, alerts } }: { detail: IncidentDetail }) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const taken = alerts.filter(({ fingerprint }) => chosen.includes(fingerprint));
  const isSplittable = incident.state !== "resolved" && alerts.length > 1;
  const toggle = (fingerprint: string) =>
    setChosen(chosen.includes(fingerprint) ? chosen.filter((one) => one !== fingerprint) : [...chosen, fingerprint]);
  return (
    <Panel title="Its alerts, and why" note={alerts.length} flush>
      <ul className={classes.alerts}>
        {alerts.map((alert) => (
          <li key={alert.fingerprint} data-testid="incident-alert">
            {isSplittable ? (
              <Checkbox
                size="xs"
                aria-label={`Choose ${nameOf(alert)}`}
                checked={chosen.includes(alert.fingerprint)}
                onChange={() => toggle(alert.fingerprint)}
              />
            ) : null}
            <AlertWords alert={alert} />
          </li>
        ))}
      </ul>
      {isSplittable && taken.length > 0 ? (
        <SplitForm
          incidentId={incident.incidentId}
          fingerprints={taken.map(({ fingerprint }) => fingerprint)}
          isAll={taken.length === alerts.length}
        />
      ) : null}
    </Panel>
  );
}

function AlertWords({ alert }: { alert: IncidentAlert }) {
  const { fingerprint, severity, summary, starts, ended, reason } = alert;
  return (
    <>
      <SeverityMark severity={severity} iconOnly />
      <span className={classes.said}>
        <Link to={`/alerts/${fingerprint}`} className={groups.title}>
          <PlainLine text={nameOf(alert)} className={groups.name} />
        </Link>
        {summary === "" ? null : <PlainLine text={summary} className="" />}
        <span className={classes.why} data-testid="incident-reason">
          <PlainLine text={reason} className="" />
        </span>
      </span>
      <span className={groups.since}>
        {ended === null ? "fires since " : "ended "}
        <Timestamp value={ended ?? starts} style="ago" />
      </span>
    </>
  );
}

function SplitForm(props: { incidentId: string; fingerprints: readonly string[]; isAll: boolean }) {
  const { incidentId, fingerprints, isAll } = props;
  const [title, setTitle] = useState("");
  const navigate = useNavigate();
  const act = useIncidentAct(incidentId);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const action = { verb: "split", fingerprints, title: title.trim() } as const;
    act.mutate(action, { onSuccess: ({ number }) => void navigate(`/incidents/${number}`) });
  };
  return (
    <form className={classes.apart} onSubmit={onSubmit} data-testid="incident-split">
      <TextInput
        className={classes.field ?? ""}
        label="Title of the new incident"
        placeholder="empty: by its first alert"
        maxLength={256}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <Button
        type="submit"
        size="sm"
        disabled={isAll}
        title={isAll ? "Leave at least one" : undefined}
        loading={act.isPending}
        leftSection={<IconArrowsSplit2 size={15} aria-hidden />}
      >
        Make {fingerprints.length} an incident of their own
      </Button>
    </form>
  );
}
