// Alertmanager's own cases (Apache-2.0): timeinterval/timeinterval_test.go of v0.34.2.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Config, printConfig, readConfig } from "../config/config.ts";
import { containsTime, namesContaining } from "./contains.ts";
import { isTimeZone, localTimeOf } from "./local-time.ts";
import type { TimeInterval } from "./time-interval.ts";

/** Milliseconds of a time as the cases write it: `04 May 20 15:04 +0000`. */
function msOf(text: string): number {
  const [, day = "", month = "", year = "", time = "", zone = ""] =
    /^(\d+) (\w+) (\d\d) (\d\d:\d\d) ([+-]\d{4})$/.exec(text) ?? [];
  return Date.parse(`${day} ${month} 20${year} ${time}:00 GMT${zone}`);
}

function configOf(intervals: string) {
  return readConfig(`route: {receiver: a}
receivers: [{name: a}]
time_intervals:
- name: it
  time_intervals:
${intervals.trim().replace(/^/gm, "  ")}
`);
}

function intervalsOf({ timeIntervals }: Config): readonly TimeInterval[] {
  return timeIntervals.get("it") ?? [];
}

function read(intervals: string): readonly TimeInterval[] {
  const result = configOf(intervals);
  assert.ok(result.ok, JSON.stringify(result));
  return intervalsOf(result.config);
}

describe("a time lies in an interval", () => {
  const cases: [interval: string, inside: string[], outside: string[]][] = [
    ["- {}", ["02 Jan 06 15:04 +0000", "03 Jan 07 10:04 +0000", "04 Jan 06 09:04 +0000"], []],
    [
      "- {weekdays: ['monday:friday'], times: [{start_time: '09:00', end_time: '17:00'}]}",
      [
        "04 May 20 15:04 +0000",
        "05 May 20 10:04 +0000",
        "09 Jun 20 09:04 +0000",
        "08 Jul 20 09:00 +0000",
        "08 Jul 20 16:59 +0000",
        "01 Apr 21 13:00 +0000",
      ],
      [
        "03 May 20 15:04 +0000",
        "04 May 20 08:59 +0000",
        "05 May 20 05:00 +0000",
        "08 Jul 20 05:00 +0000",
        "08 Jul 20 08:59 +0000",
        "08 Jul 20 17:00 +0000",
      ],
    ],
    [
      "- {days_of_month: ['4:6'], months: [april], years: ['2020']}",
      ["04 Apr 20 15:04 +0000", "05 Apr 20 00:00 +0000", "06 Apr 20 23:05 +0000"],
      [
        "03 May 18 15:04 +0000",
        "03 Apr 20 23:59 +0000",
        "04 Jun 20 23:59 +0000",
        "06 Apr 19 23:59 +0000",
        "07 Apr 20 00:00 +0000",
      ],
    ],
    [
      "- {days_of_month: ['-3:-1']}",
      [
        "31 Jan 20 15:04 +0000",
        "30 Jan 20 15:04 +0000",
        "29 Jan 20 15:04 +0000",
        "30 Jun 20 00:00 +0000",
        "29 Feb 20 23:05 +0000",
      ],
      [
        "03 May 18 15:04 +0000",
        "27 Jan 20 15:04 +0000",
        "03 Apr 20 23:59 +0000",
        "04 Jun 20 23:59 +0000",
        "06 Apr 19 23:59 +0000",
        "07 Apr 20 00:00 +0000",
        "01 Mar 20 00:00 +0000",
      ],
    ],
    [
      "- {months: [june], days_of_month: ['-31:-1']}",
      ["30 Jun 20 00:00 +0000", "01 Jun 20 00:00 +0000"],
      ["31 May 20 00:00 +0000", "01 Jul 20 00:00 +0000"],
    ],
    [
      "- {weekdays: ['monday:friday'], times: [{start_time: '09:00', end_time: '17:00'}], location: Australia/Sydney}",
      ["06 Apr 21 13:00 +1000"],
      ["06 Apr 21 13:00 +0000"],
    ],
    [
      "- {weekdays: ['monday:friday'], months: [november], times: [{start_time: '09:00', end_time: '17:00'}], location: Australia/Sydney}",
      ["01 Nov 21 09:00 +1100", "31 Oct 21 22:00 +0000"],
      ["31 Oct 21 21:00 +0000"],
    ],
    [
      `
- weekdays: ['monday:friday', 'sunday']
  months: ['january:march']
  days_of_month: ['-7:-1']
  years: ['2020:2025', '2030:2035']
  times:
  - start_time: '09:00'
    end_time: '17:00'`,
      [
        "27 Jan 21 09:00 +0000",
        "28 Jan 21 16:59 +0000",
        "29 Jan 21 13:00 +0000",
        "31 Mar 25 13:00 +0000",
        "31 Jan 35 13:00 +0000",
      ],
      ["30 Jan 21 13:00 +0000", "01 Apr 21 13:00 +0000", "30 Jan 26 13:00 +0000", "31 Jan 35 17:01 +0000"],
    ],
    [
      `
- weekdays: ['monday:wednesday', 'saturday', 'sunday']
  times:
  - start_time: '13:00'
    end_time: '15:00'
  days_of_month: ['1', '10', '20:-1']
  years: ['2020:2023']
  months: ['january:march']`,
      ["10 Jan 21 13:00 +0000", "30 Jan 21 14:24 +0000"],
      ["09 Jan 21 13:00 +0000", "20 Jan 21 12:59 +0000", "02 Feb 21 13:00 +0000"],
    ],
    ["- {days_of_month: ['30:31'], years: ['2020:2023'], months: [february]}", [], ["28 Feb 21 13:00 +0000"]],
    // A month in which clocks go forward has all of its days.
    [
      "- {days_of_month: ['-1'], months: [march], location: Europe/Berlin}",
      ["31 Mar 24 12:00 +0000"],
      ["30 Mar 24 12:00 +0000"],
    ],
  ];
  for (const [written, inside, outside] of cases) {
    it(written.trim(), () => {
      const [interval] = read(written);
      assert.ok(interval !== undefined);
      for (const time of inside) assert.ok(containsTime(interval, msOf(time)), `${time} lies in it`);
      for (const time of outside) assert.ok(!containsTime(interval, msOf(time)), `${time} does not`);
    });
  }
});

