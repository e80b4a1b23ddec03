import { Button } from "@mantine/core";
import { IconBellOff, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { alertsKey } from "../../api/alerts.ts";
import { expireSilence, type Silence, type SilenceState, silencesQuery } from "../../api/silences.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { tellDone, tellFailed } from "../../components/notify.ts";
import { Panel } from "../../components/panel.tsx";
import { PlainLine } from "../../components/plain.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { Timestamp } from "../../time/timestamp.tsx";
import list from "../alerts/alerts.module.css";
import { draftOfMatcher, textOfMatcher } from "./matcher-text.ts";
import { Matchers } from "./matchers.tsx";

const titles = {
  active: "Active",
  pending: "To come",
  expired: "Over",
} satisfies Record<SilenceState, string>;

const shownOver = 20;

/** The silences: those that hide something now, those to come, and the last that are over. */
export function Silences() {
  const silences = useQuery(silencesQuery);
  return (
    <>
      <div className={list.toolbar}>
        <p>A silence keeps alerts that match it from being told, until a time, for a reason.</p>
        <Button
          className={list.end ?? ""}
          component={Link}
          to="/silences/new"
          size="sm"
          leftSection={<IconPlus size={15} aria-hidden />}
        >
          New silence
        </Button>
      </div>
      {silences.isPending ? <SkeletonRows rows={5} /> : null}
      {silences.isError && silences.data === undefined ? (
        <ErrorState error={silences.error} onRetry={() => void silences.refetch()} />
      ) : null}
      {silences.data?.length === 0 ? (
        <EmptyState icon={<IconBellOff size={34} stroke={1.4} aria-hidden />} title="Nothing is silenced">
          Everything that fires is told. From an alert, “Silence” begins one with its labels.
        </EmptyState>
      ) : null}
      {(["active", "pending", "expired"] as const).map((state) => (
        <Part key={state} state={state} silences={silences.data?.filter((one) => one.state === state) ?? []} />
      ))}
    </>
  );
}

function Part({ state, silences }: { state: SilenceState; silences: readonly Silence[] }) {
  const [all, setAll] = useState(false);
  if (silences.length === 0) return null;
  const shown = state === "expired" && !all ? silences.slice(0, shownOver) : silences;
  return (
    <Panel title={titles[state]} note={silences.length} flush>
      <ul className={list.list}>
        {shown.map((silence) => (
          <SilenceRow key={silence.silenceId} silence={silence} />
        ))}
      </ul>
      {shown.length === silences.length ? null : (
        <Button variant="subtle" onClick={() => setAll(true)}>
          {silences.length - shown.length} more
        </Button>
      )}
    </Panel>
  );
}

function SilenceRow({ silence }: { silence: Silence }) {
  const { silenceId, state, matchers, author, reason, start, end } = silence;
  return (
    <li className={list.item} data-testid="silence-row" data-state={state}>
      <div className={list.main}>
        <span className={list.name}>
          <Link to={`/silences/${encodeURIComponent(silenceId)}`}>
            <PlainLine text={reason} className="" />
          </Link>
        </span>
        <Matchers texts={matchers.map((matcher) => textOfMatcher(draftOfMatcher(matcher)))} />
        <span className={list.condition}>
          by {author}, <Timestamp value={start} /> – <Timestamp value={end} />
          {state === "expired" ? null : (
            <>
              {state === "active" ? ", ends " : ", begins "}
              <Timestamp value={state === "active" ? end : start} style="ago" />
            </>
          )}
        </span>
      </div>
      <div className={list.side}>
        <Button component={Link} to={`/silences/${encodeURIComponent(silenceId)}`} variant="default">
          {state === "expired" ? "Again" : "Edit"}
        </Button>
        {state === "expired" ? null : <ExpireButton silenceId={silenceId} />}
      </div>
    </li>
  );
}

function ExpireButton({ silenceId }: { silenceId: string }) {
  const queryClient = useQueryClient();
  const expire = useMutation({
    mutationFn: () => expireSilence(silenceId),
    onSuccess: () => tellDone("The silence is over: what still fires is told."),
    onError: (error) => tellFailed("Could not end the silence", error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: alertsKey }),
  });
  return (
    <ConfirmButton label="End" question="End it now?" loading={expire.isPending} onConfirm={() => expire.mutate()} />
  );
}
