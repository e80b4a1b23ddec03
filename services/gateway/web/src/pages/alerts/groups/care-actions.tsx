import { Button, Menu, Popover, Textarea, TextInput } from "@mantine/core";
import { IconBellOff, IconBellZ, IconCheck, IconUserCheck, IconUserShare } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import type { ActionTarget, AlertAction } from "../../../api/alert-groups.ts";
import type { Care } from "../../../api/care.ts";
import { addressOfSilence } from "../../silences/matcher-text.ts";
import classes from "./groups.module.css";
import { useAct } from "./use-act.ts";

const HOUR = 3600;
const snoozes = [
  { label: "30 minutes", forSeconds: HOUR / 2 },
  { label: "2 hours", forSeconds: 2 * HOUR },
  { label: "8 hours", forSeconds: 8 * HOUR },
  { label: "1 day", forSeconds: 24 * HOUR },
] as const;

/** What can be done to an alert or a group, with a note for the others. */
export function CareActions(props: {
  target: ActionTarget;
  care: Care;
  /** Of what a silence would be about. */
  labels: Readonly<Record<string, string>>;
  /** Whether it can be said that it is over. */
  resolvable?: boolean;
  /** The focus goes to the button: a link asked whether to acknowledge. */
  asked?: boolean;
}) {
  const { target, care, labels, resolvable = false, asked = false } = props;
  const [note, setNote] = useState("");
  const act = useAct();
  const run = (action: AlertAction) => act.mutate({ target, action, note }, { onSuccess: () => setNote("") });
  const isHeld = care.acknowledgedBy !== "" || care.snoozedBy !== "";
  return (
    <>
      <Textarea
        className={classes.note ?? ""}
        label="Note"
        placeholder="What you found or are doing about it (optional)"
        autosize
        maxRows={6}
        maxLength={4096}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={classes.actions}>
        {care.acknowledgedBy === "" ? (
          <Button
            size="sm"
            autoFocus={asked}
            data-testid="acknowledge"
            leftSection={<IconUserCheck size={15} aria-hidden />}
            loading={act.isPending}
            onClick={() => run({ verb: "acknowledge" })}
          >
            Acknowledge
          </Button>
        ) : null}
        {isHeld ? (
          <Button size="sm" variant="default" loading={act.isPending} onClick={() => run({ verb: "unacknowledge" })}>
            {care.snoozedBy === "" ? "Take the acknowledgement back" : "End the snooze"}
          </Button>
        ) : null}
        {resolvable ? (
          <Button
            size="sm"
            variant="default"
            leftSection={<IconCheck size={15} aria-hidden />}
            loading={act.isPending}
            onClick={() => run({ verb: "resolve" })}
          >
            Resolve
          </Button>
        ) : null}
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
        <Assign assignee={care.assignee} onAssign={(assignee) => run({ verb: "assign", assignee })} />
        <Button
          component={Link}
          to={addressOfSilence(labels)}
          size="sm"
          variant="default"
          leftSection={<IconBellOff size={15} aria-hidden />}
        >
          Silence
        </Button>
      </div>
    </>
  );
}

function Assign({ assignee, onAssign }: { assignee: string; onAssign: (assignee: string) => void }) {
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState(assignee);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onAssign(name.trim());
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus position="bottom-start">
      <Popover.Target>
        <Button
          size="sm"
          variant="default"
          leftSection={<IconUserShare size={15} aria-hidden />}
          onClick={() => setOpened(!opened)}
        >
          Assign
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={onSubmit} className={classes.actions} style={{ marginTop: 0, alignItems: "end" }}>
          <TextInput
            label="Who shall see to it"
            placeholder="a user's name; empty: nobody"
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" size="sm">
            Assign
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
