import assert from "node:assert/strict";
import { test } from "node:test";
import { EventFilters, Severity, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { eventMatcher } from "./filter.ts";

const event = SystemEvent.fromPartial({
  timeUnixNano: 1000n,
  eventType: "auth_failure",
  severity: Severity.ERROR,
  source: "gateway",
  target: "Web-01",
  category: "security",
  title: "Login refused",
  description: "three times",
  details: '{"reason":"Bad Password"}',
});

test("all conditions hold together, any value within one", () => {
  const f = (filters: Partial<EventFilters>, want: boolean) =>
    assert.equal(
      eventMatcher({ ...EventFilters.fromPartial({}), ...filters })(event),
      want,
      JSON.stringify(filters.searchText),
    );
  f({}, true);
  f({ eventTypes: ["HEALTH_CHECK", "auth_failure"] }, true);
  f({ eventTypes: ["HEALTH_CHECK"] }, false);
  f({ severities: [Severity.ERROR, Severity.CRITICAL], sources: ["gateway"], targets: ["Web-01"] }, true);
  f({ severities: [Severity.ERROR], sources: ["ingest"] }, false);
  f({ targets: ["web-01"] }, false);
  f({ categories: ["security"] }, true);
  f({ startTimeUnixNano: 1000n, endTimeUnixNano: 1001n }, true);
  f({ startTimeUnixNano: 1001n }, false);
  f({ endTimeUnixNano: 1000n }, false);
  f({ searchText: "  LOGIN password  web-01 gateway failure three " }, true);
  f({ searchText: "login granted" }, false);
  f({ searchText: "security" }, false);
});
