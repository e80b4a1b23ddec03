import type { AcknowledgementTarget } from "@sightline/alertmanager/dispatch/acknowledgements";
import { isResolved } from "@sightline/alertmanager/dispatch/kept-alert";
import type { Said } from "@sightline/alertmanager/dispatch/status";
import { fingerprintOf } from "@sightline/alertmanager/fingerprint";
import type { Labels } from "@sightline/alertmanager/notification";
import { AppError, invalid } from "@sightline/errors/app-error";
import type { Clock } from "@sightline/model/time";
import { isUuid } from "@sightline/model/uuid7";
import type { Pool, Sql } from "@sightline/postgres/pool";
import type {
  ActOnAlertGroupRequest,
  ActOnAlertGroupResponse,
  ActOnAlertRequest,
  ActOnAlertResponse,
} from "@sightline/proto/sightline/alert/v1/action_service";
import type { AlertCare } from "@sightline/proto/sightline/alert/v1/care";
import type { DispatchViews } from "../alertmanager/dispatch-views.ts";
import { type Alert, alertToMessage } from "../alerts/alert.ts";
import { findAlert } from "../alerts/alert-store.ts";
import { routedLabels } from "../alerts/routed-entry.ts";
import { groupTag } from "../channels/group-tag.ts";
import { putInbox } from "../dispatch/inbox.ts";
import { tellEscalations } from "../escalation/on-acknowledged.ts";
import { type Deed, deedOf, entryOf } from "./act.ts";
import { tellAction } from "./action-events.ts";
import { careMessage } from "./care.ts";
import { comesBackAfter } from "./comes-back.ts";
import { acknowledgeAlert, assertFires, resolveAlert, unacknowledgeAlert } from "./rule-alert-moves.ts";
import { type Routed, ruleAlertsOf } from "./rule-alerts.ts";

export interface AlertActionsOptions {
  readonly sql: Pool;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly views: DispatchViews;
  /** Called after something was done. */
  readonly onActed: () => void;
}

/** A group: by its key, or as buttons name it. */
export type GroupName = { readonly groupKey: string } | { readonly groupTag: string };

/** What people do to alerts and groups, of rules and of others. Everything is of the given tenant, and kept before it is answered. */
export interface AlertActions {
  /** Throws not_found, failed_precondition, invalid_argument. */
  onAlert(tenant: string, request: ActOnAlertRequest): Promise<ActOnAlertResponse>;
  onGroup(
    tenant: string,
    request: GroupName & Pick<ActOnAlertGroupRequest, "action" | "userId">,
  ): Promise<ActOnAlertGroupResponse>;
}

/** Alerts that are looked for and moved in one transaction. */
const PIECE = 200;

/** What something is done to. */
interface Subject {
  readonly target: AcknowledgementTarget;
  readonly labels: Labels;
  readonly alertId?: string | undefined;
}

