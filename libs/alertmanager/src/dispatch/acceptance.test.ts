// Alertmanager's acceptance tests (test/with_api_v2/acceptance: send_test.go, inhibit_test.go, silence_test.go) as time lines. Here the
// clock is virtual, so that times are exact where there they have tolerances.
import { test } from "node:test";
import { configOf } from "./testing/config.ts";
import { playTimeLine } from "./testing/time-line.ts";

function everySecond(more = ""): string {
  return `
route:
  receiver: default
  group_by: [alertname]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 1ms
receivers:
- name: default
  webhook_configs:
  - url: http://there/
    send_resolved: true
${more}`;
}

for (const [name, ends] of [
  ["TestMergeAlerts", () => ""],
  ["TestMergeAlertsWithEndsAt", (startSeconds: number) => ` ends ${startSeconds + 3}s`],
] as const) {
  test(name, () => {
    playTimeLine({
      config: configOf(everySecond()),
      lines: `
# Sent several times: it starts at the earliest.
at 1s push {alertname=test} starts 1.1s${ends(1.1)}
# Another Prometheus may send it later, but with an earlier start.
at 1.2s push {alertname=test} starts 1s
between 2s 2.5s want default (first notification) firing {alertname=test} starts 1s
at 2.1s push {alertname=test} starts 2s${ends(2)} ann=v1
between 3s 3.5s want default (repeat interval elapsed) firing {alertname=test} starts 1s ann=v1
# Annotations are those of the alert that came last.
at 3.6s push {alertname=test} starts 1.5s${ends(1.5)} ann=v2
between 4s 4.5s want default firing {alertname=test} starts 1s ann=v2
# Resolved twice, the later end counts.
at 4.6s push {alertname=test} starts 3s ends 4.5s ann=v2
at 4.8s push {alertname=test} starts 2.9s ends 4.8s ann=v3
at 4.8s push {alertname=test} starts 2.9s ends 4.1s ann=v3
between 5s 5.5s want default (all alerts resolved) resolved {alertname=test} starts 1s ends 4.8s ann=v3
# It fires again after it was resolved: another time, and nothing to merge.
at 5.3s push {alertname=test} starts 5s${ends(5)}
between 6s 6.5s want default (first notification) firing {alertname=test} starts 5s`,
    });
  });
}

test("TestRepeat", () => {
  playTimeLine({
    config: configOf(everySecond()),
    lines: `
at 1s push {alertname=test} starts 1s
# Alertmanager's own test leaves this out, since it keeps no alerts.
at 1.2s kill
at 3.5s push {alertname=test} starts 1s ends 3s
between 2s 2.5s want default (first notification) firing {alertname=test} starts 1s
between 3s 3.5s want default (repeat interval elapsed) firing {alertname=test} starts 1s
between 4s 4.5s want default (all alerts resolved) resolved {alertname=test} starts 1s ends 3s`,
  });
});

const twoReceivers = `
route:
  receiver: default
  group_by: [alertname]
  group_wait: 1s
  group_interval: 2s
  repeat_interval: 3s
receivers:
- name: default
  webhook_configs:
  - url: http://there/
  - url: http://elsewhere/
`;

test("TestRetry", () => {
  playTimeLine({
    config: configOf(twoReceivers),
    lines: `
at 0s deliver default[1] loses
at 4.5s deliver default[1] ok
at 1s push {alertname=test1}
between 2s 2.5s want default[0] firing {alertname=test1} starts 1s
between 6s 6.5s want default[0] firing {alertname=test1} starts 1s
between 6s 6.5s want default[1] firing {alertname=test1} starts 1s`,
  });
});

test("TestBatching", () => {
  playTimeLine({
    config: configOf(`
route:
  receiver: default
  group_by: []
  group_wait: 1s
  group_interval: 1s
  # Slightly below the 5 s, since what is as old as the interval is not older than it.
  repeat_interval: 4900ms
receivers:
- name: default
  webhook_configs:
  - url: http://there/`),
    lines: `
at 1.1s push {alertname=test1} starts 1s
at 1.7s push {alertname=test5} starts 1s
between 2s 2.5s want default firing {alertname=test1} and firing {alertname=test5}
at 3.3s push {alertname=test2} starts 1.5s and {alertname=test3} starts 1.5s and {alertname=test4} starts 1.6s
between 4.1s 4.5s want default (new alerts added) firing {alertname=test1} and firing {alertname=test5} and firing {alertname=test2} and firing {alertname=test3} and firing {alertname=test4}
# Nothing changes until the repeat interval is over.
between 9.1s 9.5s want default (repeat interval elapsed) firing {alertname=test1} and firing {alertname=test5} and firing {alertname=test2} and firing {alertname=test3} and firing {alertname=test4}`,
  });
});