describe("an interval that is wrong", () => {
  const cases: [interval: string, message: string][] = [
    ["- times: [{start_time: '01:99', end_time: '23:59'}]", "couldn't parse timestamp 01:99, invalid format"],
    ["- times: [{start_time: '00:00', end_time: '99:99'}]", "couldn't parse timestamp 99:99, invalid format"],
    ["- times: [{start_time: '17:31', end_time: '17:31'}]", "start time cannot be equal or greater than end time"],
    ["- times: [{start_time: '12:30', end_time: '24:01'}]", "couldn't parse timestamp 24:01, invalid format"],
    ["- times: [{start_time: '09:30', end_time: '07:41'}]", "start time cannot be equal or greater than end time"],
    ["- times: [{start_time: '24:00', end_time: '17:41'}]", "start time cannot be equal or greater than end time"],
    ["- times: [{start_time: '14:03'}]", "both start and end times must be provided"],
    ["- weekdays: ['friday:monday']", "start day cannot be before end day"],
    ["- weekdays: ['blurgsday:flurgsday']", "blurgsday is not a valid weekday"],
    ["- weekdays: ['1:3']", "1 is not a valid weekday"],
    ["- weekdays: ['-2:-1']", "-2 is not a valid weekday"],
    ["- weekdays: ['monday:tuesday:friday']", "couldn't parse range monday:tuesday:friday, invalid format"],
    ["- days_of_month: ['0']", "0 is not a valid day of the month: out of range"],
    ["- days_of_month: ['-50:-20']", "-50 is not a valid day of the month: out of range"],
    ["- days_of_month: ['1:50']", "50 is not a valid day of the month: out of range"],
    ["- days_of_month: ['-15:5']", "end day must be negative if start day is negative"],
    ["- days_of_month: ['10:-25']", "end day -25 is always before start day 10"],
    ["- days_of_month: ['x']", 'strconv.Atoi: parsing "x": invalid syntax'],
    ["- months: ['martius:june']", "martius is not a valid month"],
    ["- months: ['march:junius']", "junius is not a valid month"],
    ["- months: ['december:january']", "end month january is before start month december"],
    ["- years: ['2022:2020']", "end year 2020 is before start year 2022"],
    ["- location: Europe/Nowhere", "unknown time zone Europe/Nowhere"],
    ["- location: europe/berlin", "unknown time zone europe/berlin"],
    ["- location: '+01:00'", "unknown time zone +01:00"],
  ];
  for (const [written, message] of cases) {
    it(message, () => {
      const result = configOf(written);
      assert.ok(!result.ok, "it was taken");
      assert.deepEqual(
        result.problems.map((problem) => problem.message),
        [message],
      );
      assert.equal(result.problems[0]?.line, 6);
    });
  }
});

