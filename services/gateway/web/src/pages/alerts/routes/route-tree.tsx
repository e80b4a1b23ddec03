import { Link } from "react-router";
import type { RouteNode, RoutingMatch } from "../../../api/alert-routing.ts";
import { PlainLine } from "../../../components/plain.tsx";
import { elapsed } from "../../../time/format-time.ts";
import { Matchers } from "../../silences/matchers.tsx";
import classes from "./routes.module.css";

/** The tree of routes as a picture. With an alert's match the way that it takes is lit, and each other route says why not. */
export function RouteTree({ nodes, match }: { nodes: readonly RouteNode[]; match: RoutingMatch | null }) {
  const verdicts = new Map(match?.verdicts.map((verdict) => [verdict.id, verdict]) ?? []);
  const roots = nodes.filter(({ depth }) => depth === 0);
  const below = Map.groupBy(nodes, ({ parent }) => parent);
  const draw = (node: RouteNode) => {
    const verdict = verdicts.get(node.id);
    const state = match === null ? "plain" : (verdict?.verdict ?? "not_reached");
    const children = below.get(node.id) ?? [];
    return (
      <li key={node.id} className={classes.branch}>
        <div className={classes.node} data-verdict={state} data-testid="route-node">
          <Facts node={node} />
          {match === null || verdict === undefined ? null : <p className={classes.why}>{verdict.sentence}</p>}
        </div>
        {children.length === 0 ? null : <ol className={classes.below}>{children.map(draw)}</ol>}
      </li>
    );
  };
  return <ol className={classes.tree}>{roots.map(draw)}</ol>;
}

function Facts({ node }: { node: RouteNode }) {
  const { matchers, receiver, groupWaitMs, groupIntervalMs, repeatIntervalMs } = node;
  const lasting = (ms: number) => elapsed(ms / 1000);
  const times = [
    ...node.muteTimeIntervals.map((name) => `not in ${name}`),
    ...node.activeTimeIntervals.map((name) => `only in ${name}`),
  ];
  return (
    <>
      <div className={classes.head}>
        {matchers.length === 0 ? <span className="dim">everything</span> : <Matchers texts={matchers} />}
        <span className={classes.receiver}>
          {"→ "}
          <PlainLine text={receiver} className="" />
        </span>
        {node.continue ? <span className={classes.tag}>and goes on</span> : null}
        {times.map((words) => (
          <span key={words} className={classes.tag}>
            {words}
          </span>
        ))}
        {node.alerts === 0 ? null : (
          <Link to="/alerts" className={classes.now}>
            {node.alerts} {node.alerts === 1 ? "alert" : "alerts"} in {node.groups}{" "}
            {node.groups === 1 ? "group" : "groups"}
          </Link>
        )}
      </div>
      <div className={classes.timers}>
        <span>
          grouped by {node.groupByAll ? "all labels" : node.groupBy.length === 0 ? "nothing" : node.groupBy.join(", ")}
        </span>
        <span>first after {lasting(groupWaitMs)}</span>
        <span>news every {lasting(groupIntervalMs)}</span>
        <span>again after {lasting(repeatIntervalMs)}</span>
      </div>
    </>
  );
}