test("TestResolved", () => {
  playTimeLine({
    config: configOf(`
global:
  resolve_timeout: 10s
route:
  receiver: default
  group_by: [alertname]
  group_wait: 1s
  group_interval: 5s
receivers:
- name: default
  webhook_configs:
  - url: http://there/`),
    lines: `
at 1s push {alertname=test, lbl=v1} and {alertname=test, lbl=v2} and {alertname=test, lbl=v3}
between 2s 2.5s want default firing {alertname=test, lbl=v1} starts 1s and firing {alertname=test, lbl=v2} starts 1s and firing {alertname=test, lbl=v3} starts 1s
between 12s 13s want default (all alerts resolved) resolved {alertname=test, lbl=v1} starts 1s ends 11s and resolved {alertname=test, lbl=v2} starts 1s ends 11s and resolved {alertname=test, lbl=v3} starts 1s ends 11s`,
  });
});

test("TestResolvedFilter", () => {
  playTimeLine({
    config: configOf(`
global:
  resolve_timeout: 10s
route:
  receiver: default
  group_by: [alertname]
  group_wait: 1s
  group_interval: 5s
receivers:
- name: default
  webhook_configs:
  - url: http://there/
    send_resolved: true
  - url: http://elsewhere/
    send_resolved: false`),
    lines: `
at 1s push {alertname=test, lbl=v1} and {alertname=test, lbl=v2}
at 3s push {alertname=test, lbl=v1} starts 1s ends 4s and {alertname=test, lbl=v3}
at 8s push {alertname=test, lbl=v3} starts 3s
between 2s 2.5s want default[0] firing {alertname=test, lbl=v1} starts 1s and firing {alertname=test, lbl=v2} starts 1s
between 7s 7.5s want default[0] (new alerts added) resolved {alertname=test, lbl=v1} starts 1s ends 4s and firing {alertname=test, lbl=v2} starts 1s and firing {alertname=test, lbl=v3} starts 3s
# v2 is resolved since nobody sent it again.
between 12s 12.5s want default[0] (some alerts resolved) resolved {alertname=test, lbl=v2} starts 1s ends 11s and firing {alertname=test, lbl=v3} starts 3s
between 2s 2.5s want default[1] firing {alertname=test, lbl=v1} starts 1s and firing {alertname=test, lbl=v2} starts 1s
between 7s 7.5s want default[1] firing {alertname=test, lbl=v2} starts 1s and firing {alertname=test, lbl=v3} starts 3s
# Until here default[1] wants nothing more.
at 12.5s deliver default[1] ok`,
  });
});

function slowGroups(): string {
  return `
route:
  receiver: default
  group_by: []
  group_wait: 1s
  group_interval: 6s
  repeat_interval: 10m
receivers:
- name: default
  webhook_configs:
  - url: http://there/`;
}

test("TestColdStart", () => {
  playTimeLine({
    config: configOf(slowGroups()),
    startDelayMs: 5000,
    lines: `
at 1s push {alertname=test1}
at 2s push {alertname=test2}
between 5s 5s want default firing {alertname=test1} starts 1s and firing {alertname=test2} starts 2s
at 5.5s reload
at 6s push {alertname=test3}
at 7s push {alertname=test4}
between 11s 11.5s want default firing {alertname=test1} and firing {alertname=test2} and firing {alertname=test3} starts 6s and firing {alertname=test4} starts 7s`,
  });
});

// Alertmanager begins to wait again when it is reloaded, and tells of test2 at 9 s; here the group keeps its timer.
test("TestReload", () => {
  playTimeLine({
    config: configOf(slowGroups()),
    lines: `
at 1s push {alertname=test1}
at 3s reload
at 4s push {alertname=test2}
between 2s 2.5s want default (first notification) firing {alertname=test1} starts 1s
between 8s 8s want default (new alerts added) firing {alertname=test1} starts 1s and firing {alertname=test2} starts 4s`,
  });
});

