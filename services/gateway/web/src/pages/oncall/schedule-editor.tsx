import { Autocomplete, Button, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { messageOf } from "../../api/api-error.ts";
import { deleteSchedule, oncallKey, previewQuery, saveSchedule, schedulesQuery } from "../../api/oncall.ts";
import type { Layer, Schedule } from "../../api/oncall-types.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { tellDone, tellFailed } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { useNow } from "../../time/use-now.ts";
import editor from "../alerts/rule-editor.module.css";
import { LayerFields } from "./layer-fields.tsx";
import { Timeline } from "./timeline.tsx";
import { windowOfWeeks } from "./timeline-layout.ts";

/** Writes a new schedule, or changes the one of the address. */
export function ScheduleEditor() {
  const { name } = useParams();
  const schedules = useQuery(schedulesQuery);
  if (name === undefined) return <ScheduleForm initial={emptySchedule()} />;
  if (schedules.isPending) return <SkeletonRows rows={10} />;
  if (schedules.data === undefined) {
    return <ErrorState error={schedules.error} onRetry={() => void schedules.refetch()} />;
  }
  const schedule = schedules.data.find((candidate) => candidate.name === name);
  if (schedule === undefined) {
    return (
      <EmptyState title="There is no such schedule any more">
        <Link to="/oncall">All schedules</Link>
      </EmptyState>
    );
  }
  return <ScheduleForm key={name} initial={schedule} />;
}

function ScheduleForm({ initial }: { initial: Schedule }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(initial);
  const change = (changes: Partial<Schedule>) => setDraft((before) => ({ ...before, ...changes }));
  const done = async (words: string, address: string) => {
    await queryClient.invalidateQueries({ queryKey: oncallKey });
    tellDone(words);
    void navigate(address);
  };
  const save = useMutation({
    mutationFn: () => saveSchedule(draft),
    onSuccess: () => done("The schedule is saved.", `/oncall/schedules/${encodeURIComponent(draft.name)}`),
  });
  const missing = missingIn(draft);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (missing === "") save.mutate();
  };
  return (
    <form className={editor.form} onSubmit={onSubmit} data-testid="schedule-form">
      <Panel title={initial.revision === 0 ? "New schedule" : `Schedule ${initial.name}`}>
        <div className={editor.grid}>
          <TextInput
            label="Name"
            required
            maxLength={128}
            disabled={initial.revision > 0}
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
          />
          <Autocomplete
            size="sm"
            label="Time zone of hand-overs"
            required
            limit={20}
            data={Intl.supportedValuesOf("timeZone")}
            value={draft.timeZone}
            onChange={(timeZone) => change({ timeZone })}
          />
          <Textarea
            className={editor.wide ?? ""}
            label="Description"
            autosize
            value={draft.description}
            onChange={(event) => change({ description: event.currentTarget.value })}
          />
        </div>
      </Panel>
      <Layers layers={draft.layers} onChange={(layers) => change({ layers })} />
      {missing === "" ? <Preview draft={draft} /> : null}
      {save.isError ? (
        <p className={editor.error} role="alert">
          {messageOf(save.error)}
        </p>
      ) : null}
      <div className={editor.buttons}>
        <Button type="submit" size="sm" loading={save.isPending} disabled={missing !== ""}>
          Save schedule
        </Button>
        <Button component={Link} to="/oncall" variant="default" size="sm">
          Cancel
        </Button>
        <span className="dim">{missing}</span>
        {initial.revision === 0 ? null : (
          <DeleteButton name={initial.name} onDone={() => done("The schedule is deleted.", "/oncall")} />
        )}
      </div>
    </form>
  );
}

function Layers({ layers, onChange }: { layers: readonly Layer[]; onChange: (layers: Layer[]) => void }) {
  const put = (index: number, layer: Layer) => onChange(layers.map((old, at) => (at === index ? layer : old)));
  return (
    <Panel
      title="Layers"
      note="The later ones lie on top: where they have somebody on call, those above them here do not count"
      actions={
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...layers, emptyLayer(layers.length)])}
        >
          Add layer
        </Button>
      }
    >
      {layers.length === 0 ? <EmptyState compact title="Nobody takes turns yet" /> : null}
      {layers.map((layer, index) => (
        <LayerFields
          // biome-ignore lint/suspicious/noArrayIndexKey: a layer's name changes while it is written.
          key={index}
          layer={layer}
          onChange={(next) => put(index, next)}
          onRemove={() => onChange(layers.filter((_, at) => at !== index))}
          onRaise={index === 0 ? undefined : () => onChange(swapped(layers, index))}
        />
      ))}
    </Panel>
  );
}

/** What the schedule would say, while it is being written. */
function Preview({ draft }: { draft: Schedule }) {
  const nowMs = useNow(60_000);
  const window = windowOfWeeks(nowMs, 4);
  const preview = useQuery(previewQuery(draft, window));
  return (
    <Panel flush title="Preview" note="Four weeks from this one on">
      {preview.isPending ? <SkeletonRows rows={3} height={26} /> : null}
      {preview.isError ? (
        <EmptyState compact title="This cannot be a schedule yet">
          {messageOf(preview.error)}
        </EmptyState>
      ) : null}
      {preview.data === undefined || preview.isError ? null : (
        <Timeline shifts={preview.data} window={window} nowMs={nowMs} />
      )}
    </Panel>
  );
}

function DeleteButton({ name, onDone }: { name: string; onDone: () => void }) {
  const remove = useMutation({
    mutationFn: () => deleteSchedule(name),
    onSuccess: onDone,
    onError: (error) => tellFailed(`Could not delete “${name}”`, error),
  });
  return (
    <ConfirmButton
      className={editor.delete ?? ""}
      label="Delete schedule"
      question="Really delete?"
      loading={remove.isPending}
      onConfirm={() => remove.mutate()}
    />
  );
}

/** What is missing before a schedule can be saved; "" when nothing is. */
function missingIn({ name, timeZone, layers }: Schedule): string {
  if (name.trim() === "") return "Give the schedule a name.";
  if (timeZone === "") return "Say in which time zone people hand over.";
  const empty = layers.find((layer) => layer.participants.length === 0);
  return empty === undefined ? "" : `Say who takes turns in ${empty.name}.`;
}

function emptySchedule(): Schedule {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const unsaved = { revision: 0, changed: null, changedBy: "" };
  return { name: "", description: "", timeZone, layers: [emptyLayer(0)], overrides: [], ...unsaved };
}

/** By weeks, from the hand-over of this week on. */
function emptyLayer(index: number): Layer {
  const start = new Date(windowOfWeeks(Date.now(), 1).startMs);
  start.setHours(9);
  return {
    name: `Layer ${index + 1}`,
    participants: [],
    rotation: { every: 1, unit: "week", handoverTime: "09:00", handoverWeekday: "monday" },
    restrictions: [],
    start: start.toISOString(),
    end: null,
  };
}

/** The layer one place further up in the list. */
function swapped(layers: readonly Layer[], index: number): Layer[] {
  const moved = layers[index];
  const rest = layers.filter((_, at) => at !== index);
  return moved === undefined ? rest : rest.toSpliced(index - 1, 0, moved);
}
