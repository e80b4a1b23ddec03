import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";

const root = resolve(import.meta.dirname, "../../../deploy/grafana");
const dataSource = z.object({ type: z.string(), uid: z.string() });

const target = z.looseObject({
  refId: z.string(),
  datasource: dataSource,
  expr: z.string().optional(),
  legendFormat: z.string().optional(),
  instant: z.boolean().optional(),
  exemplar: z.boolean().optional(),
  query: z.string().optional(),
  queryType: z.string().optional(),
  metricsQueryType: z.string().optional(),
  rawSql: z.string().optional(),
});
/** A query of a panel as the board has it. */
export type Target = z.infer<typeof target>;

const panel = z.looseObject({
  id: z.int().positive(),
  type: z.string(),
  title: z.string().min(1),
  description: z.string().optional(),
  gridPos: z.strictObject({
    x: z.int().nonnegative(),
    y: z.int().nonnegative(),
    w: z.int().positive(),
    h: z.int().positive(),
  }),
  datasource: dataSource.optional(),
  targets: z.array(target).default([]),
  timeFrom: z.string().optional(),
  interval: z.string().optional(),
  links: z.array(z.object({ title: z.string(), url: z.string() })).default([]),
});
export type Panel = z.infer<typeof panel>;

const variable = z.looseObject({
  name: z.string(),
  type: z.enum(["query", "textbox", "custom"]),
  definition: z.string().optional(),
  allValue: z.string().optional(),
  datasource: dataSource.optional(),
  query: z.union([z.string(), z.looseObject({ query: z.string() })]),
});
export type Variable = z.infer<typeof variable>;

const board = z.looseObject({
  uid: z.string().regex(/^[a-z0-9-]{1,40}$/),
  title: z.string(),
  description: z.string(),
  schemaVersion: z.int().min(36),
  refresh: z.string(),
  time: z.strictObject({ from: z.string().regex(/^now-\d+[mhd]$/), to: z.literal("now") }),
  templating: z.object({ list: z.array(variable) }),
  annotations: z.object({ list: z.array(z.looseObject({ name: z.string(), datasource: dataSource, target })) }),
  panels: z.array(panel),
});
/** A board as Grafana reads it. */
export type Board = z.infer<typeof board> & { readonly file: string };

/** Every provisioned board, checked to have what a board has. */
export function readBoards(): Board[] {
  return globSync("dashboards/*/*.json", { cwd: root })
    .toSorted()
    .map((file) => ({ ...board.parse(JSON.parse(readFileSync(join(root, file), "utf8"))), file }));
}

/** The text of a file of deploy/grafana. */
export const readProvisioning = (path: string): string => readFileSync(join(root, path), "utf8");
