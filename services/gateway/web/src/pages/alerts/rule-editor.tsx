import { Button, MultiSelect, SegmentedControl, Select, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { isSeverity } from "@sightline/model/severity";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { channelsQuery, deleteRule, rulesKey, rulesQuery, saveRule } from "../../api/alerts.ts";
import { messageOf } from "../../api/api-error.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { tellDone, tellFailed } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { SEVERITIES_WORST_FIRST } from "../../components/severity.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { EventConditionFields, MetricConditionFields } from "./condition-fields.tsx";
import { type ChangeDraft, draftOf, missingIn, type RuleDraft, ruleOf } from "./rule-draft.ts";
import classes from "./rule-editor.module.css";

/** Writes a new rule, or changes the one of the address. */
export function RuleEditor() {
  const { ruleId = "new" } = useParams();
  const rules = useQuery(rulesQuery);
  if (ruleId === "new") return <RuleForm initial={draftOf()} />;
  if (rules.isPending) return <SkeletonRows rows={10} />;
  if (rules.data === undefined) return <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />;
  const rule = rules.data.find((candidate) => candidate.ruleId === ruleId);
  if (rule === undefined) {
    return (
      <EmptyState title="There is no such rule any more">
        <Link to="/alerts/rules">All rules</Link>
      </EmptyState>
    );
  }
  return <RuleForm key={ruleId} initial={draftOf(rule)} />;
}

function RuleForm({ initial }: { initial: RuleDraft }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(initial);
  const change: ChangeDraft = (changes) => setDraft((before) => ({ ...before, ...changes }));
  const done = async (words: string) => {
    await queryClient.invalidateQueries({ queryKey: rulesKey });
    tellDone(words);
    void navigate("/alerts/rules");
  };
  const save = useMutation({ mutationFn: () => saveRule(ruleOf(draft)), onSuccess: () => done("The rule is saved.") });
  const missing = missingIn(draft);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (missing === "") save.mutate();
  };
  return (
    <form className={classes.form} onSubmit={onSubmit} data-testid="rule-form">
      <Panel title={draft.ruleId === "" ? "New rule" : "Rule"}>
        <IdentityFields draft={draft} change={change} />
      </Panel>
      <Panel title="Condition">
        <SegmentedControl
          className={classes.kind ?? ""}
          aria-label="What the rule watches"
          value={draft.kind}
          data={[
            { value: "metric", label: "Metric" },
            { value: "event", label: "Events" },
          ]}
          onChange={(kind) => change({ kind: kind === "event" ? "event" : "metric" })}
        />
        {draft.kind === "metric" ? (
          <MetricConditionFields draft={draft} change={change} />
        ) : (
          <EventConditionFields draft={draft} change={change} />
        )}
      </Panel>
      <Panel title="When it fires">
        <TellingFields draft={draft} change={change} />
      </Panel>
      {save.isError ? (
        <p className={classes.error} role="alert">
          {messageOf(save.error)}
        </p>
      ) : null}
      <div className={classes.buttons}>
        <Button type="submit" size="sm" loading={save.isPending} disabled={missing !== ""}>
          Save rule
        </Button>
        <Button component={Link} to="/alerts/rules" variant="default" size="sm">
          Cancel
        </Button>
        <span className="dim">{missing}</span>
        {draft.ruleId === "" ? null : (
          <DeleteButton ruleId={draft.ruleId} onDone={() => done("The rule is deleted.")} />
        )}
      </div>
    </form>
  );
}

function IdentityFields({ draft, change }: { draft: RuleDraft; change: ChangeDraft }) {
  return (
    <div className={classes.grid}>
      <TextInput
        label="Name"
        value={draft.name}
        maxLength={128}
        required
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <Select
        label="Severity"
        allowDeselect={false}
        value={draft.severity}
        data={[...SEVERITIES_WORST_FIRST]}
        onChange={(value) => {
          if (value !== null && isSeverity(value)) change({ severity: value });
        }}
      />
      <Textarea
        className={classes.wide ?? ""}
        label="Description"
        autosize
        value={draft.description}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
      <Switch
        label="Enabled"
        checked={draft.enabled}
        onChange={(event) => change({ enabled: event.currentTarget.checked })}
      />
    </div>
  );
}

function TellingFields({ draft, change }: { draft: RuleDraft; change: ChangeDraft }) {
  const channels = useQuery(channelsQuery);
  const names = new Set([...(channels.data ?? []).map((channel) => channel.name), ...draft.channels]);
  return (
    <div className={classes.grid}>
      <MultiSelect
        className={classes.wide ?? ""}
        label="Channels to tell"
        description={
          <>
            Channels are made under <Link to="/alerts/channels">Channels</Link>
          </>
        }
        data={[...names]}
        value={draft.channels}
        onChange={(value) => change({ channels: value })}
      />
      <TagsInput
        label="Labels on the alert"
        placeholder="team=ops, then Enter"
        value={[...draft.labels]}
        onChange={(labels) => change({ labels })}
      />
      <TagsInput
        label="Annotations for people"
        placeholder="runbook_url=https://…, then Enter"
        value={[...draft.annotations]}
        onChange={(annotations) => change({ annotations })}
      />
    </div>
  );
}

function DeleteButton({ ruleId, onDone }: { ruleId: string; onDone: () => void }) {
  const remove = useMutation({
    mutationFn: () => deleteRule(ruleId),
    onSuccess: onDone,
    onError: (error) => tellFailed("Could not delete the rule", error),
  });
  return (
    <ConfirmButton
      className={classes.delete ?? ""}
      label="Delete rule"
      question="Really delete?"
      loading={remove.isPending}
      onConfirm={() => remove.mutate()}
    />
  );
}
