import { Button, Menu, Popover, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { IconBellZ, IconPlayerPlay, IconUserCheck, IconUserShare } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Escalation, EscalationAction } from "../../../api/escalations.ts";
import { policiesQuery } from "../../../api/oncall.ts";
import { ConfirmButton } from "../../../components/confirm-button.tsx";
import groups from "../../alerts/groups/groups.module.css";
import incident from "../../incidents/one/one.module.css";
import { useEscalationAct } from "./use-escalation-act.ts";

const HOUR = 3600;
/** How long, and not until when: the clock of who looks at the page may be any. */
const snoozes = [
  { label: "30 minutes", forSeconds: HOUR / 2 },
  { label: "2 hours", forSeconds: 2 * HOUR },
  { label: "8 hours", forSeconds: 8 * HOUR },
  { label: "1 day", forSeconds: 24 * HOUR },
] as const;

/** What can be done about an escalation that is not over, with a note for the others. */
export function EscalationActions({ escalation }: { escalation: Escalation }) {
  const { escalationId, status } = escalation;
  const [note, setNote] = useState("");
  const act = useEscalationAct(escalationId);
  const run = (action: EscalationAction) => act.mutate({ action, note }, { onSuccess: () => setNote("") });
  return (
    <>
      <Textarea
        className={groups.note ?? ""}
        label="Note"
        placeholder="What you found or are doing about it (optional)"
        autosize
        maxRows={6}
        maxLength={4096}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={groups.actions}>
        {status === "acknowledged" ? null : (
          <Button
            size="sm"
            data-testid="escalation-acknowledge"
            leftSection={<IconUserCheck size={15} aria-hidden />}
            loading={act.isPending}
            onClick={() => run({ verb: "acknowledge" })}
          >
            Acknowledge
          </Button>
        )}
        {status === "running" ? null : (
          <Button
            size="sm"
            variant="default"
            data-testid="escalation-resume"
            leftSection={<IconPlayerPlay size={15} aria-hidden />}
            loading={act.isPending}
            onClick={() => run({ verb: "resume" })}
          >
            Begin again
          </Button>
        )}
        <Menu position="bottom-start">
          <Menu.Target>
            <Button size="sm" variant="default" leftSection={<IconBellZ size={15} aria-hidden />}>
              Snooze
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {snoozes.map(({ label, forSeconds }) => (
              <Menu.Item key={label} onClick={() => run({ verb: "snooze", forSeconds })}>
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
        <Reassign policy={escalation.policy} onReassign={(to) => run({ verb: "reassign", to })} />
        <ConfirmButton
          label="End"
          question="End it for everybody?"
          loading={act.isPending}
          onConfirm={() => run({ verb: "resolve" })}
        />
      </div>
    </>
  );
}

type To = Extract<EscalationAction, { verb: "reassign" }>["to"];

function Reassign({ policy, onReassign }: { policy: string; onReassign: (to: To) => void }) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus position="bottom-start" width={320}>
      <Popover.Target>
        <Button
          size="sm"
          variant="default"
          data-testid="escalation-reassign"
          leftSection={<IconUserShare size={15} aria-hidden />}
          onClick={() => setOpened(!opened)}
        >
          Give to
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <ReassignForm
          policy={policy}
          onReassign={(to) => {
            onReassign(to);
            setOpened(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function ReassignForm({ policy, onReassign }: { policy: string; onReassign: (to: To) => void }) {
  const [kind, setKind] = useState<To["kind"]>("user");
  const [name, setName] = useState("");
  const { data: policies = [] } = useQuery(policiesQuery);
  const wanted = name.trim();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onReassign(kind === "user" ? { kind, user: wanted } : { kind, policy: wanted });
  };
  return (
    <form onSubmit={onSubmit} className={incident.popover}>
      <SegmentedControl
        aria-label="Whom to give it to"
        value={kind}
        data={[
          { value: "user", label: "A user" },
          { value: "policy", label: "A policy" },
        ]}
        onChange={(value) => {
          setKind(value === "policy" ? "policy" : "user");
          setName("");
        }}
      />
      {kind === "user" ? (
        <TextInput
          className={incident.field ?? ""}
          label="User, who is told at once"
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      ) : (
        <Select
          className={incident.field ?? ""}
          size="sm"
          label="Policy, which begins"
          comboboxProps={{ withinPortal: false }}
          data={policies.map((one) => one.name).filter((one) => one !== policy)}
          value={name === "" ? null : name}
          onChange={(value) => setName(value ?? "")}
        />
      )}
      <Button type="submit" size="sm" disabled={wanted === ""}>
        Give
      </Button>
    </form>
  );
}
