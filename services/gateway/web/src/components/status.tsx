import {
  IconAlertTriangleFilled,
  IconBellRinging,
  IconCircleCheck,
  IconCircleCheckFilled,
  IconCircleXFilled,
  IconHelpCircle,
  IconHourglass,
  IconUserCheck,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { AlertState } from "../api/alert-types.ts";
import type { Kept } from "../api/retention.ts";
import type { HealthStatus } from "../api/types.ts";
import classes from "./severity.module.css";

const healthIcons = {
  healthy: IconCircleCheckFilled,
  degraded: IconAlertTriangleFilled,
  unhealthy: IconCircleXFilled,
  unknown: IconHelpCircle,
} satisfies Record<HealthStatus, unknown>;

/** A health status as a shape, a colour and, unless other words are given, its name. */
export function HealthMark({ status, children }: { status: HealthStatus; children?: ReactNode }) {
  const Icon = healthIcons[status];
  return (
    <span className={classes.mark} style={{ color: `var(--${status})` }}>
      <Icon size={15} aria-hidden />
      <span>{children ?? status}</span>
    </span>
  );
}

const stateLooks = {
  firing: { icon: IconBellRinging, color: "var(--error)" },
  pending: { icon: IconHourglass, color: "var(--warning)" },
  acknowledged: { icon: IconUserCheck, color: "var(--info)" },
  resolved: { icon: IconCircleCheck, color: "var(--healthy)" },
} satisfies Record<AlertState, unknown>;

/** Where an alert is in its life, as a shape, a colour and, unless other words are given, its name. */
export function AlertStateMark({ state, children }: { state: AlertState; children?: ReactNode }) {
  const { icon: Icon, color } = stateLooks[state];
  return (
    <span className={classes.mark} style={{ color }}>
      <Icon size={15} stroke={1.9} aria-hidden />
      <span>{children ?? state}</span>
    </span>
  );
}

const appliedLooks = {
  applied: { icon: IconCircleCheck, color: "var(--healthy)" },
  pending: { icon: IconHourglass, color: "var(--warning)" },
  failed: { icon: IconCircleXFilled, color: "var(--error)" },
} satisfies Record<Kept["state"], unknown>;

/** Whether what was asked for is so, as a shape, a colour and its name. */
export function AppliedMark({ state }: { state: Kept["state"] }) {
  const { icon: Icon, color } = appliedLooks[state];
  return (
    <span className={classes.mark} style={{ color }}>
      <Icon size={15} stroke={1.9} aria-hidden />
      <span>{state}</span>
    </span>
  );
}
