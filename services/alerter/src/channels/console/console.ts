import type { Notice, Outcome, RetryPolicy } from "../notice.ts";

/** Where notices are written. */
export interface NoticeLog {
  info(fields: object, message: string): void;
}

export const consoleRetry: RetryPolicy = { attempts: 1, delayMs: 0, timeoutMs: 1000 };

/** Writes each alert of the notice as one line into the service's log. */
export function tellConsole(log: NoticeLog, notice: Notice): Outcome {
  for (const { alert, status } of notice.alerts) {
    const { alertId, ruleName, severity, labels, value } = alert;
    log.info(
      { tenant: notice.tenant, channel: notice.channel, alertId, ruleName, severity, labels, value, status },
      `alert ${status}: ${alert.summary}`,
    );
  }
  return { delivered: true, outcome: "written to the log", retryable: false };
}
