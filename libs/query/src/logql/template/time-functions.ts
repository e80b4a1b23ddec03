import { parseTime } from "@sightline/gotext/parse-time";
import { formatTime, type GoTime, isZone, ZERO_TIME } from "@sightline/gotext/time";
import type { TemplateFunction } from "./function.ts";
import { isTime, TemplateError, type TemplateValue } from "./value.ts";

/** How many nanoseconds one of the unit has that a number of so many digits counts. */
const epochUnits: ReadonlyMap<number, bigint> = new Map([
  [5, 86_400_000_000_000n],
  [10, 1_000_000_000n],
  [13, 1_000_000n],
  [16, 1000n],
  [19, 1n],
]);

function unixToTime(text: string): GoTime {
  const unit = epochUnits.get(text.length);
  if (unit === undefined || !/^[+-]?\d+$/.test(text)) {
    throw new TemplateError(`error calling unixToTime: unable to parse time '${text}'`);
  }
  return { epochNs: BigInt(text) * unit, zone: "UTC" };
}

/** Seconds, milliseconds or nanoseconds since 1970, rounded down. */
function epoch(unit: bigint): TemplateFunction {
  return {
    parameters: ["time"],
    call([value = null]) {
      const { epochNs } = timeOf(value);
      const rest = ((epochNs % unit) + unit) % unit;
      return String((epochNs - rest) / unit);
    },
  };
}

function timeOf(value: TemplateValue): GoTime {
  return isTime(value) ? value : ZERO_TIME;
}

/** The functions for times that Loki has. Local time is UTC. */
export const timeFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["now", { parameters: [], call: (_, { nowNs }) => ({ epochNs: nowNs, zone: "UTC" }) }],
  [
    "date",
    {
      parameters: ["string", "any"],
      call: ([layout = "", value = null], { nowNs }) => {
        const seconds = typeof value === "bigint" ? value * 1_000_000_000n : nowNs;
        return formatTime(
          isTime(value) ? { ...value, zone: "UTC" } : { epochNs: seconds, zone: "UTC" },
          String(layout),
        );
      },
    },
  ],
  [
    "toDate",
    {
      parameters: ["string", "string"],
      call: ([layout = "", text = ""]) => parseTime(String(layout), String(text), "UTC") ?? ZERO_TIME,
    },
  ],
  [
    "toDateInZone",
    {
      parameters: ["string", "string", "string"],
      call: ([layout = "", zone = "", text = ""]) => {
        const known = zone !== "" && zone !== "Local" && isZone(String(zone)) ? String(zone) : "UTC";
        return parseTime(String(layout), String(text), known) ?? ZERO_TIME;
      },
    },
  ],
  ["unixEpoch", epoch(1_000_000_000n)],
  ["unixEpochMillis", epoch(1_000_000n)],
  ["unixEpochNanos", epoch(1n)],
  ["unixToTime", { parameters: ["string"], call: ([text = ""]) => unixToTime(String(text)) }],
]);
