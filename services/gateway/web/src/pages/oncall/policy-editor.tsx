import { Button, NumberInput, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { messageOf } from "../../api/api-error.ts";
import { deletePolicy, oncallKey, policiesQuery, savePolicy } from "../../api/oncall.ts";
import type { Policy, Step } from "../../api/oncall-types.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { tellDone, tellFailed } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import editor from "../alerts/rule-editor.module.css";
import { StepFields } from "./step-fields.tsx";

/** Writes a new escalation policy, or changes the one of the address. */
export function PolicyEditor() {
  const { name } = useParams();
  const policies = useQuery(policiesQuery);
  if (name === undefined) return <PolicyForm initial={emptyPolicy} />;
  if (policies.isPending) return <SkeletonRows rows={10} />;
  if (policies.data === undefined) {
    return <ErrorState error={policies.error} onRetry={() => void policies.refetch()} />;
  }
  const policy = policies.data.find((candidate) => candidate.name === name);
  if (policy === undefined) {
    return (
      <EmptyState title="There is no such escalation any more">
        <Link to="/oncall/escalation">All escalations</Link>
      </EmptyState>
    );
  }
  return <PolicyForm key={name} initial={policy} />;
}

function PolicyForm({ initial }: { initial: Policy }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(initial);
  const change = (changes: Partial<Policy>) => setDraft((before) => ({ ...before, ...changes }));
  const done = async (words: string) => {
    await queryClient.invalidateQueries({ queryKey: oncallKey });
    tellDone(words);
    void navigate("/oncall/escalation");
  };
  const save = useMutation({
    mutationFn: () => savePolicy(draft),
    onSuccess: () => done("The escalation is saved."),
  });
  const missing = missingIn(draft);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (missing === "") save.mutate();
  };
  return (
    <form className={editor.form} onSubmit={onSubmit} data-testid="policy-form">
      <Panel title={initial.revision === 0 ? "New escalation" : `Escalation ${initial.name}`}>
        <div className={editor.grid}>
          <TextInput
            label="Name"
            required
            maxLength={128}
            disabled={initial.revision > 0}
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <Textarea
            label="Description"
            autosize
            value={draft.description}
            onChange={(event) => change({ description: event.currentTarget.value })}
          />
        </div>
      </Panel>
      <Steps steps={draft.steps} onChange={(steps) => change({ steps })} />
      <Panel title="When nobody has acknowledged after the last step">
        <div className={editor.grid}>
          <NumberInput
            label="Begin again"
            suffix={draft.repeat === 1 ? " time" : " times"}
            min={0}
            max={9}
            value={draft.repeat}
            onChange={(repeat) => change({ repeat: Number(repeat) || 0 })}
          />
          <NumberInput
            label="After"
            suffix=" min"
            min={1}
            value={draft.repeatAfterSeconds / 60}
            onChange={(minutes) => change({ repeatAfterSeconds: Math.round((Number(minutes) || 1) * 60) })}
          />
        </div>
      </Panel>
      {save.isError ? (
        <p className={editor.error} role="alert">
          {messageOf(save.error)}
        </p>
      ) : null}
      <div className={editor.buttons}>
        <Button type="submit" size="sm" loading={save.isPending} disabled={missing !== ""}>
          Save escalation
        </Button>
        <Button component={Link} to="/oncall/escalation" variant="default" size="sm">
          Cancel
        </Button>
        <span className="dim">{missing}</span>
        {initial.revision === 0 ? null : (
          <DeleteButton name={initial.name} onDone={() => done("The escalation is deleted.")} />
        )}
      </div>
    </form>
  );
}

function Steps({ steps, onChange }: { steps: readonly Step[]; onChange: (steps: Step[]) => void }) {
  return (
    <Panel
      title="Steps"
      note="Each until somebody acknowledges; a step that reaches nobody does not wait for the next"
      actions={
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...steps, { ...emptyStep, delaySeconds: 600 }])}
        >
          Add step
        </Button>
      }
    >
      {steps.map((step, index) => (
        <StepFields
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place.
          key={index}
          number={index + 1}
          step={step}
          onChange={(next) => onChange(steps.map((old, at) => (at === index ? next : old)))}
          onRemove={steps.length === 1 ? undefined : () => onChange(steps.filter((_, at) => at !== index))}
        />
      ))}
    </Panel>
  );
}

function DeleteButton({ name, onDone }: { name: string; onDone: () => void }) {
  const remove = useMutation({
    mutationFn: () => deletePolicy(name),
    onSuccess: onDone,
    onError: (error) => tellFailed(`Could not delete “${name}”`, error),
  });
  return (
    <ConfirmButton
      className={editor.delete ?? ""}
      label="Delete escalation"
      question="Really delete?"
      loading={remove.isPending}
      onConfirm={() => remove.mutate()}
    />
  );
}

/** What is missing before a policy can be saved; "" when nothing is. */
function missingIn({ name, steps }: Policy): string {
  if (name.trim() === "") return "Give the escalation a name.";
  const empty = steps.findIndex(({ targets }) => targets.length === 0);
  return empty < 0 ? "" : `Say whom step ${empty + 1} tells.`;
}

const emptyStep: Step = { delaySeconds: 0, targets: [], severities: [], times: null };

const emptyPolicy: Policy = {
  name: "",
  description: "",
  steps: [emptyStep],
  repeat: 0,
  repeatAfterSeconds: 1800,
  revision: 0,
  changed: null,
  changedBy: "",
};
