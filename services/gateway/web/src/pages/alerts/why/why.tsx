import { Button, TextInput } from "@mantine/core";
import { IconBellOff, IconBellRinging, IconHelpCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { messageOf } from "../../../api/api-error.ts";
import { type Paging, type PagingSentence, pagingQuery } from "../../../api/explain.ts";
import { sessionQuery } from "../../../api/session.ts";
import { Panel } from "../../../components/panel.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import { EmptyState, SkeletonRows } from "../../../components/states.tsx";
import { msOf } from "../../../time/format-time.ts";
import { localText, momentOfLocal } from "../../../time/local-text.ts";
import { Timestamp } from "../../../time/timestamp.tsx";
import { useUrlState } from "../../../url/use-url-state.ts";
import { AlertsFrame } from "../alerts-frame.tsx";
import { type Folded, fold } from "../one/fold.ts";
import classes from "../one/one.module.css";

/** "Why was I (not) paged?": asked by user and time, answered in a sentence, with what it follows from. */
export function Why() {
  const url = useUrlState();
  const session = useQuery(sessionQuery);
  const asked = { user: url.get("user"), time: url.get("time") };
  const isAsked = asked.user !== "" && asked.time !== "";
  return (
    <AlertsFrame title="Alerts: why?">
      <Panel
        title="Why was I paged, or not?"
        note="By the configuration, the schedules and the silences that were in force then"
      >
        <Question
          key={`${asked.user} ${asked.time} ${session.data?.user.username ?? ""}`}
          user={asked.user || (session.data?.user.username ?? "")}
          time={asked.time === "" ? localText(Date.now()) : localText(msOf(asked.time))}
          onAsk={(user, time) => url.update({ user, time }, { push: true })}
        />
      </Panel>
      {isAsked ? (
        <Answer user={asked.user} time={asked.time} />
      ) : (
        <EmptyState
          icon={<IconHelpCircle size={34} stroke={1.4} aria-hidden />}
          title="Every page has a reason, and every silence"
        >
          Ask about a moment: ten minutes before and after it are looked at.
        </EmptyState>
      )}
    </AlertsFrame>
  );
}

function Question(props: { user: string; time: string; onAsk: (user: string, time: string) => void }) {
  const [user, setUser] = useState(props.user);
  const [time, setTime] = useState(props.time);
  const moment = momentOfLocal(time);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (moment !== "" && user.trim() !== "") props.onAsk(user.trim(), moment);
  };
  return (
    <form className={classes.form} onSubmit={onSubmit} data-testid="why-form">
      <TextInput label="Who" required value={user} onChange={(event) => setUser(event.currentTarget.value)} />
      <TextInput
        type="datetime-local"
        label="About when"
        required
        value={time}
        onChange={(event) => setTime(event.currentTarget.value)}
      />
      <Button type="submit" size="sm">
        Ask
      </Button>
    </form>
  );
}

function Answer({ user, time }: { user: string; time: string }) {
  const paging = useQuery(pagingQuery(user, time));
  if (paging.isPending) return <SkeletonRows rows={6} />;
  if (paging.data === undefined) {
    return (
      <p role="alert" style={{ color: "var(--error)" }}>
        {messageOf(paging.error)}
      </p>
    );
  }
  return <Found paging={paging.data} />;
}

function Found({ paging }: { paging: Paging }) {
  const [, ...because] = paging.sentences;
  const folded = fold(because, ({ kind, text }) => `${kind} ${text}`);
  return (
    <Panel>
      <p className={classes.answer} data-testid="why-answer" data-paged={paging.paged}>
        {paging.paged ? (
          <IconBellRinging size={18} color="var(--info)" aria-hidden />
        ) : (
          <IconBellOff size={18} color="var(--warning)" aria-hidden />
        )}
        <PlainLine text={paging.answer} className="" />
      </p>
      <ol className={classes.story}>
        {folded.map((told, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: sentences have no identity but their place.
          <Because key={index} told={told} />
        ))}
      </ol>
      {paging.complete ? null : <p className="dim">There was more than is looked at: ask about a time nearer to it.</p>}
    </Panel>
  );
}

function Because({ told: { item, more, last } }: { told: Folded<PagingSentence> }) {
  const { time, kind, text, fingerprint } = item;
  return (
    <li>
      <span className={classes.when}>{time === null ? "" : <Timestamp value={time} style="moment" />}</span>
      <span className={classes.topic}>{kind.replaceAll("_", " ")}</span>
      <span className={classes.sentence}>
        <PlainLine text={text} className="" />
        {more === 0 ? null : (
          <span className="dim">
            {` ${more} ${more === 1 ? "time" : "times"} more`}
            {last.time === null ? null : (
              <>
                , the last at <Timestamp value={last.time} />
              </>
            )}
          </span>
        )}
        {fingerprint === "" ? null : (
          <>
            {" "}
            <Link to={`/alerts/${fingerprint}`}>The alert</Link>
          </>
        )}
      </span>
    </li>
  );
}
