import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { messageOf } from "../../../api/api-error.ts";
import {
  deleteRuleFile,
  ruleFileCheckQuery,
  ruleFileQuery,
  ruleFilesKey,
  ruleGroupsQuery,
  saveRuleFile,
} from "../../../api/rule-files.ts";
import { ConfirmButton } from "../../../components/confirm-button.tsx";
import { tellDone, tellFailed } from "../../../components/notify.ts";
import { SourceEditor } from "../../../components/source-editor.tsx";
import { ErrorState, SkeletonRows } from "../../../components/states.tsx";
import editor from "../rule-editor.module.css";
import { RuleGroups } from "./rule-groups.tsx";

const debounceMs = 600;

const firstSource = `groups:
  - name: example
    rules:
      - alert: InstanceDown
        expr: up == 0
        for: 5m
        labels:
          severity: critical
        annotations:
          summary: "{{ $labels.instance }} is down"
`;

/** A rule file: how its groups fare, and its text. */
export function RuleFilePage() {
  const { name } = useParams();
  if (name === undefined) return <Editor initial={{ name: "", source: firstSource, version: 0 }} />;
  return <Existing key={name} name={name} />;
}

function Existing({ name }: { name: string }) {
  const file = useQuery({ ...ruleFileQuery(name), refetchOnWindowFocus: false });
  const groups = useQuery(ruleGroupsQuery(name));
  if (file.isPending) return <SkeletonRows rows={12} />;
  if (file.data === undefined) return <ErrorState error={file.error} onRetry={() => void file.refetch()} />;
  return (
    <>
      <RuleGroups groups={groups.data ?? []} />
      <Editor initial={{ name, source: file.data.source, version: file.data.file.version }} />
    </>
  );
}

interface Initial {
  readonly name: string;
  readonly source: string;
  /** 0 for one that is not there yet. */
  readonly version: number;
}

function Editor({ initial }: { initial: Initial }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [name, setName] = useState(initial.name);
  const [source, setSource] = useState(initial.source);
  const [asked] = useDebouncedValue(source, debounceMs);
  const isNew = initial.version === 0;
  const isChanged = isNew || source !== initial.source;
  const check = useQuery({ ...ruleFileCheckQuery(name.trim() || "new", asked), enabled: isChanged });
  const problems = isChanged ? (check.data?.problems ?? []) : [];
  const done = async (words: string) => {
    await queryClient.invalidateQueries({ queryKey: ruleFilesKey });
    tellDone(words);
    void navigate("/alerts/rules");
  };
  const save = useMutation({
    mutationFn: () => saveRuleFile(name.trim(), source, initial.version),
    onSuccess: () => done("The file is in force."),
  });
  const words = [fineWords(check), ...(check.data?.warnings ?? [])].join(" ");
  return (
    <>
      {isNew ? (
        <TextInput
          label="Name of the file"
          placeholder="checkout.yml"
          required
          maxLength={128}
          style={{ maxWidth: 420 }}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      ) : null}
      <SourceEditor
        label={`Rule file ${initial.name}`}
        value={source}
        onChange={setSource}
        problems={problems}
        fine={isChanged ? words : "As it is in force."}
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
          disabled={!isChanged || name.trim() === "" || asked !== source || check.isFetching || problems.length > 0}
          onClick={() => save.mutate()}
        >
          Put in force
        </Button>
        <Button component={Link} to="/alerts/rules" variant="default" size="sm">
          Cancel
        </Button>
        {isNew ? null : <DeleteButton name={initial.name} onDone={() => done("The file is deleted.")} />}
      </div>
    </>
  );
}

function fineWords({
  isFetching,
  data,
}: {
  isFetching: boolean;
  data?: { rules: number; groups: number } | undefined;
}): string {
  if (isFetching || data === undefined) return "Checking…";
  return `${data.rules} rules in ${data.groups} groups, which could be put in force.`;
}

function DeleteButton({ name, onDone }: { name: string; onDone: () => void }) {
  const remove = useMutation({
    mutationFn: () => deleteRuleFile(name),
    onSuccess: onDone,
    onError: (error) => tellFailed(`Could not delete “${name}”`, error),
  });
  return (
    <ConfirmButton
      className={editor.delete ?? ""}
      label="Delete file"
      question="Really delete?"
      loading={remove.isPending}
      onConfirm={() => remove.mutate()}
    />
  );
}
