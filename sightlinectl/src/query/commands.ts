import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { AddCommands } from "../add-commands.ts";
import { wholeNumber } from "../arguments.ts";
import { createGatewayClient } from "../gateway-client.ts";
import { printAnswer } from "./answer.ts";
import { askLogql, askPromql } from "./prometheus.ts";
import { askSql } from "./sql.ts";
import { timeReader } from "./times.ts";
import { askTraceql } from "./traceql.ts";
import { askTraceqlMetrics, isTraceqlMetrics } from "./traceql-metrics.ts";

/** `sightlinectl query …` */
export const addQueryCommands: AddCommands = (program, contextOf) => {
  const group = program.command("query").description("ask what is kept: as a table, with --json, or as CSV");
  const readTime = timeReader(() => contextOf().now());
  const gateway = () => {
    const { settings, signal } = contextOf();
    return createGatewayClient(settings(), signal);
  };

  group
    .command("sql")
    .description("run one SELECT in the SQL of ClickHouse")
    .argument("<statement>", "{name:Type} stands for a parameter")
    .option("--param <name=value>", "a parameter's value: JSON, or else a text", readParameter)
    .option("--csv", "print CSV")
    .action(async (statement, { param = {}, ...print }) =>
      printAnswer(contextOf().out, await askSql(gateway(), statement, param), print),
    );
  group
    .command("promql")
    .description("evaluate PromQL now, or over a range when there is a --start")
    .argument("<query>", "rate(http_requests_total[5m])")
    .option("--start <time>", "RFC 3339, Unix seconds, or -15m, -2h, -7d", readTime)
    .option("--end <time>", "… default: now", readTime)
    .option("--step <duration>", "between two points of a range", "60s")
    .option("--csv", "print CSV")
    .action(async (query, { start, end, step, ...print }) => {
      const times = { start, end: end ?? Math.floor(contextOf().now() / 1000), step };
      printAnswer(contextOf().out, await askPromql(gateway(), query, times), print);
    });
  group
    .command("logql")
    .description("find or count log records by LogQL")
    .argument("<query>", '{service_name="shop"} |= "error"')
    .option("--start <time>", "RFC 3339, Unix seconds, or -15m, -2h, -7d; default: an hour before the end", readTime)
    .option("--end <time>", "… default: now", readTime)
    .option("--step <duration>", "between two points of a metric")
    .option("--limit <count>", "at most so many records", wholeNumber(1), 100)
    .option("--csv", "print CSV")
    .action(async (query, { csv, ...times }) =>
      printAnswer(contextOf().out, await askLogql(gateway(), query, times), { csv }),
    );
  group
    .command("traceql")
    .description("find traces by TraceQL, or measure them")
    .argument("<query>", "{ duration > 1s }, or { status = error } | rate() by (resource.service.name)")
    .option("--start <time>", "RFC 3339, Unix seconds, or -15m, -2h, -7d; default: an hour before the end", readTime)
    .option("--end <time>", "… default: now", readTime)
    .option("--step <duration>", "between two points of a metric; default: one value over all of the time")
    .option("--limit <count>", "at most so many traces", wholeNumber(1), 20)
    .option("--csv", "print CSV")
    .action(async (query, { csv, start, end, step, limit }) => {
      const until = end ?? Math.floor(contextOf().now() / 1000);
      const range = { start: start ?? until - 3600, end: until };
      const answer = isTraceqlMetrics(query)
        ? await askTraceqlMetrics(gateway(), query, { ...range, step })
        : await askTraceql(gateway(), query, { ...range, limit });
      printAnswer(contextOf().out, answer, { csv });
    });
};

/** Reads one more parameter. */
function readParameter(text: string, before: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const [, name, value = ""] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("want name=value.");
  return { ...before, [name]: jsonOr(value) };
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
