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
import { messageOf } from "../../../api/api-error.ts";
import type { SourceProblem } from "../../../api/source-problem.ts";
import { tellDone } from "../../../components/notify.ts";
import { SourceEditor } from "../../../components/source-editor.tsx";
import { ErrorState, SkeletonRows } from "../../../components/states.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import list from "../alerts.module.css";
import editor from "../rule-editor.module.css";

const debounceMs = 600;

/** What stands where a secret is: put in force, it would take the secret's place. */
function hiddenSecrets(source: string): SourceProblem[] {
  return source.split("\n").flatMap((text, index) => {
    const at = text.indexOf("<secret>");
    const message = "a secret is hidden here: write it anew, as it is not shown to anybody";
    return at < 0 ? [] : { line: index + 1, column: at + 1, message };
  });
}

/** alertmanager.yml as a text, with what is wrong with it at its lines. */
export function RoutingEditor() {
  const configuration = useQuery({ ...configurationQuery, refetchOnWindowFocus: false });
  if (configuration.isPending) return <SkeletonRows rows={12} />;
  if (configuration.data === undefined) {
    return <ErrorState error={configuration.error} onRetry={() => void configuration.refetch()} />;
  }
  return <Editor initial={configuration.data} />;
}

function Editor({ initial }: { initial: RoutingConfiguration }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [source, setSource] = useState(initial.source);
  const [asked] = useDebouncedValue(source, debounceMs);
  const isChanged = source !== initial.source;
  const check = useQuery({ ...configurationCheckQuery(asked), enabled: asked !== initial.source });
  const problems = isChanged ? [...hiddenSecrets(source), ...(check.data ?? [])] : [];
  const save = useMutation({
    mutationFn: () => putConfiguration(source),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: routingKey });
      await queryClient.invalidateQueries({ queryKey: alertsKey });
      tellDone("The configuration is in force.");
      void navigate("/alerts/routes");
    },
  });
  return (
    <>
      <div className={list.toolbar}>
        <p>
          Alertmanager’s configuration, as it is. Secrets are shown as &lt;secret&gt;: write them anew where they
          change.
          {initial.created === null ? null : (
            <>
              {" "}
              Put by {initial.author} <Timestamp value={initial.created} style="ago" />.
            </>
          )}
        </p>
      </div>
      <SourceEditor
        label="alertmanager.yml"
        value={source}
        onChange={setSource}
        problems={problems}
        fine={isChanged ? (check.isFetching ? "Checking…" : "It could be put in force.") : "As it is in force."}
      />
      {check.isError ? <ErrorState compact error={check.error} /> : null}
      {save.isError ? (
        <p className={editor.error} role="alert" style={{ whiteSpace: "pre-wrap" }}>
          {messageOf(save.error)}
        </p>
      ) : null}
      <div className={editor.buttons}>
        <Button
          size="sm"
          loading={save.isPending}
          disabled={!isChanged || asked !== source || check.isFetching || problems.length > 0}
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
