import { Button } from "@mantine/core";
import { IconListDetails, IconZoomReset } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { Link, useParams } from "react-router";
import { traceQuery } from "../../api/traces.ts";
import type { Trace } from "../../api/types.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { Page } from "../../components/page.tsx";
import { PlainLine } from "../../components/plain.tsx";
import { ErrorState, SkeletonRows } from "../../components/states.tsx";
import { formatNanos, formatWhole } from "../../format/number.ts";
import { colorsOfNames } from "../../format/palette.ts";
import { plainLine } from "../../format/plain-text.ts";
import { msOf } from "../../time/format-time.ts";
import { Timestamp } from "../../time/timestamp.tsx";
import { useUrlState } from "../../url/use-url-state.ts";
import { Minimap } from "./minimap.tsx";
import { SpanDetail } from "./span-detail.tsx";
import classes from "./trace-page.module.css";
import { Waterfall } from "./waterfall.tsx";
import { type TraceTree, traceTree, type Window } from "./waterfall-layout.ts";

/** One trace, span by span. */
export function TracePage() {
  const { traceId = "" } = useParams();
  const trace = useQuery(traceQuery(traceId));
  if (trace.data !== undefined && trace.data.spans.length > 0) return <TraceView key={traceId} trace={trace.data} />;
  return (
    <Page title="Trace">
      {trace.isPending ? <SkeletonRows rows={14} height={18} /> : null}
      {trace.isPending ? null : (
        <ErrorState
          error={trace.error ?? new Error("The trace has no spans yet; they may still be on their way.")}
          onRetry={() => void trace.refetch()}
        />
      )}
    </Page>
  );
}

function TraceView({ trace }: { trace: Trace }) {
  const url = useUrlState();
  const tree = useMemo(() => traceTree(trace.spans), [trace]);
  const colors = useMemo(() => colorsOfNames(tree.services.map(({ name }) => name)), [tree]);
  const [shown, setShown] = useState<Window>({ from: 0, to: tree.duration });
  const root = tree.roots[0];
  const linked = url.get("span");
  // Kept here as well: the address changes too late for keys that follow each other quickly.
  const [chosenId, setChosenId] = useState(linked);
  useEffect(() => setChosenId(linked), [linked]);
  const choose = (id: string) => {
    setChosenId(id);
    url.update({ span: id });
  };
  const chosen = tree.nodes.find((node) => node.id === chosenId);
  const logsAddress = useMemo(() => logsOf(trace, tree), [trace, tree]);
  const isZoomed = shown.from > 0 || shown.to < tree.duration;
  return (
    <Page
      title={root === undefined ? "Trace" : plainLine(root.span.name)}
      heading={root === undefined ? "Trace" : <PlainLine text={root.span.name} className="" />}
      controls={
        <>
          {isZoomed ? (
            <Button
              variant="default"
              size="sm"
              leftSection={<IconZoomReset size={15} aria-hidden />}
              onClick={() => setShown({ from: 0, to: tree.duration })}
            >
              Show all
            </Button>
          ) : null}
          <Button
            component={Link}
            to={logsAddress}
            variant="default"
            size="sm"
            leftSection={<IconListDetails size={15} aria-hidden />}
          >
            Logs of this trace
          </Button>
        </>
      }
    >
      <Summary trace={trace} tree={tree} colors={colors} />
      <Minimap tree={tree} colors={colors} window={shown} onWindow={setShown} />
      <div className={classes.body} data-detail={chosen !== undefined}>
        <Waterfall
          tree={tree}
          colors={colors}
          window={shown}
          onWindow={setShown}
          chosen={chosen?.id ?? ""}
          onChoose={choose}
        />
        {chosen === undefined ? null : (
          <SpanDetail node={chosen} traceId={trace.traceId} logsAddress={logsAddress} onClose={() => choose("")} />
        )}
      </div>
    </Page>
  );
}

function Summary({ trace, tree, colors }: { trace: Trace; tree: TraceTree; colors: ReadonlyMap<string, string> }) {
  const total = tree.services.reduce((sum, { self }) => sum + self, 0);
  return (
    <div className={classes.summary}>
      <span>
        <Timestamp value={tree.roots[0]?.span.start ?? null} style="full" />
      </span>
      <span>
        <b>{formatNanos(tree.duration)}</b>
      </span>
      <span>{formatWhole(tree.nodes.length)} spans</span>
      {tree.errorCount === 0 ? null : <b className={classes.errors}>{formatWhole(tree.errorCount)} failed</b>}
      <span className={classes.id}>
        <span className="mono truncate">{trace.traceId}</span>
        <CopyButton text={trace.traceId} label="Copy the trace id" />
      </span>
      <ul className={classes.services} aria-label="Services by the time they took themselves">
        {tree.services.map(({ name, self }) => (
          <li key={name}>
            <i style={{ background: colors.get(name) }} />
            <PlainLine text={name} className="" />
            <span className="dim">{total > 0 ? `${Math.round((self / total) * 100)} %` : ""}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

const marginMs = 60_000;

/** The logs of a trace: its id, within its time and a minute around. */
function logsOf(trace: Trace, tree: TraceTree): string {
  const startMs = msOf(tree.roots[0]?.span.start ?? "") || Date.now();
  const params = new URLSearchParams({
    traceId: trace.traceId,
    start: new Date(startMs - marginMs).toISOString(),
    end: new Date(startMs + tree.duration / 1e6 + marginMs).toISOString(),
  });
  return `/logs?${params}`;
}
