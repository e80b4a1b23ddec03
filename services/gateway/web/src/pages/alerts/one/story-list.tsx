import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import type { Decision } from "../../../api/explain.ts";
import { PlainLine } from "../../../components/plain.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import classes from "./one.module.css";
import { STEP_TOPICS, wordsOf } from "./story.ts";

const shownAtFirst = 60;
const bad = new Set(["failed", "dropped", "eval_error"]);
const quiet = new Set(["merged", "grouped", "waiting", "due", "deduplicated"]);

/** Everything that was decided about an alert, in order, each with its moment and its reason. */
export function StoryList({ decisions }: { decisions: readonly Decision[] }) {
  const [all, setAll] = useState(false);
  if (decisions.length === 0) return <p className="dim">Nothing was decided in this time.</p>;
  // What came last is what one looks for.
  const shown = all ? decisions : decisions.slice(-shownAtFirst);
  return (
    <>
      {shown.length === decisions.length ? null : (
        <Button variant="subtle" size="compact-xs" onClick={() => setAll(true)}>
          {decisions.length - shown.length} before these
        </Button>
      )}
      <ol className={classes.story} data-testid="alert-story">
        {shown.map((decision, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: decisions have no identity but their place.
          <li key={index} data-tone={toneOf(decision.step)} data-step={decision.step}>
            <span className={classes.when}>
              <Timestamp value={decision.time} style="precise" />
            </span>
            <span className={classes.topic}>{STEP_TOPICS[decision.step] ?? decision.step}</span>
            <span className={classes.sentence}>
              <PlainLine text={wordsOf(decision)} className="" />
              <Cause decision={decision} />
            </span>
          </li>
        ))}
      </ol>
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
  const to = {
    silenced: `/silences/${encodeURIComponent(id)}`,
    inhibited: `/alerts/${id}`,
    maintenance: "/silences/maintenance",
  }[step];
  if (to === undefined) return null;
  return (
    <>
      {" "}
      <Link to={to}>{step === "inhibited" ? "That alert" : step === "silenced" ? "The silence" : "The window"}</Link>
    </>
  );
}
