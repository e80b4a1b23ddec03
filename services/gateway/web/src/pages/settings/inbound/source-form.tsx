import {
  Button,
  Checkbox,
  Modal,
  NumberInput,
  PasswordInput,
  Select,
  TagsInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { messageOf } from "../../../api/api-error.ts";
import { changeSource, createSource, INBOUND_KINDS, type InboundSource, inboundKey } from "../../../api/inbound.ts";
import form from "../../alerts/rule-editor.module.css";
import { draftOf, type SourceDraft, secretOf, settingsOf } from "./source-draft.ts";
import { TryPayload } from "./try-payload.tsx";

const kinds = [
  { value: "alertmanager", label: "Alertmanager" },
  { value: "grafana", label: "Grafana" },
  { value: "github", label: "GitHub" },
  { value: "sentry", label: "Sentry" },
  { value: "pagerduty", label: "PagerDuty" },
  { value: "slack", label: "Slack, of buttons that people press" },
  { value: "generic", label: "Any JSON, by a mapping" },
];

/** Writes a new source or changes one, and tries what it would make of a payload; the kind of an existing one stays. */
export function SourceForm(props: {
  source: InboundSource | undefined;
  onClose: () => void;
  /** With the new source's address. */
  onCreated: (path: string) => void;
}) {
  const { source, onClose, onCreated } = props;
  const [draft, setDraft] = useState(() => draftOf(source));
  const change = (changes: Partial<SourceDraft>) => setDraft((before) => ({ ...before, ...changes }));
  const read = settingsOf(draft);
  const save = useSave(source, { onClose, onCreated });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (read.ok) save.mutate({ draft, settings: read.settings });
  };
  const problem = read.ok ? (save.isError ? messageOf(save.error) : "") : read.problem;
  return (
    <Modal opened onClose={onClose} title={source === undefined ? "New inbound source" : source.name} size="xl">
      <form className={form.form} data-testid="inbound-form" onSubmit={onSubmit}>
        <SourceFields source={source} draft={draft} onChange={change} />
        {problem === "" ? null : (
          <p className={form.error} role="alert">
            {problem}
          </p>
        )}
        <div className={form.buttons}>
          <Button type="submit" size="sm" loading={save.isPending} disabled={!read.ok}>
            {source === undefined ? "Make source" : "Save"}
          </Button>
        </div>
      </form>
      {read.ok && draft.kind !== "slack" ? (
        <TryPayload key={draft.kind} kind={draft.kind} name={draft.name.trim()} settings={read.settings} />
      ) : null}
    </Modal>
  );
}

type Saved = { readonly draft: SourceDraft; readonly settings: Parameters<typeof createSource>[1] };

function useSave(
  source: InboundSource | undefined,
  { onClose, onCreated }: { onClose: () => void; onCreated: (path: string) => void },
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ draft, settings }: Saved): Promise<string> => {
      const name = draft.name.trim();
      if (source === undefined) return createSource({ name, kind: draft.kind, secret: draft.secret }, settings);
      await changeSource(source.sourceId, { name, secret: secretOf(draft) }, settings);
      return "";
    },
    onSuccess: async (path) => {
      await queryClient.invalidateQueries({ queryKey: inboundKey });
      if (path === "") onClose();
      else onCreated(path);
    },
  });
}

function SourceFields(props: {
  source: InboundSource | undefined;
  draft: SourceDraft;
  onChange: (changes: Partial<SourceDraft>) => void;
}) {
  const { source, draft, onChange } = props;
  return (
    <div className={form.grid}>
      <TextInput
        label="Name"
        description={draft.kind === "slack" ? "Such as the Slack app's" : "Its alerts have it as the label inbound"}
        required
        maxLength={100}
        data-autofocus
        value={draft.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Select
        size="sm"
        label="Kind"
        description="Whose format it sends"
        allowDeselect={false}
        disabled={source !== undefined}
        data={kinds}
        value={draft.kind}
        onChange={(value) => onChange({ kind: INBOUND_KINDS.find((known) => known === value) ?? draft.kind })}
      />
      <Secret source={source} draft={draft} onChange={onChange} />
      {draft.kind === "slack" ? null : <OfItsAlerts draft={draft} onChange={onChange} />}
      {draft.kind === "github" ? (
        <TagsInput
          className={form.wide ?? ""}
          label="Issues that are alerts"
          description="Those with one of these labels"
          placeholder="incident, then Enter"
          value={[...draft.issueLabels]}
          onChange={(issueLabels) => onChange({ issueLabels })}
        />
      ) : null}
      {draft.kind === "generic" ? (
        <Textarea
          className={form.wide ?? ""}
          label="Mapping"
          description="What the JSON means: templates, filled in with one item"
          autosize
          minRows={6}
          maxRows={16}
          spellCheck={false}
          styles={{ input: { fontFamily: "var(--mono)", fontSize: "0.75rem" } }}
          value={draft.mapping}
          onChange={(event) => onChange({ mapping: event.currentTarget.value })}
        />
      ) : null}
    </div>
  );
}

function OfItsAlerts(props: { draft: SourceDraft; onChange: (changes: Partial<SourceDraft>) => void }) {
  const { draft, onChange } = props;
  return (
    <>
      <NumberInput
        label="Its alerts last at most"
        description="When nothing more is heard of them"
        suffix=" h"
        min={0.02}
        max={8760}
        value={draft.lastsHours}
        onChange={(hours) => onChange({ lastsHours: Number(hours) || 72 })}
      />
      <TagsInput
        className={form.wide ?? ""}
        label="Labels that its alerts get"
        description="Where they have none of that name"
        placeholder="team=payments, then Enter"
        value={[...draft.labels]}
        onChange={(labels) => onChange({ labels })}
      />
    </>
  );
}

function Secret(props: {
  source: InboundSource | undefined;
  draft: SourceDraft;
  onChange: (changes: Partial<SourceDraft>) => void;
}) {
  const { source, draft, onChange } = props;
  const isKept = source?.hasSecret === true;
  // Whoever presses a button is believed to be who Slack says that they are.
  const isNeeded = draft.kind === "slack";
  const otherwise = isNeeded
    ? "The signing secret of the Slack app"
    : "With what the sender signs; empty: the address is enough";
  return (
    <div>
      <PasswordInput
        size="sm"
        label="Secret"
        description={isKept ? "Empty: the one that it has stays" : otherwise}
        required={isNeeded && !isKept}
        autoComplete="off"
        maxLength={512}
        disabled={draft.isSecretRemoved}
        value={draft.secret}
        onChange={(event) => onChange({ secret: event.currentTarget.value })}
      />
      {isKept && !isNeeded ? (
        <Checkbox
          mt={6}
          size="xs"
          label="Take its secret away"
          checked={draft.isSecretRemoved}
          onChange={(event) => onChange({ isSecretRemoved: event.currentTarget.checked, secret: "" })}
        />
      ) : null}
    </div>
  );
}