// The first tries fail by the webhook's own timeout; who sends it tries again within the flush's deadline.
test("TestWebhookTimeout", () => {
  playTimeLine({
    config: configOf(`
route:
  receiver: default
  group_by: [alertname]
  group_wait: 1s
  group_interval: 1m
  repeat_interval: 1m
receivers:
- name: default
  webhook_configs:
  - url: http://there/
    timeout: 500ms`),
    lines: `
at 0s deliver default takes 1.5s
at 1s push {alertname=test1}
between 3s 4s want default firing {alertname=test1} starts 1s`,
  });
});

const inhibiting = `
route:
  receiver: default
  group_by: []
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 1s
receivers:
- name: default
  webhook_configs:
  - url: http://there/
inhibit_rules:
- source_match:
    alertname: JobDown
  target_match:
    alertname: InstanceDown
  equal:
  - job
  - zone`;

test("TestInhibiting", () => {
  playTimeLine({
    config: configOf(inhibiting),
    lines: `
at 1s push {alertname=test1, job=testjob, zone=aa}
at 1s push {alertname=InstanceDown, job=testjob, zone=aa}
at 1s push {alertname=InstanceDown, job=testjob, zone=ab}
# JobDown inhibits InstanceDown of its zone in the second batch.
at 2.2s push {alertname=JobDown, job=testjob, zone=aa}
# It is resolved, and InstanceDown is told again in the third.
at 3.6s push {alertname=JobDown, job=testjob, zone=aa} starts 2.2s ends 3.6s
between 2s 2.5s want default firing {alertname=test1, job=testjob, zone=aa} starts 1s and firing {alertname=InstanceDown, job=testjob, zone=aa} starts 1s and firing {alertname=InstanceDown, job=testjob, zone=ab} starts 1s
between 3s 3.5s want default firing {alertname=test1, job=testjob, zone=aa} starts 1s and firing {alertname=InstanceDown, job=testjob, zone=ab} starts 1s and firing {alertname=JobDown, job=testjob, zone=aa} starts 2.2s
between 4s 4.5s want default firing {alertname=test1, job=testjob, zone=aa} starts 1s and firing {alertname=InstanceDown, job=testjob, zone=aa} starts 1s and firing {alertname=InstanceDown, job=testjob, zone=ab} starts 1s and resolved {alertname=JobDown, job=testjob, zone=aa} starts 2.2s ends 3.6s`,
  });
});

test("TestAlwaysInhibiting", () => {
  playTimeLine({
    config: configOf(inhibiting),
    lines: `
at 1s push {alertname=InstanceDown, job=testjob, zone=aa}
at 1s push {alertname=JobDown, job=testjob, zone=aa}
at 2.6s push {alertname=JobDown, job=testjob, zone=aa} starts 1s ends 2.6s
at 2.6s push {alertname=InstanceDown, job=testjob, zone=aa} starts 1s ends 2.6s
between 2s 2.5s want default firing {alertname=JobDown, job=testjob, zone=aa} starts 1s
between 3s 3.5s want default resolved {alertname=InstanceDown, job=testjob, zone=aa} starts 1s ends 2.6s and resolved {alertname=JobDown, job=testjob, zone=aa} starts 1s ends 2.6s`,
  });
});

test("TestEmptyInhibitionRule", () => {
  playTimeLine({
    config: configOf(everySecond("inhibit_rules:\n-\n")),
    lines: `
at 1s push {alertname=test}
between 2s 2.5s want default firing {alertname=test}`,
  });
});

test("TestSilencing", () => {
  playTimeLine({
    config: configOf(everySecond().replace("[alertname]", "[]")),
    lines: `
at 1s push {alertname=test1} starts 1s
at 1s push {alertname=test2} starts 1s
between 2s 2.5s want default firing {alertname=test1} and firing {alertname=test2}
at 2.3s silence {alertname=test1} from 2.5s to 4.5s
between 3s 3.5s want default firing {alertname=test2}
between 4s 4.5s want default firing {alertname=test2}
between 5s 5.5s want default firing {alertname=test1} and firing {alertname=test2}`,
  });
});

test("TestSilenceDelete", () => {
  playTimeLine({
    config: configOf(everySecond().replace("[alertname]", "[]")),
    lines: `
at 1s push {alertname=test1} starts 1s
at 1s push {alertname=test2} starts 1s
at 1.3s silence {alertname=~".+"} from 1.5s to 100s
at 3.5s expire s1
between 3.5s 4.5s want default firing {alertname=test1} and firing {alertname=test2}`,
  });
});

