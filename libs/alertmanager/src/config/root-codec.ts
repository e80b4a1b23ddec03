import { list, optional, struct, type ValueOf } from "./codec.ts";
import { globalConfig } from "./global-config.ts";
import { eventRecorderConfig, tracingConfig } from "./ignored-sections.ts";
import { inhibitCodec } from "./inhibit-codec.ts";
import { receiverCodec } from "./receiver-codec.ts";
import { routeCodec } from "./route-codec.ts";
import { namedIntervalsCodec } from "./time-interval-codec.ts";
import { text } from "./values.ts";

/** All of alertmanager.yml. */
export const rootCodec = struct("the configuration", {
  global: { ...optional(globalConfig), initial: globalConfig.initial },
  route: optional(routeCodec),
  inhibitRules: list(inhibitCodec),
  receivers: list(receiverCodec),
  templates: list(text()),
  muteTimeIntervals: list(namedIntervalsCodec("mute time interval")),
  timeIntervals: list(namedIntervalsCodec("time interval")),
  tracing: optional(tracingConfig),
  eventRecorder: optional(eventRecorderConfig),
});

/** A configuration as it is written, with nothing filled in yet. */
export type WrittenConfig = ValueOf<typeof rootCodec>;