export function createAlertActions(options: AlertActionsOptions): AlertActions {
  const { sql, clock, newId, views, onActed } = options;

  /** Hands it to whoever dispatches, and to whoever watches. */
  async function tell(tx: Sql, tenant: string, { target, labels, alertId }: Subject, deed: Deed): Promise<void> {
    const { act, doing } = deed;
    const entry = entryOf(target, deed);
    await putInbox(tx, tenant, entry, doing.atMs);
    await tellEscalations(tx, tenant, entry);
    await tellAction(tx, tenant, { ...act, target, labels, alertId, doing }, newId());
  }

  async function toRuleAlert(tx: Sql, alert: Alert, deed: Deed): Promise<Alert> {
    const moved = await moveRuleAlert(tx, alert, deed);
    // A step of its own is told as all of its steps are; a repeated acknowledgement ends a snooze all the same.
    const isTold = moved.state !== alert.state && deed.act.verb !== "snooze";
    const labels = routedLabels(alert);
    const target = { fingerprint: fingerprintOf(labels) };
    // Escalations hear of it at once in any case: nobody is told of what is acknowledged.
    if (isTold) await tellEscalations(tx, alert.tenant, entryOf(target, deed));
    else await tell(tx, alert.tenant, { target, labels, alertId: alert.alertId }, deed);
    return moved;
  }

  async function findRouted(tenant: string, fingerprint: string): Promise<Routed> {
    const { dispatcher } = await views.of(tenant);
    const alert = dispatcher.alert(fingerprint, clock())?.alert;
    if (alert !== undefined && !isResolved(alert, clock())) return alert;
    const text = JSON.stringify(fingerprint.slice(0, 64));
    throw new AppError("not_found", `cannot find alert ${text}: none fires with labels of that fingerprint`);
  }

  async function saidBefore(tenant: string, fingerprint: string): Promise<Said | undefined> {
    return (await views.of(tenant)).dispatcher.alert(fingerprint, clock());
  }

  async function onRuleAlert(tenant: string, alertId: string, deed: Deed): Promise<ActOnAlertResponse> {
    if (!isUuid(alertId)) {
      throw new AppError("not_found", `cannot find alert ${JSON.stringify(alertId.slice(0, 64))}: it is no alert's id`);
    }
    const moved = await sql.transaction(async (tx) => toRuleAlert(tx, await findAlert(tx, tenant, alertId), deed));
    onActed();
    const fingerprint = fingerprintOf(routedLabels(moved));
    const care = careAfter(deed, await saidBefore(tenant, fingerprint), clock());
    return { alert: alertToMessage(moved, care), fingerprint, care, comesBack: comesBackAfter(deed, moved.origin) };
  }

  async function onRouted(tenant: string, fingerprint: string, deed: Deed): Promise<ActOnAlertResponse> {
    const routed = await findRouted(tenant, fingerprint);
    const moved = await sql.transaction(async (tx) => {
      const [alert] = await ruleAlertsOf(tx, tenant, [routed]);
      if (alert !== undefined) return toRuleAlert(tx, alert, deed);
      await tell(tx, tenant, { target: { fingerprint }, labels: routed.labels }, deed);
      return undefined;
    });
    onActed();
    const care = careAfter(deed, await saidBefore(tenant, fingerprint), clock());
    const comesBack = comesBackAfter(deed, moved?.origin ?? "sender");
    return { alert: moved === undefined ? undefined : alertToMessage(moved, care), fingerprint, care, comesBack };
  }

  /** Those of the group that are of rules are moved one by one; whoever moves them at the same time waits. */
  async function moveMembers(tenant: string, members: readonly Routed[], deed: Deed): Promise<void> {
    if (deed.act.verb === "assign") return;
    for (let at = 0; at < members.length; at += PIECE) {
      await sql.transaction(async (tx) => {
        const alerts = await ruleAlertsOf(tx, tenant, members.slice(at, at + PIECE));
        for (const alert of alerts) await moveRuleAlert(tx, alert, deed);
      });
    }
  }

  return {
    async onAlert(tenant, { alert, action, userId }) {
      const deed = deedOf(action, userId, clock());
      if (alert === undefined) throw invalid("cannot change alert: got none, want alert_id or fingerprint");
      const { $case, value } = alert;
      return $case === "alertId" ? onRuleAlert(tenant, value, deed) : onRouted(tenant, value, deed);
    },

    async onGroup(tenant, { action, userId, ...name }) {
      const nowMs = clock();
      const deed = deedOf(action, userId, nowMs);
      const { dispatcher } = await views.of(tenant);
      const groups = dispatcher.groups(nowMs).filter(({ groupKey }) => isNamed(tenant, groupKey, name));
      const [first] = groups;
      if (first === undefined) throw noGroup(name);
      const { groupKey } = first;
      const firing = groups.flatMap(({ alerts }) => alerts).filter((alert) => !isResolved(alert, nowMs));
      const members = [...new Map(firing.map((alert) => [alert.fingerprint, alert])).values()];
      await moveMembers(tenant, members, deed);
      await sql.transaction((tx) => tell(tx, tenant, { target: { groupKey }, labels: first.labels }, deed));
      onActed();
      const comesBack = comesBackAfter(deed, "any");
      return { care: careAfter(deed, first, nowMs), alerts: members.length, comesBack };
    },
  };
}

function isNamed(tenant: string, groupKey: string, name: GroupName): boolean {
  return "groupTag" in name ? groupTag(tenant, groupKey) === name.groupTag : groupKey === name.groupKey;
}

function noGroup(name: GroupName): AppError {
  const [text, what] = "groupTag" in name ? [name.groupTag, "tag"] : [name.groupKey, "key"];
  return new AppError(
    "not_found",
    `cannot find group ${JSON.stringify(text.slice(0, 256))}: there is none of that ${what}`,
  );
}

/** What it means to the state of an alert of a rule. Who snoozes it does not take care of it now. */
async function moveRuleAlert(tx: Sql, alert: Alert, { act, doing }: Deed): Promise<Alert> {
  switch (act.verb) {
    case "acknowledge":
      return acknowledgeAlert(tx, alert, doing);
    case "unacknowledge":
    case "snooze":
      return unacknowledgeAlert(tx, alert, doing);
    case "resolve":
      return resolveAlert(tx, alert, doing);
    case "assign":
      assertFires("assign", alert);
      return alert;
  }
}

/** What will be said of it when whoever dispatches has heard of it. */
function careAfter({ act, doing }: Deed, before: Said | undefined, nowMs: number): AlertCare | undefined {
  const { acknowledgement, assignment } = before ?? {};
  switch (act.verb) {
    case "acknowledge":
      return careMessage(doing, assignment, nowMs);
    case "snooze":
      return careMessage({ ...doing, untilMs: act.untilMs }, assignment, nowMs);
    case "unacknowledge":
      return careMessage(undefined, assignment, nowMs);
    case "assign": {
      const assigned = act.assignee === "" ? undefined : { ...doing, to: act.assignee };
      return careMessage(acknowledgement, assigned, nowMs);
    }
    case "resolve":
      return undefined;
  }
}