// Recorded: Alertmanager 0.25 was given the same alerts and the same silence at the same times, and told this.
test("routes, repeats, time-outs, inhibition and a silence, as Alertmanager told them", () => {
  playTimeLine({
    config: configOf(`
global: { resolve_timeout: 9s }
route:
  receiver: default
  group_by: [alertname]
  group_wait: 1s
  group_interval: 3s
  repeat_interval: 8s
  routes:
  - matchers: [ 'job="x y"' ]
    group_by: ['...']
    continue: true
    receiver: second
  - matchers: [ 'job=~"x.*"' ]
    receiver: default
receivers:
- name: default
  webhook_configs: [ { url: http://a/, send_resolved: true }, { url: http://b/, send_resolved: false } ]
- name: second
  webhook_configs: [ { url: http://c/, send_resolved: true } ]
inhibit_rules:
- source_matchers: [ sev = crit ]
  target_matchers: [ sev = warn ]
  equal: [ host ]`),
    lines: `
at 0.5s push {alertname=a, host=h1} and {alertname=a, host=h2}
at 0.7s push {alertname=b, job="x y"} starts 0.7s ends 60s
at 2.5s push {alertname=a, host=h3} starts 2.5s ends 60s
at 5.2s push {alertname=a, host=h3} starts 2.5s ends 5.2s
at 6s push {alertname=c, sev=warn, host=h9} starts 6s ends 60s
at 8.3s push {alertname=a, host=h3} starts 8.3s ends 60s
at 8.6s push {alertname=c2, sev=crit, host=h9} starts 8.6s ends 60s
at 9.2s silence {alertname=b} from 9.2s to 15s
at 12.2s push {alertname=c2, sev=crit, host=h9} starts 8.6s ends 12.2s
at 16.2s push {alertname=b, job="x y"} starts 0.7s ends 16.2s
at 20.2s push {alertname=c, sev=warn, host=h9} starts 6s ends 20.2s
at 24s deliver default[0] ok
between 1.5s 1.5s want default[0] firing {alertname=a, host=h1} and firing {alertname=a, host=h2}
between 1.5s 1.5s want default[1] firing {alertname=a, host=h1} and firing {alertname=a, host=h2}
between 1.7s 1.7s want default[0] firing {alertname=b, job="x y"}
between 1.7s 1.7s want default[1] firing {alertname=b, job="x y"}
between 1.7s 1.7s want second firing {alertname=b, job="x y"}
between 4.5s 4.5s want default[0] firing {alertname=a, host=h1} and firing {alertname=a, host=h2} and firing {alertname=a, host=h3}
between 4.5s 4.5s want default[1] firing {alertname=a, host=h1} and firing {alertname=a, host=h2} and firing {alertname=a, host=h3}
between 7s 7s want default[0] firing {alertname=c, sev=warn, host=h9}
between 7s 7s want default[1] firing {alertname=c, sev=warn, host=h9}
between 7.5s 7.5s want default[0] firing {alertname=a, host=h1} and firing {alertname=a, host=h2} and resolved {alertname=a, host=h3}
between 9.6s 9.6s want default[0] firing {alertname=c2, sev=crit, host=h9}
between 9.6s 9.6s want default[1] firing {alertname=c2, sev=crit, host=h9}
between 10.5s 10.5s want default[0] resolved {alertname=a, host=h1} and resolved {alertname=a, host=h2} and firing {alertname=a, host=h3}
between 12.6s 12.6s want default[0] resolved {alertname=c2, sev=crit, host=h9}
between 13.5s 13.5s want default[1] firing {alertname=a, host=h3}
between 16s 16s want default[0] firing {alertname=c, sev=warn, host=h9}
between 16s 16s want default[1] firing {alertname=c, sev=warn, host=h9}
between 16.7s 16.7s want default[0] resolved {alertname=b, job="x y"}
between 16.7s 16.7s want second resolved {alertname=b, job="x y"}
between 19.5s 19.5s want default[0] firing {alertname=a, host=h3}
between 22s 22s want default[0] resolved {alertname=c, sev=warn, host=h9}
between 22.5s 22.5s want default[1] firing {alertname=a, host=h3}`,
  });
});
