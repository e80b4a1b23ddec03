import { Button, MultiSelect, NumberInput, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate } from "react-router";
import { alertsKey } from "../../api/alerts.ts";
import { messageOf } from "../../api/api-error.ts";
import { createWindow, type WindowDraft } from "../../api/maintenance.ts";
import { tellDone } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { localText, momentOfLocal } from "../../time/local-text.ts";
import editor from "../alerts/rule-editor.module.css";
import { MatcherFields } from "./matcher-fields.tsx";
import { type MatcherDraft, textOfMatcher } from "./matcher-text.ts";

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const HOUR_MS = 3_600_000;

interface Draft {
  readonly name: string;
  readonly matchers: readonly MatcherDraft[];
  readonly reason: string;
  readonly kind: WindowDraft["schedule"]["kind"];
  readonly start: string;
  readonly end: string;
  readonly timeZone: string;
  readonly weekdays: readonly string[];
  readonly from: string;
  readonly durationMinutes: number;
}

function newDraft(nowMs: number): Draft {
  return {
    name: "",
    matchers: [{ name: "", operator: "=", value: "" }],
    reason: "",
    kind: "manual",
    start: localText(nowMs),
    end: localText(nowMs + 2 * HOUR_MS),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    weekdays: ["sunday"],
    from: "02:00",
    durationMinutes: 120,
  };
}

function scheduleOf(draft: Draft): WindowDraft["schedule"] {
  switch (draft.kind) {
    case "manual":
      return { kind: "manual" };
    case "once":
      return { kind: "once", start: momentOfLocal(draft.start), end: momentOfLocal(draft.end) };
    case "recurring": {
      const { timeZone, weekdays: days, from, durationMinutes } = draft;
      return { kind: "recurring", timeZone, weekly: [{ weekdays: days, start: from, durationMinutes }] };
    }
  }
}

/** Writes a new maintenance window. */
export function MaintenanceForm() {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(() => newDraft(Date.now()));
  const change = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const save = useMutation({
    mutationFn: () =>
      createWindow(draft.name.trim(), {
        matchers: draft.matchers.map(textOfMatcher),
        reason: draft.reason,
        schedule: scheduleOf(draft),
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: alertsKey });
      tellDone("The window is saved.");
      void navigate("/silences/maintenance");
    },
  });
  const missing = missingIn(draft);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (missing === "") save.mutate();
  };
  return (
    <form className={editor.form} onSubmit={onSubmit} data-testid="window-form">
      <Panel title="New maintenance window">
        <div className={editor.grid}>
          <TextInput
            label="Name"
            required
            maxLength={128}
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <Textarea
            label="Reason"
            required
            autosize
            maxLength={4096}
            value={draft.reason}
            onChange={(event) => change({ reason: event.currentTarget.value })}
          />
        </div>
      </Panel>
      <Panel title="Which alerts" note="Those that fulfil all of the matchers are held">
        <MatcherFields matchers={draft.matchers} onChange={(matchers) => change({ matchers })} />
      </Panel>
      <Panel title="When">
        <Schedule draft={draft} onChange={change} />
      </Panel>
      {save.isError ? (
        <p className={editor.error} role="alert">
          {messageOf(save.error)}
        </p>
      ) : null}
      <div className={editor.buttons}>
        <Button type="submit" size="sm" loading={save.isPending} disabled={missing !== ""}>
          Save window
        </Button>
        <Button component={Link} to="/silences/maintenance" variant="default" size="sm">
          Cancel
        </Button>
        <span className="dim">{missing}</span>
      </div>
    </form>
  );
}

function Schedule({ draft, onChange }: { draft: Draft; onChange: (changes: Partial<Draft>) => void }) {
  return (
    <>
      <SegmentedControl
        className={editor.kind ?? ""}
        aria-label="When it is open"
        value={draft.kind}
        data={[
          { value: "manual", label: "When somebody opens it" },
          { value: "once", label: "Once" },
          { value: "recurring", label: "Every week" },
        ]}
        onChange={(kind) => {
          if (kind === "manual" || kind === "once" || kind === "recurring") onChange({ kind });
        }}
      />
      {draft.kind === "once" ? (
        <div className={editor.grid}>
          <TextInput
            type="datetime-local"
            label="From"
            value={draft.start}
            onChange={(event) => onChange({ start: event.currentTarget.value })}
          />
          <TextInput
            type="datetime-local"
            label="Until"
            value={draft.end}
            onChange={(event) => onChange({ end: event.currentTarget.value })}
          />
        </div>
      ) : null}
      {draft.kind === "recurring" ? <Weekly draft={draft} onChange={onChange} /> : null}
    </>
  );
}

function Weekly({ draft, onChange }: { draft: Draft; onChange: (changes: Partial<Draft>) => void }) {
  return (
    <div className={editor.grid}>
      <MultiSelect
        size="sm"
        label="Days on which it begins"
        data={weekdays}
        value={[...draft.weekdays]}
        onChange={(days) => onChange({ weekdays: days })}
      />
      <TextInput
        label="Time zone"
        value={draft.timeZone}
        onChange={(event) => onChange({ timeZone: event.currentTarget.value })}
      />
      <TextInput
        type="time"
        label="From"
        value={draft.from}
        onChange={(event) => onChange({ from: event.currentTarget.value })}
      />
      <NumberInput
        label="For"
        suffix=" min"
        min={1}
        max={10_080}
        value={draft.durationMinutes}
        onChange={(minutes) => onChange({ durationMinutes: Number(minutes) || 1 })}
      />
    </div>
  );
}

/** What is missing before a window can be saved; "" when nothing is. */
function missingIn({ name, reason, matchers, kind, weekdays: days }: Draft): string {
  if (name.trim() === "") return "Give the window a name.";
  if (reason.trim() === "") return "Say why.";
  if (matchers.some((matcher) => matcher.name.trim() === "")) return "Name the label of each matcher.";
  return kind === "recurring" && days.length === 0 ? "Choose a day." : "";
}
