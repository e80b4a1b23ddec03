import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import {
  configurationCheckQuery,
  configurationQuery,
  putConfiguration,
  type RoutingConfiguration,
  routingKey,
} from "../../../api/alert-routing.ts";
import { alertsKey } from "../../../api/alerts.ts";
import { ApiError, messageOf } from "../../../api/api-error.ts";
import { tellDone } from "../../../components/notify.ts";
import { SourceEditor } from "../../../components/source-editor.tsx";
import { ErrorState, SkeletonRows } from "../../../components/states.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import list from "../alerts.module.css";
import editor from "../rule-editor.module.css";
import { draftOf, following, isChanged, isOvertaken, type RoutingDraft } from "./routing-draft.ts";

const debounceMs = 600;

/** alertmanager.yml as a text, with what is wrong with it at its lines. */
export function RoutingEditor() {
  const configuration = useQuery({ ...configurationQuery, refetchOnWindowFocus: false });
  if (configuration.isPending) return <SkeletonRows rows={12} />;
  if (configuration.data === undefined) {
    return <ErrorState error={configuration.error} onRetry={() => void configuration.refetch()} />;
  }
  return <Editor newest={configuration.data} />;
}

function Editor({ newest }: { newest: RoutingConfiguration }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [written, setWritten] = useState(() => draftOf(newest));
  const draft = following(written, newest);
  const { base, source } = draft;
  const [asked] = useDebouncedValue(source, debounceMs);
  const hasChanged = isChanged(draft);
  const check = useQuery({ ...configurationCheckQuery(asked), enabled: asked !== base.source });
  const problems = hasChanged ? (check.data ?? []) : [];
  const save = useMutation({
    mutationFn: () => putConfiguration(source, base.version),
    onError: async (thrown) => {
      if (thrown instanceof ApiError && thrown.status === 409) {
        await queryClient.invalidateQueries({ queryKey: configurationQuery.queryKey });
      }
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: routingKey });
      await queryClient.invalidateQueries({ queryKey: alertsKey });
      tellDone("The configuration is in force.");
      void navigate("/alerts/routes");
    },
  });
  // Once it is put, the newest version is this one.
  const overtaken = (save.isIdle || save.isError) && isOvertaken(draft, newest);
  const goOn = (next: RoutingDraft) => {
    save.reset();
    setWritten(next);
  };
  return (
    <>
      <div className={list.toolbar}>
        <p>
          Alertmanager’s configuration, as it is. Secrets are shown as &lt;secret&gt;, and stay as they are where you
          leave that. <PutBy configuration={base} />
        </p>
      </div>
      <SourceEditor
        label="alertmanager.yml"
        value={source}
        onChange={(text) => setWritten({ base, source: text })}
        problems={problems}
        fine={hasChanged ? (check.isFetching ? "Checking…" : "It could be put in force.") : "As it is in force."}
      />
      {check.isError ? <ErrorState compact error={check.error} /> : null}
      {overtaken ? <Overtaken draft={draft} newest={newest} onGoOn={goOn} /> : null}
      {save.isError && !overtaken ? (
        <p className={editor.error} role="alert" style={{ whiteSpace: "pre-wrap" }}>
          {messageOf(save.error)}
        </p>
      ) : null}
      <div className={editor.buttons}>
        <Button
          size="sm"
          loading={save.isPending}
          disabled={!hasChanged || overtaken || asked !== source || check.isFetching || problems.length > 0}
          onClick={() => save.mutate()}
        >
          Put in force
        </Button>
        <Button component={Link} to="/alerts/routes" variant="default" size="sm">
          Cancel
        </Button>
      </div>
    </>
  );
}

function PutBy({ configuration: { author, created } }: { configuration: RoutingConfiguration }) {
  if (created === null) return null;
  return (
    <>
      Put by {author} <Timestamp value={created} style="ago" />.
    </>
  );
}

interface OvertakenProps {
  readonly draft: RoutingDraft;
  readonly newest: RoutingConfiguration;
  readonly onGoOn: (draft: RoutingDraft) => void;
}

/** Somebody else was faster: nothing of theirs is undone before one has been told. */
function Overtaken({ draft, newest, onGoOn }: OvertakenProps) {
  return (
    <div role="alert">
      <p className={editor.error}>
        {newest.author} has put another version <Timestamp value={newest.created} style="ago" />, while you were
        writing. Yours is not in force, and would undo what it changed.
      </p>
      <div className={editor.buttons}>
        <Button size="xs" variant="default" onClick={() => onGoOn(draftOf(newest))}>
          Drop mine, show theirs
        </Button>
        <Button size="xs" variant="default" onClick={() => onGoOn({ ...draft, base: newest })}>
          Go on with mine
        </Button>
      </div>
    </div>
  );
}
