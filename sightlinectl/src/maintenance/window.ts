import { z } from "zod";
import type { Column } from "../print/table.ts";

/** What the server says of a window, as far as it is shown. */
export const windowForm = z.looseObject({
  windowId: z.string(),
  name: z.string(),
  matchers: z.array(z.string()),
  schedule: z.looseObject({ kind: z.string() }),
  reason: z.string(),
  open: z.boolean(),
  changes: z.string().nullable(),
  openings: z.array(z.looseObject({ key: z.string(), until: z.string().nullable() })),
});
export type Window = z.infer<typeof windowForm>;

/** What is answered to a change. */
export const windowAnswer = z.object({ window: windowForm });

export const WINDOWS_PATH = "/v1/maintenance-windows";

/** Of one window, known by its id or its name. */
export function windowPath(window: string): string {
  return `${WINDOWS_PATH}/${encodeURIComponent(window)}`;
}

export const windowColumns: readonly Column<Window>[] = [
  { title: "NAME", text: ({ name }) => name },
  { title: "STATE", text: ({ open }) => (open ? "open" : "closed") },
  { title: "UNTIL", text: ({ changes }) => changes?.slice(0, 19) ?? "" },
  { title: "SCHEDULE", text: ({ schedule }) => schedule.kind },
  { title: "MATCHERS", text: ({ matchers }) => matchers.join(", ") },
  { title: "REASON", text: ({ reason }) => reason },
];

/** One line for people. */
export function stateLine({ name, open, changes }: Window): string {
  const until = changes === null ? "" : ` until ${changes.slice(0, 19)}Z`;
  return `${name}: ${open ? "open" : "closed"}${until}`;
}
