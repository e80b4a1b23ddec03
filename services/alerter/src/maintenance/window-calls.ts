import { formatMatcher, sortMatchers } from "@sightline/alertmanager/matcher/matcher";
import { createMaintenance } from "@sightline/alertmanager/silence/maintenance";
import { isOver, type MaintenanceWindow, refused } from "@sightline/alertmanager/silence/maintenance-window";
import { occurrences } from "@sightline/alertmanager/silence/occurrences";
import { closeWindow, openWindow } from "@sightline/alertmanager/silence/open-close";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { isUuid } from "@sightline/model/uuid7";
import type { Pool, Sql } from "@sightline/postgres/pool";
import {
  type CloseMaintenanceWindowRequest,
  type DeleteMaintenanceWindowRequest,
  type MaintenanceOccurrence,
  type OpenMaintenanceWindowRequest,
  type PreviewMaintenanceWindowRequest,
  type PutMaintenanceWindowRequest,
  MaintenanceWindow as WindowMessage,
} from "@sightline/proto/sightline/alert/v1/maintenance_window_service";
import { insertDecisions } from "../dispatch/decision-store.ts";
import { saidOf, shownWindow, windowFromMessage } from "./window-message.ts";
import { changeWindows, deleteWindow, listWindows, putWindow } from "./window-store.ts";

export interface WindowCallsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  /** How many a tenant may have. */
  readonly maxWindows: number;
  /** How long one is kept that is over and that nobody uses. */
  readonly retentionMs: number;
  /** Called after windows changed. */
  readonly onChanged: () => void;
}

/** A tenant's maintenance windows, as people and programs ask for and change them. Windows are named by id or by name. */
export interface WindowCalls {
  list(tenant: string, onlyOpen: boolean): Promise<WindowMessage[]>;
  /** Throws not_found, as all do but `put` and `open` with matchers. */
  get(tenant: string, window: string): Promise<WindowMessage>;
  put(tenant: string, request: PutMaintenanceWindowRequest): Promise<WindowMessage>;
  delete(tenant: string, request: DeleteMaintenanceWindowRequest): Promise<void>;
  open(tenant: string, request: OpenMaintenanceWindowRequest): Promise<WindowMessage>;
  close(tenant: string, request: CloseMaintenanceWindowRequest): Promise<WindowMessage>;
  preview(tenant: string, request: PreviewMaintenanceWindowRequest): Promise<MaintenanceOccurrence[]>;
}

const DAY_MS = 24 * 3_600_000;
const MAX_PREVIEW_DAYS = 400;
const MAX_OCCURRENCES = 1000;
const MAX_OPEN_MS = 366 * DAY_MS;
const MAX_TEXT_BYTES = 4096;
const MAX_NAME_BYTES = 128;

