import assert from "node:assert/strict";
import { test } from "node:test";
import { STREAMS, SUBJECTS, type SubjectSpec } from "@sightline/bus/subjects";
import { LANE_NAMES, LANES } from "./lanes.ts";

/** Whether a subject with wildcards takes in another one. */
function takesIn(pattern: string, subject: string): boolean {
  const wanted = pattern.split(".");
  const got = subject.split(".");
  return wanted.length === got.length && wanted.every((part, at) => part === "*" || part === got[at]);
}

const subjects: [string, SubjectSpec][] = Object.entries(SUBJECTS);

for (const [key, spec] of subjects) {
  const expected = spec.consumers.storage === undefined ? 0 : 1;
  test(`the table says that storage reads ${key} ${expected === 1 ? "once" : "not at all"}, and so do the lanes`, () => {
    const lanes = Object.values(LANES).filter(
      (lane) => lane.stream === spec.stream && takesIn(lane.subject, spec.subject),
    );
    assert.equal(lanes.length, expected);
  });
}

test("every lane is named, and lies in its stream", () => {
  assert.deepEqual(Object.keys(LANES), LANE_NAMES);
  for (const { stream, subject } of Object.values(LANES)) {
    const [prefix = ""] = subject.split(".");
    assert.ok(STREAMS[stream].subjects.some((covered) => covered.startsWith(prefix)));
  }
});
