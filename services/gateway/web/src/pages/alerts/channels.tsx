import { Button, Modal, NumberInput, SegmentedControl, TextInput } from "@mantine/core";
import { IconPlus, IconSend, IconSpeakerphone } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Channel } from "../../api/alert-types.ts";
import { channelsKey, channelsQuery, deleteChannel, saveChannel, testChannel } from "../../api/alerts.ts";
import { messageOf } from "../../api/api-error.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { tellFailed } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { PlainLine } from "../../components/plain.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { elapsed } from "../../time/format-time.ts";
import classes from "./alerts.module.css";
import editor from "./rule-editor.module.css";

const newChannel: Channel = { name: "", webhook: emptyWebhook() };

/** Where alerts are told, each with a button that tries it. */
export function Channels() {
  const channels = useQuery(channelsQuery);
  const [edited, setEdited] = useState<Channel | null>(null);
  return (
    <>
      <div className={classes.toolbar}>
        <p>Rules name the channels that are told when their alerts fire and end.</p>
        <Button
          className={classes.end ?? ""}
          size="sm"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => setEdited(newChannel)}
        >
          New channel
        </Button>
      </div>
      {channels.isPending ? <SkeletonRows rows={4} /> : null}
      {channels.isError && channels.data === undefined ? (
        <ErrorState error={channels.error} onRetry={() => void channels.refetch()} />
      ) : null}
      {channels.data?.length === 0 ? (
        <EmptyState icon={<IconSpeakerphone size={34} stroke={1.4} aria-hidden />} title="No channel yet">
          Alerts are shown here all the same; a channel tells somebody who is not looking.
        </EmptyState>
      ) : null}
      {channels.data === undefined || channels.data.length === 0 ? null : (
        <Panel flush>
          <ul className={classes.list}>
            {channels.data.map((channel) => (
              <ChannelRow key={channel.name} channel={channel} onEdit={() => setEdited(channel)} />
            ))}
          </ul>
        </Panel>
      )}
      {edited === null ? null : <ChannelForm initial={edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function ChannelRow({ channel, onEdit }: { channel: Channel; onEdit: () => void }) {
  const queryClient = useQueryClient();
  const trial = useMutation({ mutationFn: () => testChannel(channel.name) });
  const remove = useMutation({
    mutationFn: () => deleteChannel(channel.name),
    onError: (error) => tellFailed(`Could not delete “${channel.name}”`, error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: channelsKey }),
  });
  const { webhook } = channel;
  return (
    <li className={classes.item} data-testid="channel-row">
      <div className={classes.main}>
        <span className={classes.name}>{channel.name}</span>
        <span className={classes.condition}>
          {webhook === undefined ? (
            "Written to the alerter's log"
          ) : (
            <>
              Webhook <PlainLine text={webhook.url} className="mono" />
              {webhook.hasBearerToken ? ", with a token" : ""}, {webhook.retryAttempts || 3} retries, gives up after{" "}
              {elapsed((webhook.timeoutMs || 30_000) / 1000)}
            </>
          )}
        </span>
        <Outcome trial={trial} />
      </div>
      <div className={classes.side}>
        <Button
          variant="default"
          leftSection={<IconSend size={14} aria-hidden />}
          loading={trial.isPending}
          data-testid="channel-test"
          onClick={() => trial.mutate()}
        >
          Test
        </Button>
        <Button variant="default" onClick={onEdit}>
          Edit
        </Button>
        <ConfirmButton
          label="Delete"
          question="Really delete?"
          loading={remove.isPending}
          onConfirm={() => remove.mutate()}
        />
      </div>
    </li>
  );
}

function Outcome({ trial }: { trial: { data?: { delivered: boolean; outcome: string } | undefined; error: unknown } }) {
  const { data, error } = trial;
  if (error) return <span className={classes.error}>{messageOf(error)}</span>;
  if (data === undefined) return null;
  return (
    <span className={classes.error} style={{ color: data.delivered ? "var(--healthy)" : "var(--error)" }} role="status">
      {data.delivered ? "✓ Delivered: " : "✕ Not delivered: "}
      <PlainLine text={data.outcome} className="" />
    </span>
  );
}

function ChannelForm({ initial, onClose }: { initial: Channel; onClose: () => void }) {
  const queryClient = useQueryClient();
  const [channel, setChannel] = useState(initial);
  const { webhook } = channel;
  const save = useMutation({
    mutationFn: () => saveChannel(channel),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: channelsKey });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={initial.name === "" ? "New channel" : `Channel ${initial.name}`} size="lg">
      <form
        className={editor.form}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <TextInput
          label="Name"
          required
          data-autofocus
          disabled={initial.name !== ""}
          value={channel.name}
          onChange={(event) => setChannel({ ...channel, name: event.currentTarget.value })}
        />
        <SegmentedControl
          aria-label="Kind"
          value={webhook === undefined ? "console" : "webhook"}
          data={[
            { value: "webhook", label: "Webhook" },
            { value: "console", label: "Console" },
          ]}
          onChange={(kind) =>
            setChannel(
              kind === "console"
                ? { name: channel.name, console: {} }
                : { name: channel.name, webhook: initial.webhook ?? emptyWebhook() },
            )
          }
        />
        {webhook === undefined ? null : (
          <WebhookFields webhook={webhook} onChange={(next) => setChannel({ ...channel, webhook: next })} />
        )}
        {save.isError ? (
          <p className={editor.error} role="alert">
            {messageOf(save.error)}
          </p>
        ) : null}
        <div className={editor.buttons}>
          <Button type="submit" size="sm" loading={save.isPending}>
            Save channel
          </Button>
        </div>
      </form>
    </Modal>
  );
}

type Webhook = NonNullable<Channel["webhook"]>;

function WebhookFields({ webhook, onChange }: { webhook: Webhook; onChange: (webhook: Webhook) => void }) {
  const set = (changes: Partial<Webhook>) => onChange({ ...webhook, ...changes });
  return (
    <>
      <TextInput
        type="url"
        label="URL"
        description="Gets a POST of Alertmanager's webhook format, version 4. A path that is kept is shown as /…"
        required
        value={webhook.url}
        onChange={(event) => set({ url: event.currentTarget.value })}
      />
      <TextInput
        type="password"
        autoComplete="off"
        label="Bearer token"
        placeholder={webhook.hasBearerToken ? "unchanged" : "none"}
        value={webhook.bearerToken}
        onChange={(event) => set({ bearerToken: event.currentTarget.value })}
      />
      <div className={editor.thirds}>
        <NumberInput
          label="Timeout"
          suffix=" ms"
          min={0}
          placeholder="30000"
          value={webhook.timeoutMs || ""}
          onChange={(value) => set({ timeoutMs: Number(value) || 0 })}
        />
        <NumberInput
          label="Retries"
          min={0}
          placeholder="3"
          value={webhook.retryAttempts || ""}
          onChange={(value) => set({ retryAttempts: Number(value) || 0 })}
        />
        <NumberInput
          label="First retry after"
          suffix=" ms"
          min={0}
          placeholder="60000"
          value={webhook.retryDelayMs || ""}
          onChange={(value) => set({ retryDelayMs: Number(value) || 0 })}
        />
      </div>
    </>
  );
}

function emptyWebhook(): Webhook {
  return { url: "", timeoutMs: 0, retryAttempts: 0, retryDelayMs: 0, bearerToken: "", hasBearerToken: false };
}
