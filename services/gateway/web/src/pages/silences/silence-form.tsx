import { Button, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { alertsKey } from "../../api/alerts.ts";
import { messageOf } from "../../api/api-error.ts";
import { type Silence, saveSilence, silencesQuery } from "../../api/silences.ts";
import { tellDone } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { elapsed, msOf } from "../../time/format-time.ts";
import { localText, momentOfLocal } from "../../time/local-text.ts";
import { useUrlState } from "../../url/use-url-state.ts";
import editor from "../alerts/rule-editor.module.css";
import { MatcherFields } from "./matcher-fields.tsx";
import { draftOfMatcher, type MatcherDraft, matcherOfDraft, matchersOfText } from "./matcher-text.ts";
import { SilencePreviewPanel } from "./silence-preview.tsx";
import classes from "./silences.module.css";

const HOUR_MS = 3_600_000;
const presets = [
  { label: "30 min", ms: HOUR_MS / 2 },
  { label: "1 h", ms: HOUR_MS },
  { label: "2 h", ms: 2 * HOUR_MS },
  { label: "8 h", ms: 8 * HOUR_MS },
  { label: "1 day", ms: 24 * HOUR_MS },
  { label: "1 week", ms: 7 * 24 * HOUR_MS },
] as const;

interface Draft {
  readonly matchers: readonly MatcherDraft[];
  /** As datetime-local has it; "" for now. */
  readonly start: string;
  readonly end: string;
  readonly reason: string;
}

const nothing: readonly MatcherDraft[] = [{ name: "", operator: "=", value: "" }];

/** Writes a new silence, with the matchers of the address where a link has some. */
export function NewSilence() {
  const filter = useUrlState().get("filter");
  const read = filter === "" ? nothing : matchersOfText(filter);
  const matchers = read === undefined || read.length === 0 ? nothing : read;
  const end = localText(Date.now() + 2 * HOUR_MS);
  return (
    <>
      {read === undefined ? (
        <p className={editor.error} role="alert">
          The matchers of the link cannot be read: {filter}
        </p>
      ) : null}
      <SilenceForm key={filter} initial={{ matchers, start: "", end, reason: "" }} />
    </>
  );
}

/** Changes a silence that is not over; makes another one like it of one that is. */
export function EditSilence() {
  const { silenceId = "" } = useParams();
  const silences = useQuery(silencesQuery);
  if (silences.isPending) return <SkeletonRows rows={8} />;
  if (silences.data === undefined) {
    return <ErrorState error={silences.error} onRetry={() => void silences.refetch()} />;
  }
  const silence = silences.data.find((one) => one.silenceId === silenceId);
  if (silence === undefined) {
    return (
      <EmptyState title="There is no such silence any more">
        <Link to="/silences">All silences</Link>
      </EmptyState>
    );
  }
  const isOver = silence.state === "expired";
  return (
    <SilenceForm key={silenceId} {...(isOver ? {} : { silenceId })} state={silence.state} initial={draftOf(silence)} />
  );
}

function draftOf({ matchers, start, end, reason, state }: Silence): Draft {
  const isOver = state === "expired";
  return {
    matchers: matchers.map(draftOfMatcher),
    start: state === "pending" ? localText(msOf(start)) : "",
    end: localText(isOver ? Date.now() + Math.max(HOUR_MS, msOf(end) - msOf(start)) : msOf(end)),
    reason,
  };
}

function SilenceForm(props: { initial: Draft; silenceId?: string; state?: Silence["state"] }) {
  const { silenceId, state } = props;
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(props.initial);
  const change = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const save = useMutation({
    mutationFn: () => {
      const start = momentOfLocal(draft.start);
      const matchers = draft.matchers.map(matcherOfDraft);
      const sent = { matchers, end: momentOfLocal(draft.end), reason: draft.reason };
      return saveSilence(silenceId, start === "" ? sent : { ...sent, start });
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: alertsKey });
      tellDone("Silenced.");
      void navigate("/silences");
    },
  });
  const missing = missingIn(draft);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (missing === "") save.mutate();
  };
  return (
    <form className={editor.form} onSubmit={onSubmit} data-testid="silence-form">
      <Panel
        title={silenceId === undefined ? "New silence" : "Silence"}
        note="Alerts that fulfil all of the matchers are not told"
      >
        <MatcherFields matchers={draft.matchers} onChange={(matchers) => change({ matchers })} />
      </Panel>
      <Panel title="Until when, and why">
        <div className={editor.grid}>
          <Times draft={draft} onChange={change} begun={state === "active"} />
          <Textarea
            className={editor.wide ?? ""}
            label="Reason"
            description="Whoever wonders why nobody was told will read it, with your name"
            required
            autosize
            minRows={2}
            maxLength={8192}
            value={draft.reason}
            onChange={(event) => change({ reason: event.currentTarget.value })}
          />
        </div>
      </Panel>
      <SilencePreviewPanel matchers={draft.matchers} />
      {save.isError ? (
        <p className={editor.error} role="alert">
          {messageOf(save.error)}
        </p>
      ) : null}
      <div className={editor.buttons}>
        <Button type="submit" size="sm" loading={save.isPending} disabled={missing !== ""}>
          {silenceId === undefined ? "Silence" : "Save silence"}
        </Button>
        <Button component={Link} to="/silences" variant="default" size="sm">
          Cancel
        </Button>
        <span className="dim">{missing}</span>
      </div>
    </form>
  );
}

function Times(props: { draft: Draft; onChange: (changes: Partial<Draft>) => void; begun: boolean }) {
  const { draft, onChange, begun } = props;
  const startMs = draft.start === "" ? Date.now() : Date.parse(draft.start);
  const lastingMs = Date.parse(draft.end) - startMs;
  return (
    <>
      <TextInput
        type="datetime-local"
        label="From"
        description={begun ? "It has begun" : "Empty: now"}
        disabled={begun}
        value={draft.start}
        onChange={(event) => onChange({ start: event.currentTarget.value })}
      />
      <div>
        <TextInput
          type="datetime-local"
          label="Until"
          description={lastingMs > 0 ? `For ${elapsed(lastingMs / 1000)}` : "After its begin"}
          required
          value={draft.end}
          onChange={(event) => onChange({ end: event.currentTarget.value })}
        />
        <div className={classes.presets}>
          {presets.map(({ label, ms }) => (
            <Button
              key={label}
              variant="default"
              size="compact-xs"
              onClick={() => onChange({ end: localText((draft.start === "" ? Date.now() : startMs) + ms) })}
            >
              {label}
            </Button>
          ))}
        </div>
      </div>
    </>
  );
}

/** What is missing before a silence can be saved; "" when nothing is. */
function missingIn({ matchers, end, start, reason }: Draft): string {
  if (matchers.some(({ name }) => name.trim() === "")) return "Name the label of each matcher.";
  const endMs = Date.parse(end);
  if (Number.isNaN(endMs)) return "Say until when.";
  if (endMs <= (start === "" ? Date.now() : Date.parse(start))) return "It ends before it begins.";
  return reason.trim() === "" ? "Say why." : "";
}
