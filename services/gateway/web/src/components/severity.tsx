import { SEVERITIES, type Severity } from "@sightline/model/severity";
import {
  IconAlertOctagonFilled,
  IconAlertTriangleFilled,
  IconCircleDotted,
  IconCircleXFilled,
  IconInfoCircle,
} from "@tabler/icons-react";
import { colorOfSeverity } from "../format/palette.ts";
import classes from "./severity.module.css";

const icons = {
  debug: IconCircleDotted,
  info: IconInfoCircle,
  warning: IconAlertTriangleFilled,
  error: IconCircleXFilled,
  critical: IconAlertOctagonFilled,
} satisfies Record<Severity, unknown>;

/** Worst first: the order in which people want to see severities. */
export const SEVERITIES_WORST_FIRST: readonly Severity[] = [...SEVERITIES].reverse();

/** A severity as a shape and a colour, with its word unless `iconOnly`. */
export function SeverityMark({ severity, iconOnly = false }: { severity: Severity; iconOnly?: boolean }) {
  const Icon = icons[severity];
  return (
    <span className={classes.mark} style={{ color: colorOfSeverity(severity) }} data-severity={severity}>
      <Icon
        size={15}
        stroke={1.9}
        {...(iconOnly ? { role: "img", "aria-label": severity, title: severity } : { "aria-hidden": true })}
      />
      {iconOnly ? null : <span>{severity}</span>}
    </span>
  );
}
