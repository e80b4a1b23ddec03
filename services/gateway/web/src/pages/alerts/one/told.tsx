import { IconBellOff, IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { explainQuery } from "../../../api/explain.ts";
import { Panel } from "../../../components/panel.tsx";
import { PlainLine } from "../../../components/plain.tsx";
import { ErrorState, SkeletonRows } from "../../../components/states.tsx";
import { Timestamp } from "../../../time/timestamp.tsx";
import { useNow } from "../../../time/use-now.ts";
import { Life } from "./life.tsx";
import classes from "./one.module.css";
import { pictureOf, type Verdict, verdictsOf, wordsOf } from "./story.ts";
import { StoryList } from "./story-list.tsx";

/** Why somebody was told of an alert, or was not: the answer, a picture of its life, and the story. */
export function Told({ id, start }: { id: string; start: string | undefined }) {
  const explain = useQuery(explainQuery(id, start));
  const now = useNow(10);
  if (explain.isPending) return <SkeletonRows rows={10} />;
  if (explain.data === undefined) return <ErrorState error={explain.error} onRetry={() => void explain.refetch()} />;
  const picture = pictureOf(explain.data, now);
  return (
    <>
      <Panel title="Who was told">
        <Verdicts verdicts={verdictsOf(explain.data)} />
        {picture === undefined ? null : <Life picture={picture} nowMs={now} />}
      </Panel>
      <div id="story">
        <Panel title="What was decided, in order" note={explain.data.length}>
          <StoryList decisions={explain.data} />
        </Panel>
      </div>
    </>
  );
}

function Verdicts({ verdicts }: { verdicts: readonly Verdict[] }) {
  if (verdicts.length === 0) return <p className="dim">Nobody yet: nothing was decided about telling somebody.</p>;
  return (
    <ul className={classes.verdicts} data-testid="alert-verdicts">
      {verdicts.map(({ told, receiver, decision }) => (
        <li key={receiver}>
          {told ? (
            <IconCircleCheck size={16} color="var(--healthy)" aria-hidden />
          ) : (
            <IconBellOff size={16} color="var(--warning)" aria-hidden />
          )}
          <span>
            <PlainLine text={wordsOf(decision)} className="" /> <Timestamp value={decision.time} style="ago" />
          </span>
        </li>
      ))}
    </ul>
  );
}
