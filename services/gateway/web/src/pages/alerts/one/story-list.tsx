import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import type { Decision } from "../../../api/explain.ts";
import { PlainLine } from "../../../components/plain.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import { fold } from "./fold.ts";
import classes from "./one.module.css";
import { STEP_TOPICS, wordsOf } from "./story.ts";

const bad = new Set(["failed", "dropped", "eval_error"]);
const quiet = new Set(["merged", "grouped", "waiting", "due", "deduplicated"]);

/** Everything that was decided about an alert, in order, each with its moment and its reason; what comes again is folded. */
export function StoryList({ decisions }: { decisions: readonly Decision[] }) {
  const [each, setEach] = useState(false);
  if (decisions.length === 0) return <p className="dim">Nothing was decided in this time.</p>;
  const folded = fold(decisions, (decision) => `${decision.step} ${wordsOf(decision)}`);
  const shown = each ? decisions.map((item) => ({ item, more: 0, last: item })) : folded;
  return (
    <>
      <ol className={classes.story} data-testid="alert-story">
        {shown.map(({ item, more, last }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: decisions have no identity but their place.
          <li key={index} data-tone={toneOf(item.step)} data-step={item.step}>
            <span className={classes.when}>
              <Timestamp value={item.time} style="precise" />
            </span>
            <span className={classes.topic}>{STEP_TOPICS[item.step] ?? item.step.replaceAll("_", " ")}</span>
            <span className={classes.sentence}>
              <PlainLine text={wordsOf(item)} className="" />
              <Cause decision={item} />
              {more === 0 ? null : (
                <span className="dim">
                  {` ${more} ${more === 1 ? "time" : "times"} more, the last at `}
                  <Timestamp value={last.time} />
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
      {folded.length === decisions.length ? null : (
        <Button variant="subtle" size="compact-xs" onClick={() => setEach(!each)}>
          {each ? "Tell once what comes again" : `Show each of ${decisions.length}`}
        </Button>
      )}
    </>
  );
}

function toneOf(step: string): string {
  if (bad.has(step)) return "bad";
  return quiet.has(step) ? "quiet" : "plain";
}

/** Where to look at what decided. */
function Cause({ decision: { step, ids } }: { decision: Decision }) {
  const [id] = ids;
  if (id === undefined) return null;
  switch (step) {
    case "silenced":
      return <Link to={`/silences/${encodeURIComponent(id)}`}> The silence</Link>;
    case "inhibited":
      return <Link to={`/alerts/${encodeURIComponent(id)}`}> That alert</Link>;
    case "maintenance":
      return <Link to="/silences/maintenance"> The window</Link>;
    case "escalation":
      return id.startsWith("user:") ? null : (
        <Link to={`/oncall/escalations/${encodeURIComponent(id)}`}> The escalation</Link>
      );
    case "correlated":
      return <Link to={`/incidents/${encodeURIComponent(id)}`}> The incident</Link>;
    default:
      return null;
  }
}
