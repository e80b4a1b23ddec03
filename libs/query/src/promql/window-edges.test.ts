import { describe, it } from "node:test";
import { scriptCases } from "./testing/run-script.ts";

const options = { delayedNameRemoval: true, useStartTimes: true, histogramStartTimes: true };

/** Where windows and counters begin and end: what goes beyond the scripts that the conformance tests run, in their language. */
const scripts: Readonly<Record<string, string>> = {
  "anchored and smoothed": `
load 15s
  metric 1+1x4 9+1x4

eval instant at 20s increase(metric[1m] anchored)
  {} 1

eval instant at 80s increase(metric[1m] anchored)
  {} 7

eval instant at 5s increase(metric[1m] smoothed)
  {} 0.333333333

eval instant at 125s increase(metric[1m] smoothed)
  {} 6

eval instant at 1m deriv(foo[3m] smoothed)
  expect fail msg: smoothed modifier can only be used with: delta, increase, rate - not with deriv

clear

load 1m
  metric{id="1"} 1+1x4 1+1x4
  metric{id="2"} 3 2+2x9
  metric{id="3"} 5+3x2 3+3x6

eval instant at 1m30s delta(metric[1m] anchored)
  {id="1"} 1
  {id="2"} -1
  {id="3"} 3

eval instant at 6m increase(metric[5m] smoothed)
  {id="1"} 5
  {id="2"} 10
  {id="3"} 15

clear

load 1m
  metric{id="1"} 2 _ 1 _ _ _ _ _ 0
  metric{id="2"} 99-1x10

eval instant at 8m resets(metric[1m1ms] anchored)
  {id="1"} 1
  {id="2"} 2

eval instant at 3m changes(metric[1m] anchored)
  {id="2"} 1

clear

load 10s
  metric 1+1x10
  notregular 0 5 100 2 8

eval instant at 15s metric smoothed
  metric 2.5

eval instant at 105s metric smoothed
  metric 11

eval instant at 30s notregular smoothed
  notregular 2
`,
  "histograms, anchored and smoothed": `
load 15s
  counted {{count:1 sum:1 buckets:[1] offset:1}}+{{count:1 sum:1 buckets:[1] offset:1}}x7

eval instant at 50s histogram_count(increase(counted[1m] anchored))
  {} 3

eval instant at 50s histogram_count(increase(counted[1m] smoothed))
  {} 3.3333333333333335

eval instant at 5s histogram_count(increase(counted[1m] smoothed))
  {} 0.33333333333333337

eval instant at 5s histogram_count(increase(counted[1m] anchored))
  {} 0

eval instant at 50s histogram_count(rate(counted[1m] smoothed))
  {} 0.05555555555555556

eval instant at 50s histogram_count(delta(counted[1m] smoothed))
  expect warn msg: PromQL warning: this native histogram metric is not a gauge: "counted" (1:23)
  {} 3.3333333333333335

eval instant at 7s histogram_count(counted smoothed)
  {} 1.4666666666666668

eval instant at 110s histogram_count(counted smoothed)
  {} 8

eval instant at 50s changes(counted[30s] anchored)
  {} 2

eval instant at 50s resets(counted[30s] anchored)
  {} 0

clear

load 30s
  reset {{schema:-53 sum:1 count:1 custom_values:[5 10] buckets:[1]}} {{schema:-53 sum:4 count:4 custom_values:[5 10] buckets:[4]}} {{schema:-53 sum:1 count:1 custom_values:[5 10] buckets:[1] counter_reset_hint:reset}} {{schema:-53 sum:3 count:3 custom_values:[5 10] buckets:[3]}}

eval instant at 90s histogram_count(increase(reset[90s] anchored))
  {} 6

clear

load 10s
  at_the_end {{schema:0 sum:5 count:5 buckets:[5]}} {{schema:0 sum:10 count:10 buckets:[10]}} {{schema:0 sum:3 count:3 buckets:[3] counter_reset_hint:reset}}

eval instant at 15s histogram_count(rate(at_the_end[10s] smoothed))
  {} 0.4

clear

load 20s
  two {{schema:0 sum:10 count:10 buckets:[10]}} {{schema:0 sum:5 count:5 buckets:[5] counter_reset_hint:reset}}

eval instant at 15s histogram_count(increase(two[10s] smoothed))
  {} 2.5

clear

load 10s
  often {{schema:0 sum:10 count:10 buckets:[10]}} {{schema:0 sum:5 count:5 buckets:[5] counter_reset_hint:reset}} {{schema:0 sum:2 count:2 buckets:[2] counter_reset_hint:reset}} {{schema:0 sum:4 count:4 buckets:[4]}}
  late _ 5+1x4
  mixed 1 {{schema:0 sum:1 count:1 buckets:[1]}}
  kinds {{schema:0 sum:1 count:1 buckets:[1]}} {{schema:-53 sum:1 count:1 custom_values:[5] buckets:[1]}}

eval instant at 15s histogram_count(increase(often[14s] smoothed))
  {} 5.5

eval instant at 5s rate(late[5s] smoothed)

eval instant at 15s increase(late[10s] smoothed)
  {} 0.5

eval instant at 10s increase(mixed[20s] anchored)
  expect warn msg: PromQL warning: encountered a mix of histograms and floats for metric name "mixed" (1:10)

eval instant at 5s mixed smoothed
  expect warn msg: PromQL warning: encountered a mix of histograms and floats for metric name "mixed" (1:1)

eval instant at 5s kinds smoothed
  expect warn msg: PromQL warning: vector contains a mix of histograms with exponential and custom buckets schemas for metric name "kinds" (1:1)

eval instant at 10s increase(kinds[20s] anchored)
  expect warn msg: PromQL warning: vector contains a mix of histograms with exponential and custom buckets schemas for metric name "kinds" (1:10)

eval instant at 10s changes(mixed[5s] anchored)
  {} 1
`,
  "start times": `
load 1m
  counted{type="unknown"}  _ _ 1 2 3 4 5
  counted{type="inside"}@st  _ _ -30s-1mx4
  counted{type="inside"}  _ _ 1 2 3 4 5
  counted{type="at the sample"}@st  _ _ 0-1mx4
  counted{type="at the sample"}  _ _ 1 2 3 4 5
  counted{type="ends"}@st  _ _ -30s-1mx3 _
  counted{type="ends"}  _ _ 1 2 3 4 _
  counted{type="one"}@st  _ _ _ _ -150s _ _
  counted{type="one"}  _ _ _ _ 3 _ _
  counted{type="one from before"}@st  _ _ _ _ -180s _ _
  counted{type="one from before"}  _ _ _ _ 3 _ _

eval instant at 6m increase(counted[5m])
  {type="unknown"} 5
  {type="inside"} 5
  {type="at the sample"} 5
  {type="ends"} 5.142857142857143
  {type="one"} 3

clear

load 1m
  delta{type="unknown"} _ _ 60x15
  delta{type="otel"}@st _ _ -1mx15
  delta{type="otel"} _ _ 60x15
  delta{type="empty"}@st _ _ -0msx15
  delta{type="empty"} _ _ 60x15

eval range from 10m to 12m step 1m increase(delta[5m])
  {type="unknown"} 0x2
  {type="otel"} 300x2
  {type="empty"} 0x2

eval range from 10m to 12m step 1m irate(delta[5m])
  {type="unknown"} 0x2
  {type="otel"} 1x2
  {type="empty"} 0x2

# A subquery does not know where counters began.
eval range from 10m to 12m step 1m increase(delta{type="otel"}[5m:1m])
  {type="otel"} 0x2
`,
  "start times that are odd": `
load 1m
  after{type="one"}@st _ _ 1ms-1mx4
  after{type="one"} _ _ 1 2 3 4 5
  overlap@st _ _ -2m -2m -2m
  overlap _ _ 60 120 180
  known_total@st _ _ -30s-1mx2
  known_total _ _ 60 120 180

eval instant at 6m increase(after[5m])
  {type="one"} 5

eval instant at 4m increase(overlap[3m])
  expect warn msg: PromQL warning: start times of samples overlap for metric name "overlap" (1:10)
  {} 180

eval instant at 4m increase(known_total[3m])
  expect no_warn
  {} 180

eval range from 2m to 6m step 2m start_timestamp(known_total)
  {} 90 90 90

eval instant at 4m start_timestamp(known_total offset 1m) - timestamp(known_total offset 1m)
  {} -90

eval instant at 4m start_timestamp({__name__=~"known_total|known_total"} + 0)

eval instant at 4m timestamp(known_total + 0)
  {} 240
`,
  "start times of histograms": `
load 1m
  inside@st _ _ -30s-1mx2
  inside _ _ {{schema:0 sum:1 count:1 buckets:[1]}} {{schema:0 sum:2 count:2 buckets:[2]}} {{schema:0 sum:3 count:3 buckets:[3]}}
  anew@st _ _ -30s -30s
  anew _ _ {{schema:0 sum:1 count:1 buckets:[1]}} {{schema:0 sum:2 count:2 buckets:[2]}}
  one@st _ _ -30s
  one _ _ {{schema:0 sum:4 count:4 buckets:[4]}}

eval instant at 4m histogram_count(increase(inside[3m]))
  {} 3

eval instant at 3m histogram_count(increase(anew[3m]))
  {} 3

eval instant at 3m resets(anew[3m])
  {} 1

eval instant at 3m histogram_count(irate(anew[3m]))
  {} 0.03333333333333333

eval instant at 3m histogram_count(increase(one[3m]))
  {} 4
`,
};

for (const [name, script] of Object.entries(scripts)) {
  describe(name, () => {
    for (const one of scriptCases(script, options)) it(one.name, one.run);
  });
}
