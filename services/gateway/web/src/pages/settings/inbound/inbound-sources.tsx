import { Button } from "@mantine/core";
import { IconPlus, IconWebhook } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  deleteSource,
  type InboundSource,
  inboundKey,
  inboundSourcesQuery,
  renewSource,
} from "../../../api/inbound.ts";
import { ConfirmButton } from "../../../components/confirm-button.tsx";
import { Labels } from "../../../components/labels.tsx";
import { tellFailed } from "../../../components/notify.ts";
import { Panel } from "../../../components/panel.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../../components/states.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import { useUrlState } from "../../../url/use-url-state.ts";
import rows from "../../alerts/alerts.module.css";
import { AddressShown } from "./address-shown.tsx";
import { SourceForm } from "./source-form.tsx";

/** Who may send alerts and events in a format of its own, and what came of the last that each sent. */
export function InboundSources() {
  const sources = useQuery(inboundSourcesQuery);
  const url = useUrlState();
  const [address, setAddress] = useState<string | null>(null);
  const asked = url.get("source");
  const edited = sources.data?.find(({ sourceId }) => sourceId === asked);
  const open = (source: string) => url.update({ source }, { push: true });
  const close = () => url.update({ source: null });
  return (
    <>
      <div className={rows.toolbar}>
        <p>An address to which another system sends what it has to say; it becomes alerts and events.</p>
        <Button
          className={rows.end ?? ""}
          size="sm"
          leftSection={<IconPlus size={15} aria-hidden />}
          data-testid="inbound-new"
          onClick={() => open("new")}
        >
          New source
        </Button>
      </div>
      {sources.isPending ? <SkeletonRows rows={5} /> : null}
      {sources.isError && sources.data === undefined ? (
        <ErrorState error={sources.error} onRetry={() => void sources.refetch()} />
      ) : null}
      {sources.data?.length === 0 ? (
        <EmptyState icon={<IconWebhook size={34} stroke={1.4} aria-hidden />} title="Nobody sends alerts here yet">
          Alertmanager, Grafana, GitHub, Sentry, PagerDuty, or any JSON by a mapping of yours; and Slack, of the buttons
          that people press there.
        </EmptyState>
      ) : null}
      {sources.data === undefined || sources.data.length === 0 ? null : (
        <Panel flush>
          <ul className={rows.list}>
            {sources.data.map((source) => (
              <SourceRow
                key={source.sourceId}
                source={source}
                onEdit={() => open(source.sourceId)}
                onAddress={setAddress}
              />
            ))}
          </ul>
        </Panel>
      )}
      {asked === "new" || edited !== undefined ? (
        <SourceForm
          key={asked}
          source={edited}
          onClose={close}
          onCreated={(path) => {
            close();
            setAddress(path);
          }}
        />
      ) : null}
      {address === null ? null : <AddressShown path={address} onClose={() => setAddress(null)} />}
    </>
  );
}

function SourceRow(props: { source: InboundSource; onEdit: () => void; onAddress: (path: string) => void }) {
  const { source, onEdit, onAddress } = props;
  const { sourceId, name, kind, settings, hasSecret, prefix, lastReceived, lastProblem } = source;
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: inboundKey });
  const renew = useMutation({
    mutationFn: () => renewSource(sourceId),
    onSuccess: onAddress,
    onError: (error) => tellFailed(`Could not give “${name}” another address`, error),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: () => deleteSource(sourceId),
    onError: (error) => tellFailed(`Could not delete “${name}”`, error),
    onSettled,
  });
  return (
    <li className={rows.item} data-testid="inbound-row" data-problem={lastProblem !== ""}>
      <div className={rows.main}>
        <span className={rows.name}>
          {name}
          <Labels labels={settings.labels} />
        </span>
        <span className={rows.condition}>
          {kind} at <span className="mono">{prefix}…</span>, {hasSecret ? "signed" : "not signed"}
        </span>
        {lastProblem === "" ? null : <PlainLine text={lastProblem} className={rows.error} />}
      </div>
      <div className={rows.side}>
        <span>
          {lastReceived === null ? (
            "sent nothing yet"
          ) : (
            <>
              sent <Timestamp value={lastReceived} style="ago" />
            </>
          )}
        </span>
        <Button variant="default" onClick={onEdit}>
          {kind === "slack" ? "Edit" : "Edit, try"}
        </Button>
        <ConfirmButton
          label="New address"
          question="The old one ends. Sure?"
          loading={renew.isPending}
          onConfirm={() => renew.mutate()}
        />
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
