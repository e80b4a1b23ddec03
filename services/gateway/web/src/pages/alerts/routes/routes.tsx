import { Button, Textarea } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { routeTreeQuery, routingMatchQuery } from "../../../api/alert-routing.ts";
import { Panel } from "../../../components/panel.tsx";
import { ErrorState, SkeletonRows } from "../../../components/states.tsx";
import { useUrlState } from "../../../url/use-url-state.ts";
import list from "../alerts.module.css";
import { labelsOfText } from "./labels-text.ts";
import { MatchAnswer } from "./match-answer.tsx";
import { Receivers } from "./receivers.tsx";
import { RouteTree } from "./route-tree.tsx";
import classes from "./routes.module.css";

const debounceMs = 400;

/** Whom alerts are told to: the tree of routes, the way that an alert would take, and the receivers. */
export function AlertRoutes() {
  const tree = useQuery(routeTreeQuery);
  const { get, update } = useUrlState();
  const asked = get("labels");
  const labels = labelsOfText(asked);
  const isAsked = labels !== undefined && Object.keys(labels).length > 0;
  const match = useQuery({ ...routingMatchQuery(labels ?? {}), enabled: isAsked });
  const lit = isAsked && match.data !== undefined && !match.isError ? match.data : null;
  return (
    <>
      <div className={list.toolbar}>
        <p>
          Each alert goes down from the top, into the first route that matches, and is told by the last one it reaches.
        </p>
        <Button
          className={list.end ?? ""}
          component={Link}
          to="/alerts/routes/edit"
          size="sm"
          leftSection={<IconPencil size={15} aria-hidden />}
        >
          Edit alertmanager.yml
        </Button>
      </div>
      <Panel title="What would match?" note="Paste an alert’s labels, and its way lights up">
        <LabelsField initial={asked} onChange={(text) => update({ labels: text })} isWrong={labels === undefined} />
        {isAsked && match.isError ? <ErrorState compact error={match.error} /> : null}
        {lit === null ? null : <MatchAnswer match={lit} />}
      </Panel>
      {tree.isPending ? <SkeletonRows rows={8} /> : null}
      {tree.isError && tree.data === undefined ? (
        <ErrorState error={tree.error} onRetry={() => void tree.refetch()} />
      ) : null}
      {tree.data === undefined ? null : (
        <>
          {tree.data.version === 0 ? (
            <p className={classes.nobody}>
              Nobody has put a configuration yet: alerts are grouped and shown, and told to nobody.
            </p>
          ) : null}
          <Panel title="Routes" note={tree.data.version === 0 ? undefined : `version ${tree.data.version}`}>
            <RouteTree nodes={tree.data.nodes} match={lit} />
          </Panel>
          <Receivers receivers={tree.data.receivers} />
        </>
      )}
    </>
  );
}

function LabelsField(props: { initial: string; onChange: (text: string) => void; isWrong: boolean }) {
  const [text, setText] = useState(props.initial);
  const tell = useDebouncedCallback(props.onChange, debounceMs);
  return (
    <Textarea
      aria-label="Labels of an alert"
      classNames={{ input: "mono" }}
      placeholder={'{alertname="HighLatency", team="payments", severity="critical"}'}
      autosize
      minRows={1}
      maxRows={8}
      error={props.isWrong ? 'These are no labels yet: name="value", separated by commas or lines' : undefined}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
    />
  );
}
