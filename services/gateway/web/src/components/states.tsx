import { Button, Skeleton } from "@mantine/core";
import { IconCloudOff, IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { isRetryable, messageOf } from "../api/api-error.ts";
import classes from "./states.module.css";

/** What a list shows when there is nothing in it: what is missing, why, and what to do about it. */
export function EmptyState({
  icon,
  title,
  children,
  compact = false,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  compact?: boolean;
}) {
  return (
    <div className={compact ? classes.compact : classes.state} data-testid="empty-state">
      {icon === undefined ? null : <div className={classes.icon}>{icon}</div>}
      <p className={classes.title}>{title}</p>
      {children === undefined ? null : <div className={classes.text}>{children}</div>}
    </div>
  );
}

/** What is shown in place of something that could not be loaded: the server's own words, and another try. */
export function ErrorState({
  error,
  onRetry,
  compact = false,
}: {
  error: unknown;
  onRetry?: () => void;
  compact?: boolean;
}) {
  return (
    <div className={compact ? classes.compact : classes.state} role="alert" data-testid="error-state">
      <div className={classes.errorIcon}>
        <IconCloudOff size={compact ? 20 : 30} stroke={1.5} aria-hidden />
      </div>
      <p className={classes.title}>{isRetryable(error) ? "This cannot be loaded just now" : "This did not work"}</p>
      <p className={classes.message}>{messageOf(error)}</p>
      {onRetry === undefined ? null : (
        <Button variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

const widths = ["92%", "78%", "86%", "64%", "81%", "70%"];

/** Grey lines where rows will be. */
export function SkeletonRows({ rows, height = 14 }: { rows: number; height?: number }) {
  return (
    <div className={classes.skeleton} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have no identity.
        <Skeleton key={row} height={height} width={widths[row % widths.length] ?? "80%"} radius="sm" />
      ))}
    </div>
  );
}
