import { Button, Checkbox, Group, Modal, TextInput } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../../api/api-error.ts";
import type { ApiKey } from "../../api/setting-types.ts";
import { createKey, keysKey, keysQuery, revokeKey } from "../../api/settings.ts";
import { CodeSnippet } from "../../components/code-snippet.tsx";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { tellFailed } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { Timestamp } from "../../time/timestamp.tsx";
import rows from "../alerts/alerts.module.css";
import form from "../alerts/rule-editor.module.css";

/** The keys that programs send and ask with. */
export function Keys() {
  const keys = useQuery(keysQuery);
  const [adding, setAdding] = useState(false);
  return (
    <>
      <div className={rows.toolbar}>
        <p>
          Programs show a key as <code>Authorization: Bearer sl_…</code>; it decides what they may do.
        </p>
        <Button
          className={rows.end ?? ""}
          size="sm"
          leftSection={<IconPlus size={15} aria-hidden />}
          data-testid="key-new"
          onClick={() => setAdding(true)}
        >
          New key
        </Button>
      </div>
      {keys.isPending ? <SkeletonRows rows={4} /> : null}
      {keys.isError && keys.data === undefined ? (
        <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />
      ) : null}
      {keys.data?.length === 0 ? (
        <EmptyState icon={<IconKey size={34} stroke={1.4} aria-hidden />} title="No key yet">
          Make one with the scope “ingest” to send telemetry.
        </EmptyState>
      ) : null}
      {keys.data === undefined || keys.data.length === 0 ? null : (
        <Panel flush>
          <ul className={rows.list}>
            {keys.data.map((key) => (
              <KeyRow key={key.keyId} apiKey={key} />
            ))}
          </ul>
        </Panel>
      )}
      {adding ? <NewKey onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const queryClient = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => revokeKey(apiKey.keyId),
    onError: (error) => tellFailed(`Could not revoke “${apiKey.name}”`, error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: keysKey }),
  });
  const revoked = apiKey.revoked !== null;
  return (
    <li className={rows.item} data-testid="key-row">
      <div className={rows.main}>
        <span className={rows.name} style={revoked ? { textDecoration: "line-through" } : undefined}>
          {apiKey.name}
        </span>
        <span className={rows.condition}>
          <span className="mono">{apiKey.prefix}…</span> may {apiKey.scopes.join(", ")}
        </span>
      </div>
      <div className={rows.side}>
        <span>
          {revoked ? "revoked " : "made "}
          <Timestamp value={revoked ? apiKey.revoked : apiKey.created} style="ago" />
        </span>
        {revoked ? null : (
          <ConfirmButton
            label="Revoke"
            question="Really revoke?"
            loading={revoke.isPending}
            onConfirm={() => revoke.mutate()}
          />
        )}
      </div>
    </li>
  );
}

const scopes = [
  { value: "ingest", label: "ingest", description: "send events, logs, metrics and traces" },
  { value: "query", label: "query", description: "read everything, and be sent live streams" },
  { value: "admin", label: "admin", description: "change rules, targets and keys" },
];

function NewKey({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>(["ingest"]);
  const create = useMutation({
    mutationFn: () => createKey(name, chosen),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keysKey }),
  });
  if (create.data !== undefined) return <ShownOnce apiKey={create.data} onClose={onClose} />;
  return (
    <Modal opened onClose={onClose} title="New API key">
      <form
        className={form.form}
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <TextInput
          label="Name"
          description="Who or what will use it"
          required
          maxLength={128}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Checkbox.Group label="It may" value={chosen} onChange={setChosen}>
          <Group mt={6} gap={10} style={{ flexDirection: "column", alignItems: "flex-start" }}>
            {scopes.map(({ value, label, description }) => (
              <Checkbox key={value} value={value} label={label} description={description} />
            ))}
          </Group>
        </Checkbox.Group>
        {create.isError ? (
          <p className={form.error} role="alert">
            {messageOf(create.error)}
          </p>
        ) : null}
        <div className={form.buttons}>
          <Button type="submit" size="sm" loading={create.isPending} disabled={chosen.length === 0}>
            Make key
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function ShownOnce({ apiKey, onClose }: { apiKey: string; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Your new key" closeOnClickOutside={false} size="lg">
      <p>This is the only time it can be read. Put it somewhere safe now.</p>
      <CodeSnippet label="API key" text={apiKey} />
      <p>
        <Button size="sm" data-autofocus onClick={onClose}>
          I have it
        </Button>
      </p>
    </Modal>
  );
}
