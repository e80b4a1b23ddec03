import { Button, MultiSelect, NumberInput, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { alertsKey } from "../../api/alerts.ts";
import { messageOf } from "../../api/api-error.ts";
import { saveWindow, windowsQuery } from "../../api/maintenance.ts";
import { tellDone } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import editor from "../alerts/rule-editor.module.css";
import { MatcherFields } from "./matcher-fields.tsx";
import { draftOf, formOf, hasFields, missingIn, newForm, type WindowForm } from "./window-draft.ts";

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/** Writes a new maintenance window. */
export function NewWindow() {
  return <MaintenanceForm windowId={undefined} initial={newForm(Date.now())} />;
}

/** Changes a maintenance window. */
export function EditWindow() {
  const { windowId = "" } = useParams();
  const windows = useQuery(windowsQuery);
  if (windows.isPending) return <SkeletonRows rows={8} />;
  if (windows.data === undefined) {
    return <ErrorState error={windows.error} onRetry={() => void windows.refetch()} />;
  }
  const window = windows.data.find((one) => one.windowId === windowId);
  const initial = window === undefined ? undefined : formOf(window, Date.now());
  if (initial === undefined) {
    return (
      <EmptyState
        title={window === undefined ? "There is no such window any more" : "Its matchers cannot be edited on the page"}
      >
        <Link to="/silences/maintenance">All maintenance windows</Link>
      </EmptyState>
    );
  }
  return <MaintenanceForm key={windowId} windowId={windowId} initial={initial} />;
}

function MaintenanceForm({ windowId, initial }: { windowId: string | undefined; initial: WindowForm }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(initial);
  const change = (changes: Partial<WindowForm>) => setDraft((before) => ({ ...before, ...changes }));
  const save = useMutation({
    mutationFn: () => saveWindow(windowId, draftOf(draft)),
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
      <Panel title={windowId === undefined ? "New maintenance window" : "Maintenance window"}>
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

function Schedule({ draft, onChange }: { draft: WindowForm; onChange: (changes: Partial<WindowForm>) => void }) {
  return (
    <>
      <SegmentedControl
        className={editor.kind ?? ""}
        aria-label="When it is open"
        value={draft.kind}
        data={[
          ...(draft.before !== undefined && !hasFields(draft.before) ? [{ value: "kept", label: "As it was" }] : []),
          { value: "manual", label: "When somebody opens it" },
          { value: "once", label: "Once" },
          { value: "recurring", label: "Every week" },
        ]}
        onChange={(kind) => {
          if (kind === "kept" || kind === "manual" || kind === "once" || kind === "recurring") onChange({ kind });
        }}
      />
      {draft.kind === "kept" ? (
        <p className="dim">Its schedule has more parts than fit here; it stays unless you choose another.</p>
      ) : null}
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

function Weekly({ draft, onChange }: { draft: WindowForm; onChange: (changes: Partial<WindowForm>) => void }) {
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
