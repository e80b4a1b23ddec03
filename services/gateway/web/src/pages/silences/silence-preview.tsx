import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type SilencePreview, silencePreviewQuery } from "../../api/silences.ts";
import { Panel } from "../../components/panel.tsx";
import { PlainLine } from "../../components/plain.tsx";
import { ErrorState } from "../../components/states.tsx";
import { formatWhole } from "../../format/number.ts";
import { elapsed, msOf } from "../../time/format-time.ts";
import { type MatcherDraft, matcherOfDraft } from "./matcher-text.ts";
import classes from "./silences.module.css";

const debounceMs = 500;
const shownNames = 6;
const dayMs = 24 * 3_600_000;

/** What the silence would have hidden, had it been there all the time: to see before what one does not want to miss. */
export function SilencePreviewPanel({ matchers }: { matchers: readonly MatcherDraft[] }) {
  const [asked] = useDebouncedValue(matchers, debounceMs);
  const wanted = asked.filter(({ name }) => name !== "").map(matcherOfDraft);
  const preview = useQuery({ ...silencePreviewQuery(wanted), enabled: wanted.length > 0 });
  return (
    <Panel title="What it would have hidden" note={preview.data === undefined ? undefined : lookedAt(preview.data)}>
      <div aria-live="polite" data-testid="silence-preview">
        {wanted.length === 0 ? <p className={classes.none}>Write a matcher to see what it is about.</p> : null}
        {preview.isError ? <ErrorState compact error={preview.error} /> : null}
        {preview.data === undefined || preview.isError || wanted.length === 0 ? null : <Found preview={preview.data} />}
      </div>
    </Panel>
  );
}

function lookedAt({ start, end, complete }: SilencePreview): string {
  const days = Math.max(1, Math.round((msOf(end) - msOf(start)) / dayMs));
  return `in the last ${days === 1 ? "day" : `${days} days`}${complete ? "" : ", as there was too much to look at more"}`;
}

function Found({ preview }: { preview: SilencePreview }) {
  const { alerts, episodes, firingMs, hiddenNotifications, shorterNotifications, byAlertname } = preview;
  if (alerts === 0) return <p className={classes.none}>No alert of that time matches.</p>;
  const most = Math.max(1, ...byAlertname.map((one) => one.episodes));
  return (
    <>
      <div className={classes.preview}>
        <Figure value={alerts} unit={alerts === 1 ? "alert" : "alerts"} />
        <Figure value={hiddenNotifications} unit="notifications not sent" />
        <Figure value={shorterNotifications} unit="with fewer alerts" />
        <span className="dim">
          They began to fire {formatWhole(episodes)} {episodes === 1 ? "time" : "times"}, for {elapsed(firingMs / 1000)}{" "}
          in all.
        </span>
      </div>
      <ul className={classes.bars} aria-label="By alert name">
        {byAlertname.slice(0, shownNames).map((one) => (
          <li key={one.alertname}>
            <PlainLine text={one.alertname || "(no name)"} />
            <span className={classes.bar} style={{ width: `${(one.episodes / most) * 100}%` }} aria-hidden />
            <span className="dim">{formatWhole(one.episodes)}×</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Figure({ value, unit }: { value: number; unit: string }) {
  return (
    <span className={classes.figure}>
      <span className={classes.number}>{formatWhole(value)}</span> {unit}
    </span>
  );
}
