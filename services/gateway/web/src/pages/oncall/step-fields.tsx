import { ActionIcon, MultiSelect, NumberInput, Select, TagsInput } from "@mantine/core";
import { isSeverity } from "@sightline/model/severity";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { schedulesQuery } from "../../api/oncall.ts";
import type { Step, Target } from "../../api/oncall-types.ts";
import { SEVERITIES_WORST_FIRST } from "../../components/severity.tsx";
import classes from "./oncall.module.css";
import { OFFICE_HOURS } from "./usual-windows.ts";
import { WindowsField } from "./windows-field.tsx";

/** One step of an escalation while it is being written. */
export function StepFields(props: {
  number: number;
  step: Step;
  onChange: (step: Step) => void;
  /** Undefined where it is the only one. */
  onRemove: (() => void) | undefined;
}) {
  const { number, step, onChange, onRemove } = props;
  const schedules = useQuery(schedulesQuery);
  const set = (changes: Partial<Step>) => onChange({ ...step, ...changes });
  const named = namesOf(step.targets);
  const tell = (changes: Partial<typeof named>) => set({ targets: targetsOf({ ...named, ...changes }) });
  return (
    <section className={classes.card} aria-label={`Step ${number}`} data-testid="policy-step">
      <div className={classes.cardHead}>
        <span>Step {number}</span>
        {onRemove === undefined ? null : (
          <ActionIcon aria-label={`Remove step ${number}`} onClick={onRemove}>
            <IconTrash size={15} aria-hidden />
          </ActionIcon>
        )}
      </div>
      <div className={classes.fields}>
        <NumberInput
          label={number === 1 ? "After the alert" : "After the step before"}
          suffix=" min"
          min={0}
          value={step.delaySeconds / 60}
          onChange={(minutes) => set({ delaySeconds: Math.round((Number(minutes) || 0) * 60) })}
        />
        <MultiSelect
          size="sm"
          label="Whoever is on call in"
          data={[...new Set([...(schedules.data ?? []).map(({ name }) => name), ...named.schedules])]}
          value={named.schedules}
          onChange={(chosen) => tell({ schedules: chosen })}
        />
        <TagsInput
          size="sm"
          label="Users"
          placeholder="name, then Enter"
          value={named.users}
          onChange={(users) => tell({ users })}
        />
        <TagsInput
          size="sm"
          label="Receivers"
          placeholder="name, then Enter"
          value={named.receivers}
          onChange={(receivers) => tell({ receivers })}
        />
        <MultiSelect
          className={classes.half ?? ""}
          size="sm"
          label="Only alerts of"
          placeholder={step.severities.length === 0 ? "any severity" : ""}
          data={[...SEVERITIES_WORST_FIRST]}
          value={step.severities}
          onChange={(chosen) => set({ severities: chosen.filter(isSeverity) })}
        />
        <Select
          className={classes.half ?? ""}
          label="When it counts"
          allowDeselect={false}
          data={[
            { value: "always", label: "Always" },
            { value: "inside", label: "Only at these times" },
            { value: "outside", label: "Only outside of these times" },
          ]}
          value={step.times === null ? "always" : step.times.outside ? "outside" : "inside"}
          onChange={(value) => set({ times: timesOf(step, value) })}
        />
      </div>
      {step.times === null ? null : (
        <WindowsField
          label="Times"
          windows={step.times.windows}
          onChange={(windows) => set({ times: step.times === null ? null : { ...step.times, windows } })}
        />
      )}
    </section>
  );
}

function timesOf({ times }: Step, choice: string | null): Step["times"] {
  if (choice !== "inside" && choice !== "outside") return null;
  const { timeZone } = times ?? Intl.DateTimeFormat().resolvedOptions();
  return { timeZone, windows: times?.windows ?? [OFFICE_HOURS], outside: choice === "outside" };
}

interface Named {
  readonly users: string[];
  readonly schedules: string[];
  readonly receivers: string[];
}

function namesOf(targets: readonly Target[]): Named {
  return {
    users: targets.flatMap((target) => (target.kind === "user" ? [target.user] : [])),
    schedules: targets.flatMap((target) => (target.kind === "schedule" ? [target.schedule] : [])),
    receivers: targets.flatMap((target) => (target.kind === "receiver" ? [target.receiver] : [])),
  };
}

function targetsOf({ users, schedules, receivers }: Named): Target[] {
  return [
    ...schedules.map((schedule) => ({ kind: "schedule", schedule }) as const),
    ...users.map((user) => ({ kind: "user", user }) as const),
    ...receivers.map((receiver) => ({ kind: "receiver", receiver }) as const),
  ];
}
