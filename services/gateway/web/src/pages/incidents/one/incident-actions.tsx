import { Button, Popover, Select, Textarea, TextInput } from "@mantine/core";
import { IconArrowMerge, IconPencil, IconUserCheck, IconUserShare } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { type Incident, incidentsQuery } from "../../../api/incidents.ts";
import { sessionQuery } from "../../../api/session.ts";
import { ConfirmButton } from "../../../components/confirm-button.tsx";
import groups from "../../alerts/groups/groups.module.css";
import classes from "./one.module.css";
import { useIncidentAct } from "./use-incident-act.ts";

/** What people can do about an incident: write a note, take it, name it, merge another into it, say that it is over. */
export function IncidentActions({ incident }: { incident: Incident }) {
  const { incidentId, state, owner, title } = incident;
  const [note, setNote] = useState("");
  const act = useIncidentAct(incidentId);
  const me = useQuery(sessionQuery).data?.user.username ?? "";
  const clear = { onSuccess: () => setNote("") };
  return (
    <>
      <Textarea
        className={groups.note ?? ""}
        label="Note"
        placeholder="What you found or did: it goes into the time line"
        autosize
        maxRows={8}
        maxLength={4096}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className={groups.actions}>
        <Button
          size="sm"
          data-testid="incident-note"
          disabled={note.trim() === ""}
          loading={act.isPending}
          onClick={() => act.mutate({ verb: "notes", text: note }, clear)}
        >
          Add note
        </Button>
        {me === "" || owner === me ? null : (
          <Button
            size="sm"
            variant="default"
            data-testid="incident-take"
            leftSection={<IconUserCheck size={15} aria-hidden />}
            loading={act.isPending}
            onClick={() => act.mutate({ verb: "change", owner: me })}
          >
            I have it
          </Button>
        )}
        <OneField
          label="Give to"
          icon={<IconUserShare size={15} aria-hidden />}
          field="Who shall see to it"
          placeholder="a user's name; empty: nobody"
          initial={owner}
          onSave={(name) => act.mutate({ verb: "change", owner: name })}
        />
        <OneField
          label="Rename"
          icon={<IconPencil size={15} aria-hidden />}
          field="Title"
          placeholder=""
          initial={title}
          onSave={(text) => act.mutate({ verb: "change", title: text })}
        />
        {state === "resolved" ? null : (
          <>
            <Merge incident={incident} onMerge={(from) => act.mutate({ verb: "merge", from })} />
            <ConfirmButton
              label="Close"
              question="Is it over?"
              loading={act.isPending}
              onConfirm={() => act.mutate({ verb: "close", note }, clear)}
            />
          </>
        )}
      </div>
    </>
  );
}

function OneField(props: {
  label: string;
  icon: ReactNode;
  field: string;
  placeholder: string;
  initial: string;
  onSave: (value: string) => void;
}) {
  const { label, icon, field, placeholder, initial, onSave } = props;
  const [opened, setOpened] = useState(false);
  const [value, setValue] = useState(initial);
  const open = () => {
    setValue(initial);
    setOpened(!opened);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onSave(value.trim());
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus position="bottom-start">
      <Popover.Target>
        <Button size="sm" variant="default" leftSection={icon} onClick={open}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={onSubmit} className={classes.popover}>
          <TextInput
            label={field}
            placeholder={placeholder}
            maxLength={256}
            data-autofocus
            value={value}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Button type="submit" size="sm">
            Save
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

function Merge({ incident, onMerge }: { incident: Incident; onMerge: (from: string) => void }) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus position="bottom-start" width={340}>
      <Popover.Target>
        <Button
          size="sm"
          variant="default"
          data-testid="incident-merge"
          leftSection={<IconArrowMerge size={15} aria-hidden />}
          onClick={() => setOpened(!opened)}
        >
          Merge
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <MergeForm
          incident={incident}
          onMerge={(from) => {
            onMerge(from);
            setOpened(false);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function MergeForm({ incident, onMerge }: { incident: Incident; onMerge: (from: string) => void }) {
  const [from, setFrom] = useState<string | null>(null);
  const { data } = useInfiniteQuery(incidentsQuery(["open", "mitigated"]));
  const others = data?.pages.flat().filter(({ incidentId }) => incidentId !== incident.incidentId) ?? [];
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (from !== null) onMerge(from);
  };
  return (
    <form onSubmit={onSubmit} className={classes.popover}>
      <Select
        className={classes.field ?? ""}
        size="sm"
        label="Whose alerts become part of this incident"
        placeholder={data === undefined || others.length > 0 ? "another incident" : "no other is open"}
        searchable
        data-autofocus
        comboboxProps={{ withinPortal: false }}
        data={others.map(({ incidentId, number, title }) => ({ value: incidentId, label: `#${number} ${title}` }))}
        value={from}
        onChange={setFrom}
      />
      <Button type="submit" size="sm" disabled={from === null}>
        Merge
      </Button>
    </form>
  );
}
