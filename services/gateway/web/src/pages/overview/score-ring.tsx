import type { HealthStatus } from "../../api/types.ts";
import classes from "./health-panel.module.css";

const radius = 52;
const length = 2 * Math.PI * radius;

/** A score of 0 to 100 as a ring that is so full, with the number inside. */
export function ScoreRing({ score, status }: { score: number; status: HealthStatus }) {
  const part = Math.min(1, Math.max(0, score / 100));
  return (
    <svg
      viewBox="0 0 128 128"
      className={classes.ring}
      role="img"
      aria-label={`Score ${Math.round(score)} of 100, ${status}`}
    >
      <circle cx={64} cy={64} r={radius} fill="none" stroke="var(--line)" strokeWidth={9} />
      <circle
        cx={64}
        cy={64}
        r={radius}
        fill="none"
        stroke={`var(--${status})`}
        strokeWidth={9}
        strokeLinecap="round"
        strokeDasharray={`${part * length} ${length}`}
        transform="rotate(-90 64 64)"
      />
      <text x={64} y={66} textAnchor="middle" dominantBaseline="central" className={classes.number}>
        {Math.round(score)}
      </text>
    </svg>
  );
}
