import { Tooltip, VisuallyHidden } from "@mantine/core";
import { IconRadar2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { fleetHealthQuery } from "../../api/health.ts";
import type { FleetHealth, TargetHealth } from "../../api/types.ts";
import { Panel } from "../../components/panel.tsx";
import { PlainLine } from "../../components/plain.tsx";
import { EmptyState, ErrorState, SkeletonRows } from "../../components/states.tsx";
import { HealthMark } from "../../components/status.tsx";
import { plainLine } from "../../format/plain-text.ts";
import { Timestamp } from "../../time/timestamp.tsx";
import classes from "./health-panel.module.css";
import { ScoreRing } from "./score-ring.tsx";

const shownTroubled = 4;
/** Up to so many targets the tiles have names; beyond they become a strip of small ones. */
const maxNamed = 24;

/** The fleet's score, a tile for every target, and what troubles the worst ones. */
export function HealthPanel() {
  const health = useQuery(fleetHealthQuery);
  const note = health.data?.time == null ? undefined : <Timestamp value={health.data.time} style="ago" />;
  return (
    <Panel title="Fleet health" note={note} to="/settings">
      {health.data !== undefined ? <Fleet health={health.data} /> : null}
      {health.isPending ? <SkeletonRows rows={4} /> : null}
      {health.isError && health.data === undefined ? (
        <ErrorState compact error={health.error} onRetry={() => void health.refetch()} />
      ) : null}
    </Panel>
  );
}

function Fleet({ health }: { health: FleetHealth }) {
  if (health.totalSystems === 0) {
    return (
      <EmptyState compact icon={<IconRadar2 size={28} stroke={1.4} aria-hidden />} title="No system is known yet">
        Health appears with the first metrics, checks or events. <Link to="/settings">Add a target</Link> to have
        something checked.
      </EmptyState>
    );
  }
  const troubled = health.targets.filter((target) => target.status !== "healthy");
  return (
    <div className={classes.fleet}>
      <div className={classes.score}>
        <ScoreRing score={health.fleetHealthScore} status={health.status} />
        <HealthMark status={health.status} />
        <span className="dim">
          {health.healthySystems} of {health.totalSystems} healthy
        </span>
      </div>
      <div className={classes.targets}>
        <ul className={classes.tiles} data-named={health.targets.length <= maxNamed} aria-label="Targets, worst first">
          {health.targets.map((target) => (
            <Tile key={target.target} target={target} />
          ))}
        </ul>
        {troubled.length === 0 ? (
          <p className={classes.well}>Nothing takes points off: every target is well.</p>
        ) : (
          <ul className={classes.troubles}>
            {troubled.slice(0, shownTroubled).map((target) => (
              <Trouble key={target.target} target={target} />
            ))}
          </ul>
        )}
        {troubled.length > shownTroubled ? (
          <p className="dim">and {troubled.length - shownTroubled} more that need attention</p>
        ) : null}
      </div>
    </div>
  );
}

/** Shapes inside the tiles of targets that are not well, so that colour is not all that tells. */
const glyphs = { healthy: "", degraded: "▲", unhealthy: "✕", unknown: "?" } as const;

function Tile({ target }: { target: TargetHealth }) {
  const reasons = target.reasons.map((reason) => plainLine(reason, 200));
  const words = `${plainLine(target.target)}: ${Math.round(target.score)}, ${target.status}`;
  return (
    <li>
      <Tooltip
        events={{ hover: true, focus: true, touch: true }}
        label={
          <div className={classes.tip}>
            <b>{words}</b>
            {reasons.map((reason) => (
              <div key={reason}>{reason}</div>
            ))}
            {target.lastSeen === null ? null : (
              <div>
                last heard of <Timestamp value={target.lastSeen} style="ago" />
              </div>
            )}
          </div>
        }
      >
        <Link
          to={`/events?target=${encodeURIComponent(target.target)}`}
          className={classes.tile}
          data-status={target.status}
        >
          <span className={classes.glyph} aria-hidden="true">
            {glyphs[target.status]}
          </span>
          <span className={classes.tileName}>{plainLine(target.target)}</span>
          <span className={classes.tileScore}>{Math.round(target.score)}</span>
          <VisuallyHidden>{[target.status, ...reasons].join("; ")}</VisuallyHidden>
        </Link>
      </Tooltip>
    </li>
  );
}

function Trouble({ target }: { target: TargetHealth }) {
  return (
    <li className={classes.trouble}>
      <HealthMark status={target.status}>{Math.round(target.score)}</HealthMark>
      <Link to={`/events?target=${encodeURIComponent(target.target)}`} className={classes.name}>
        <PlainLine text={target.target} />
      </Link>
      <PlainLine text={target.reasons.join(" · ")} className={classes.reasons} />
    </li>
  );
}
