import assert from "node:assert/strict";
import { test } from "node:test";
import { recipientRoute } from "../route/recipient-route.ts";
import type { DispatchConfig } from "./dispatch-config.ts";
import { configOf, ONE_RECEIVER } from "./testing/config.ts";
import { describeDecisions } from "./testing/describe-decisions.ts";
import { playTimeLine } from "./testing/time-line.ts";

const base = configOf(ONE_RECEIVER);
const mail = { kind: "email", index: 0, sendResolved: true } as const;

/** Where recipients with an address can be told. */
const config: DispatchConfig = {
  ...base,
  recipientRoute: (recipient) =>
    recipient.includes("@") ? recipientRoute(base.route, { recipient, receiver: recipient }) : undefined,
  integrationsOf: (receiver) => (receiver.includes("@") ? [mail] : base.integrationsOf(receiver)),
};

test("whom an alert names is told beside the routes, in groups of their own, and hears of its end", () => {
  const { decisions } = playTimeLine({
    config,
    lines: `
at 1s push {alertname=a, host=x} to ops@here,dev@here
at 1s push {alertname=a, host=y} to ops@here
at 1s push {alertname=a, host=z}
between 11s 11s want default firing {alertname=a, host=x} and firing {alertname=a, host=y} and firing {alertname=a, host=z}
between 11s 11s want ops@here firing {alertname=a, host=x} and firing {alertname=a, host=y}
between 11s 11s want dev@here firing {alertname=a, host=x}
# Who says nothing of recipients leaves them.
at 20s push {alertname=a, host=x} starts 1s ends 20s
between 71s 71s want default resolved {alertname=a, host=x} and firing {alertname=a, host=y} and firing {alertname=a, host=z}
between 71s 71s want ops@here resolved {alertname=a, host=x} and firing {alertname=a, host=y}
between 71s 71s want dev@here resolved {alertname=a, host=x}`,
  });
  assert.ok(describeDecisions(decisions).includes("grouped: its rule names the recipient: dev@here"));
});

test("a silence hides it from them too", () => {
  playTimeLine({
    config,
    lines: `
at 0s silence {alertname=a} from 0s to 40s
at 1s push {alertname=a} to ops@here
between 71s 71s want default firing {alertname=a}
between 71s 71s want ops@here firing {alertname=a}`,
  });
});

test("a recipient who is named later is told then, also after another replica took over", () => {
  playTimeLine({
    config,
    lines: `
at 1s push {alertname=a}
between 11s 11s want default firing {alertname=a}
at 15s push {alertname=a} starts 1s to ops@here
between 15s 15s want ops@here firing {alertname=a}
at 20s kill
at 30s push {alertname=a} starts 1s ends 30s
between 71s 71s want default resolved {alertname=a}
between 75s 75s want ops@here resolved {alertname=a}`,
  });
});

for (const [what, lines] of [
  ["", ""],
  [", also after another replica took over", "at 20s kill"],
  [", also after two took over", "at 20s kill\nat 22s kill"],
  [", also after the configuration was read again", "at 20s reload same"],
  [", also after another replica took over when it was over", "at 35s kill"],
] as const) {
  test(`a recipient who is named no more hears of the end of what they were told${what}`, () => {
    const all = `
at 1s push {alertname=a} to ops@here,"dev"@here
between 11s 11s want default firing {alertname=a}
between 11s 11s want ops@here firing {alertname=a}
between 11s 11s want "dev"@here firing {alertname=a}
at 15s push {alertname=a} starts 1s to ops@here
at 30s push {alertname=a} starts 1s ends 30s to ops@here
${lines}
between 71s 71s want default resolved {alertname=a}
between 71s 71s want ops@here resolved {alertname=a}
between 71s 71s want "dev"@here resolved {alertname=a}
# It fires again: that is for those who are named.
at 100s push {alertname=a} starts 100s to ops@here
between 110s 131s want default firing {alertname=a}
between 110s 131s want ops@here firing {alertname=a}`;
    playTimeLine({ config, configs: { same: config }, lines: all });
  });
}

test("it is told where people look that nobody can tell a recipient", () => {
  const { decisions } = playTimeLine({
    config,
    lines: `
at 1s push {alertname=a} to nobody,ops@here
between 11s 11s want default firing {alertname=a}
between 11s 11s want ops@here firing {alertname=a}
at 20s push {alertname=a} starts 1s to nobody,ops@here`,
  });
  const said = describeDecisions(decisions).filter((text) => text.startsWith("dropped"));
  assert.deepEqual(said, ["dropped: its rule names a recipient whom nobody can tell: nobody"]);
});