describe("an interval that is read", () => {
  const nothing = {
    times: undefined,
    weekdays: undefined,
    daysOfMonth: undefined,
    months: undefined,
    years: undefined,
    location: undefined,
  };
  const cases: [interval: string, want: Partial<TimeInterval>][] = [
    ["- times: [{'start_time': '00:00', 'end_time': '24:00'}]", { times: [{ startMinute: 0, endMinute: 1440 }] }],
    ["- times: [{'start_time': '01:35', 'end_time': '17:39'}]", { times: [{ startMinute: 95, endMinute: 1059 }] }],
    ["- times: [{'start_time': '09:35', 'end_time': '09:39'}]", { times: [{ startMinute: 575, endMinute: 579 }] }],
    ["- days_of_month: ['1:-1']", { daysOfMonth: [{ begin: 1, end: -1 }] }],
    [
      "- months: ['January:december', 3]",
      {
        months: [
          { begin: 1, end: 12 },
          { begin: 3, end: 3 },
        ],
      },
    ],
    [
      "- {years: ['2020:2022'], location: 'Australia/Sydney'}",
      { years: [{ begin: 2020, end: 2022 }], location: "Australia/Sydney" },
    ],
    [
      "- weekdays: ['monday:friday', sunday]",
      {
        weekdays: [
          { begin: 1, end: 5 },
          { begin: 0, end: 0 },
        ],
      },
    ],
  ];
  for (const [written, want] of cases) {
    it(`${written} is printed and read again`, () => {
      const result = configOf(written);
      assert.ok(result.ok, JSON.stringify(result));
      assert.deepEqual(intervalsOf(result.config), [{ ...nothing, ...want }]);
      const again = readConfig(printConfig(result.config));
      assert.ok(again.ok, JSON.stringify(again));
      assert.deepEqual(intervalsOf(again.config), intervalsOf(result.config));
    });
  }
});

describe("names of intervals", () => {
  const sydney = read(
    "- {times: [{start_time: '00:00', end_time: '09:00'}, {start_time: '17:00', end_time: '24:00'}], location: Australia/Sydney}",
  );
  const weekends = read("- {weekdays: [saturday, sunday], location: Australia/Sydney}");
  const intervals = new Map([
    ["evenings", sydney],
    ["weekends", weekends],
  ]);
  const cases: [time: string, names: string[]][] = [
    ["01 Jan 24 00:00 +1100", ["evenings"]],
    ["01 Jan 24 09:00 +1100", []],
    ["06 Jan 24 10:00 +1100", ["weekends"]],
    ["06 Jan 24 17:00 +1100", ["evenings", "weekends"]],
    ["01 Jan 24 10:00 +0000", ["evenings"]],
    ["06 Jan 24 10:00 +0000", ["evenings", "weekends"]],
  ];
  for (const [time, names] of cases) {
    it(`at ${time}: ${names.join(" and ") || "none"}`, () => {
      assert.deepEqual(namesContaining(["evenings", "weekends", "unknown"], intervals, msOf(time)), names);
    });
  }
});

describe("local time", () => {
  it("is what clocks show before and after they are changed", () => {
    const minuteAt = (time: string) => localTimeOf(Date.parse(time), "Europe/Berlin").minuteOfDay;
    assert.equal(minuteAt("2024-03-31T00:59:59Z"), 119);
    assert.equal(minuteAt("2024-03-31T01:00:00Z"), 180);
    assert.equal(minuteAt("2024-10-27T00:30:00Z"), 150);
    assert.equal(minuteAt("2024-10-27T01:30:00Z"), 150);
  });

  it("knows the names of IANA, and those that are links", () => {
    for (const name of ["UTC", "", "Local", "Europe/Berlin", "US/Eastern", "Asia/Calcutta", "EST5EDT", "Etc/GMT+5"]) {
      assert.ok(isTimeZone(name), name);
    }
    for (const name of ["utc+1", "Mars/Olympus", "../etc/passwd", "+01:00", "EUROPE/BERLIN"]) {
      assert.ok(!isTimeZone(name), name);
    }
  });

  it("has zones that are not whole hours, and days that are other days", () => {
    assert.deepEqual(localTimeOf(Date.parse("2023-12-31T18:30:00Z"), "Asia/Kolkata"), {
      year: 2024,
      month: 1,
      day: 1,
      weekday: 1,
      minuteOfDay: 0,
    });
  });
});
