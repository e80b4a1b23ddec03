import type { Dispatcher } from "@sightline/alertmanager/dispatch/dispatcher";
import { isResolved } from "@sightline/alertmanager/dispatch/kept-alert";
import type { GroupStatus } from "@sightline/alertmanager/dispatch/status";
import { groupHash } from "../channels/group-hash.ts";
import { type Shown, shownAlert } from "./grouped-alert.ts";

/** A group with its alerts as people see them; they are looked at when somebody asks for them first. */
export interface ShownGroup {
  readonly group: GroupStatus;
  readonly alerts: readonly Shown[];
}

/** All groups of a tenant as they are at one moment. */
export interface Board {
  readonly groups: readonly ShownGroup[];
  /** Those with an id as links have it; several where routes have the same matchers. */
  withId(groupId: string): readonly ShownGroup[];
}

/** What is asked of whoever dispatches. */
export type Dispatched = Pick<Dispatcher, "alert" | "groups">;

/** Looks at all groups of a tenant; at their alerts, which takes some microseconds for each, only where that is asked for. */
export function createBoard(dispatcher: Dispatched, nowMs: number): Board {
  const groups = dispatcher.groups(nowMs).map((group) => shownGroup(dispatcher, group, nowMs));
  let byId: Map<string, ShownGroup[]> | undefined;
  return {
    groups,
    withId(groupId) {
      byId ??= Map.groupBy(groups, ({ group }) => groupHash(group.groupKey));
      return byId.get(groupId) ?? [];
    },
  };
}

function shownGroup(dispatcher: Dispatched, group: GroupStatus, nowMs: number): ShownGroup {
  let alerts: readonly Shown[] | undefined;
  return {
    group,
    get alerts() {
      alerts ??= alertsOf(dispatcher, group, nowMs);
      return alerts;
    },
  };
}

function alertsOf(dispatcher: Dispatched, group: GroupStatus, nowMs: number): Shown[] {
  return group.alerts.flatMap((alert) => {
    const status = isResolved(alert, nowMs) ? undefined : dispatcher.alert(alert.fingerprint, nowMs);
    return status === undefined ? [] : shownAlert(status, group, nowMs);
  });
}

/** The boards that were made last. */
export interface Boards {
  of(tenant: string, dispatcher: Dispatched, nowMs: number): Board;
}

/** How long a large board is shown to whoever else asks: looking at 50,000 alerts takes a fifth of a second. */
const SHARED_MS = 1000;
/** Below it a board is made anew each time. */
const LARGE = 2000;
/** The most large boards that are remembered. */
const MAX_SHARED = 16;

/** Makes boards, and shares large ones for a second, as many pages ask for the same every ten. */
export function createBoards(): Boards {
  const shared = new Map<
    string,
    { readonly board: Board; readonly dispatcher: Dispatched; readonly madeAtMs: number }
  >();
  return {
    of(tenant, dispatcher, nowMs) {
      const known = shared.get(tenant);
      if (known?.dispatcher === dispatcher && nowMs < known.madeAtMs + SHARED_MS) return known.board;
      for (const [other, { madeAtMs }] of shared) if (nowMs >= madeAtMs + SHARED_MS) shared.delete(other);
      const board = createBoard(dispatcher, nowMs);
      const alerts = board.groups.reduce((sum, { group }) => sum + group.alerts.length, 0);
      if (alerts >= LARGE && shared.size < MAX_SHARED) shared.set(tenant, { board, dispatcher, madeAtMs: nowMs });
      return board;
    },
  };
}