export function createWindowCalls(options: WindowCallsOptions): WindowCalls {
  const { sql, clock, newId, maxWindows, retentionMs, onChanged } = options;

  /** Keeps a window if it is right, and says in the record what somebody did. */
  async function keep(tx: Sql, tenant: string, { window, all, ...done }: Kept): Promise<WindowMessage> {
    const maintenance = createMaintenance({ maxWindows });
    for (const one of all.filter(({ windowId }) => windowId !== window.windowId)) {
      const kept = windowFromMessage(one);
      if (isOver(kept, clock() - retentionMs)) await deleteWindow(tx, tenant, one.windowId);
      else maintenance.put(kept);
    }
    maintenance.put(windowFromMessage(window));
    await putWindow(tx, tenant, window);
    await record(tx, tenant, { ...done, window });
    return window;
  }

  async function record(tx: Sql, tenant: string, { window, by, reason, detail = "" }: Done): Promise<void> {
    const said = [window.name, by, detail].filter((text) => text !== "").join(": ");
    const decision = { atMs: clock(), step: "action", reason, fingerprints: [], ids: [window.windowId], detail: said };
    await insertDecisions(tx, tenant, [decision]);
  }

  async function changed(tenant: string, change: (tx: Sql) => Promise<WindowMessage>): Promise<WindowMessage> {
    const window = await changeWindows(sql, tenant, change);
    onChanged();
    return shownWindow(window, clock());
  }

  function newWindow(name: string, { userId, reason }: { readonly userId: string; readonly reason: string }) {
    const nowUnixMs = BigInt(clock());
    const common = { windowId: newId(), name, reason, createdBy: userId, createdAtUnixMs: nowUnixMs };
    return WindowMessage.fromPartial({ ...common, updatedBy: userId, updatedAtUnixMs: nowUnixMs });
  }

  return {
    async list(tenant, onlyOpen) {
      const shown = (await listWindows(sql, tenant)).map((window) => shownWindow(window, clock()));
      return onlyOpen ? shown.filter(({ open }) => open) : shown;
    },

    async get(tenant, window) {
      return shownWindow(wanted(await listWindows(sql, tenant), window), clock());
    },

    put: (tenant, { window: of, draft, userId }) =>
      changed(tenant, async (tx) => {
        checkUser(userId);
        if (draft === undefined) throw refused("got nothing, want a window");
        const all = await listWindows(tx, tenant);
        const before = found(all, of);
        if (before === undefined && isUuid(of)) throw notFound(of);
        const base = before ?? newWindow(of, { userId, reason: draft.reason });
        const { matchers, schedule, reason } = draft;
        const name = checkedName(draft.name === "" ? base.name : draft.name, all, base.windowId);
        const said = { updatedBy: userId, updatedAtUnixMs: BigInt(clock()) };
        const window = {
          ...(before !== undefined && isSameSchedule(before, draft) ? base : unclosed(base)),
          ...{ name, matchers, schedule, reason: checkedText("reason", reason), ...said },
        };
        const what =
          before === undefined ? "somebody made a maintenance window" : "somebody changed a maintenance window";
        return keep(tx, tenant, { window, all, by: userId, reason: what, detail: reason });
      }),

    async delete(tenant, { window: of, userId }) {
      checkUser(userId);
      await changeWindows(sql, tenant, async (tx) => {
        const window = wanted(await listWindows(tx, tenant), of);
        await deleteWindow(tx, tenant, window.windowId);
        await record(tx, tenant, { window, by: userId, reason: "somebody deleted a maintenance window" });
      });
      onChanged();
    },

    open: (tenant, request) =>
      changed(tenant, async (tx) => {
        const { window: of, key, reason, matchers, userId } = request;
        checkUser(userId);
        const nowMs = clock();
        const untilMs = untilOf(request, nowMs);
        const all = await listWindows(tx, tenant);
        const kept = found(all, of) ?? (matchers.length > 0 && !isUuid(of) ? newWindow(of, request) : undefined);
        if (kept === undefined) throw notFound(of);
        const isNew = !all.includes(kept);
        checkedName(kept.name, all, kept.windowId);
        const manual = { matchers, schedule: { $case: "manual" as const, value: {} } };
        const base = isNew ? { ...kept, ...manual } : kept;
        if (!isNew && matchers.length > 0) assertSameMatchers(base, matchers);
        const before = windowFromMessage(base);
        const opening = { key: checkedText("key", key), atMs: nowMs, untilMs, by: userId, reason };
        const opened = openWindow(before, { ...opening, reason: checkedText("reason", reason) });
        if (opened === before) return base;
        const window = { ...base, ...saidOf(opened), updatedBy: userId };
        const until = `until ${new Date(untilMs).toISOString()}`;
        const done = { by: userId, reason: "somebody opened a maintenance window", detail: `${until}: ${reason}` };
        return keep(tx, tenant, { window, all, ...done });
      }),

    close: (tenant, { window: of, key, userId }) =>
      changed(tenant, async (tx) => {
        checkUser(userId);
        const all = await listWindows(tx, tenant);
        const kept = wanted(all, of);
        const before = windowFromMessage(kept);
        const closed = closeWindow(before, { key, by: userId, nowMs: clock() });
        if (closed === before) return kept;
        const window = { ...kept, ...saidOf(closed), updatedBy: userId };
        return keep(tx, tenant, { window, all, by: userId, reason: "somebody closed a maintenance window" });
      }),

    async preview(tenant, { of, startUnixMs, endUnixMs }) {
      const nowMs = clock();
      const startMs = startUnixMs === 0n ? nowMs : Number(startUnixMs);
      const endMs = endUnixMs === 0n ? startMs + 28 * DAY_MS : Number(endUnixMs);
      if (endMs <= startMs) throw invalid("cannot preview maintenance window: got an end that is not after the start");
      if (endMs - startMs > MAX_PREVIEW_DAYS * DAY_MS) {
        throw invalid(
          `cannot preview maintenance window: got more than ${MAX_PREVIEW_DAYS} days, want so many at most`,
        );
      }
      const window = windowFromMessage(await previewed(tenant, of));
      return firstOf(occurrences(window, startMs, endMs), MAX_OCCURRENCES).map((one) => ({
        startsAtUnixMs: BigInt(one.startMs),
        endsAtUnixMs: BigInt(one.endMs),
      }));
    },
  };

  async function previewed(tenant: string, of: PreviewMaintenanceWindowRequest["of"]): Promise<WindowMessage> {
    if (of?.$case === "window") return wanted(await listWindows(sql, tenant), of.value);
    if (of?.$case === "draft") return of.value;
    throw invalid("cannot preview maintenance window: got nothing, want a window or a draft");
  }
}

