import assert from "node:assert/strict";
import { test } from "node:test";
import { previewSilence } from "./preview.ts";

const alerts = [
  { fingerprint: "1", labels: { alertname: "Down", team: "a", host: "x" }, firing: [{ startMs: 0, endMs: 100 }] },
  { fingerprint: "2", labels: { alertname: "Slow", team: "a", host: "y" }, firing: [{ startMs: 50, endMs: 60 }] },
  { fingerprint: "3", labels: { team: "b", host: "z" }, firing: [{ startMs: 0, endMs: 10 }] },
  { fingerprint: "1", labels: { alertname: "Down", team: "a", host: "x" }, firing: [{ startMs: 200, endMs: 210 }] },
];
const notifications = [
  { atMs: 1, receiver: "slack", fingerprints: ["1"] },
  { atMs: 2, receiver: "page", fingerprints: ["1", "2"] },
  { atMs: 3, receiver: "page", fingerprints: ["1"] },
  { atMs: 4, receiver: "page", fingerprints: ["1", "3"] },
  { atMs: 5, receiver: "page", fingerprints: ["3"] },
];

test("a preview tells what nobody would have heard of", () => {
  const matchers = [{ name: "team", operator: "=", value: "a" }] as const;
  const preview = previewSilence({ matchers, alerts, notifications, maxListed: 1 });
  assert.deepEqual(preview, {
    alertCount: 2,
    episodes: 3,
    firingMs: 120,
    alerts: [
      {
        fingerprint: "1",
        labels: { alertname: "Down", team: "a", host: "x" },
        episodes: 2,
        firingMs: 110,
        notifications: 4,
        firstMs: 0,
        lastMs: 210,
      },
    ],
    byAlertname: [{ alertname: "Down", alerts: 1, episodes: 2, notifications: 4 }],
    hiddenNotifications: 3,
    shorterNotifications: 1,
    byReceiver: [
      { receiver: "page", hidden: 2, shorter: 1 },
      { receiver: "slack", hidden: 1, shorter: 0 },
    ],
  });
});

test("a preview of matchers that a silence may not have is refused", () => {
  const matchers = [{ name: "team", operator: "=~", value: ".*" }] as const;
  assert.throws(() => previewSilence({ matchers, alerts, notifications, maxListed: 1 }), { code: "invalid_argument" });
});