interface Done {
  readonly window: WindowMessage;
  readonly by: string;
  readonly reason: string;
  readonly detail?: string;
}

interface Kept extends Done {
  /** The tenant's, as they were. */
  readonly all: readonly WindowMessage[];
}

function found(all: readonly WindowMessage[], of: string): WindowMessage | undefined {
  return all.find(({ windowId }) => windowId === of) ?? all.find(({ name }) => name === of);
}

function wanted(all: readonly WindowMessage[], of: string): WindowMessage {
  const window = found(all, of);
  if (window === undefined) throw notFound(of);
  return window;
}

function notFound(of: string): AppError {
  const text = JSON.stringify(of.slice(0, MAX_NAME_BYTES));
  return new AppError("not_found", `cannot find maintenance window ${text}: there is none of that name or id`);
}

function checkUser(userId: string): void {
  if (userId.trim() === "") throw refused("user_id: got nothing, want who does it");
}

function checkedText(field: string, text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_TEXT_BYTES) throw refused(`${field}: got ${bytes} bytes, want ${MAX_TEXT_BYTES} at most`);
  if (text.isWellFormed() && !text.includes("\u0000")) return text;
  throw refused(`${field}: got NUL or half of a character, want a text`);
}

function checkedName(name: string, all: readonly WindowMessage[], windowId: string): string {
  const bytes = Buffer.byteLength(checkedText("name", name));
  if (bytes > MAX_NAME_BYTES) throw refused(`name: got ${bytes} bytes, want ${MAX_NAME_BYTES} at most`);
  if (isUuid(name)) throw refused("name: got an id, want a name");
  if (!all.some((one) => one.name === name && one.windowId !== windowId)) return name;
  throw new AppError("already_exists", `cannot set maintenance window: there is another one named ${name}`);
}

function untilOf({ untilUnixMs, forMs }: OpenMaintenanceWindowRequest, nowMs: number): number {
  if ((untilUnixMs === 0n) === (forMs === 0n)) throw refused("want either until when or for how long it is open");
  const untilMs = untilUnixMs === 0n ? nowMs + Number(forMs) : Number(untilUnixMs);
  if (untilMs - nowMs > MAX_OPEN_MS) throw refused("got more than a year, want an end within it");
  return untilMs;
}

/** What was closed against one schedule is not against another. */
function unclosed(window: WindowMessage): WindowMessage {
  return { ...window, closedUntilUnixMs: 0n, closedBy: "" };
}

function isSameSchedule(a: WindowMessage, b: WindowMessage): boolean {
  const bytesOf = ({ schedule }: WindowMessage) =>
    WindowMessage.encode(WindowMessage.fromPartial({ schedule })).finish();
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

/** What a job wants to hold has to be what it holds. */
function assertSameMatchers(kept: WindowMessage, matchers: readonly string[]): void {
  const textOf = ({ matchers: of }: MaintenanceWindow) => sortMatchers(of).map(formatMatcher).join(",");
  const [has, wants] = [
    textOf(windowFromMessage(kept)),
    textOf(windowFromMessage({ ...kept, matchers: [...matchers] })),
  ];
  if (has === wants) return;
  const message = `cannot open maintenance window ${kept.name}: got the matchers ${wants}, want its own: ${has}`;
  throw new AppError("failed_precondition", message);
}

function firstOf<T>(all: Iterable<T>, count: number): T[] {
  const first: T[] = [];
  for (const one of all) {
    if (first.length >= count) break;
    first.push(one);
  }
  return first;
}
