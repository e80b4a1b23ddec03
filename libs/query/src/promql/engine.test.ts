import { describe, it } from "node:test";
import { scriptCases } from "./testing/run-script.ts";

const options = { delayedNameRemoval: true, useStartTimes: true, histogramStartTimes: true };

/** What goes beyond the scripts of Prometheus that the conformance tests run, in their language. */
const scripts: Readonly<Record<string, string>> = {
  fill: `
load 5m
  have{label="a"} 10
  have{label="b"} 20
  want{label="a"} 100
  want{label="c"} 300

eval instant at 0 have + fill(0) want
  {label="a"} 110
  {label="b"} 20
  {label="c"} 300

eval instant at 0 have + fill_left(5) fill_right(7) want
  {label="a"} 110
  {label="b"} 27
  {label="c"} 305

eval instant at 0 have + fill_right(-Inf) want
  {label="a"} 110
  {label="b"} -Inf

eval instant at 0 have == bool fill(20) want
  {label="a"} 0
  {label="b"} 1
  {label="c"} 0

eval instant at 0 have != fill(20) want
  have{label="a"} 10
  {label="c"} 20

clear

load 5m
  requests{method="GET", status="200"} 100
  requests{method="GET", status="500"} 10
  limits{status="200"} 1000
  limits{status="404"} 500

eval instant at 0 requests + on(status) group_left fill(1) limits
  {method="GET", status="200"} 1100
  {method="GET", status="500"} 11
  {status="404"} 501

eval range from 0 to 5m step 5m requests + on(status) group_left fill_left(0) limits
  {method="GET", status="200"} 1100 _
  {status="404"} 500 _
`,
  info: `
load 5m
  metric{instance="a", job="1", label="value"} 0 1 2
  other{instance="a", job="2", label="value"} 0 1 2
  overlapping{instance="a", job="1", data="base"} 0 1 2
  target_info{instance="a", job="1", data="info", more="another"} 1 1 1
  build_info{instance="a", job="1", build="b"} 1 1 1

eval range from 0 to 10m step 5m info(metric)
  metric{data="info", more="another", instance="a", job="1", label="value"} 0 1 2

eval range from 0 to 10m step 5m info(metric, {data=~".+"})
  metric{data="info", instance="a", job="1", label="value"} 0 1 2

eval range from 0 to 10m step 5m info(other)
  other{instance="a", job="2", label="value"} 0 1 2

eval range from 0 to 10m step 5m info(metric, {nothing=~".+"})

eval range from 0 to 10m step 5m info(overlapping)
  overlapping{data="base", more="another", instance="a", job="1"} 0 1 2

eval range from 0 to 10m step 5m info(metric, {__name__=~".+_info"})
  metric{data="info", more="another", build="b", instance="a", job="1", label="value"} 0 1 2

eval range from 0 to 10m step 5m info(build_info, {__name__=~".+_info"})
  build_info{instance="a", job="1", build="b"} 1 1 1

eval range from 0 to 10m step 5m info(metric, {__name__!="target_info"})
  metric{build="b", instance="a", job="1", label="value"} 0 1 2

clear

load 5m
  metric{instance="a", job="1"} 0 1 2
  target_info{instance="a", job="1", data="info"} 1 1 _
  target_info{instance="a", job="1", data="newer"} _ _ 1

eval range from 0 to 10m step 5m info(metric)
  metric{data="info", instance="a", job="1"} 0 1 _
  metric{data="newer", instance="a", job="1"} _ _ 2

clear

load 1m
  metric{instance="a", job="1"} 1 2 3
  target_info{instance="a", job="1", x="from target"} 1 1 1
  build_info{instance="a", job="1", x="from build"} 1 1 1
  histogram{instance="a", job="1"} {{schema:1 sum:3 count:22 buckets:[5 10 7]}}

eval range from 0 to 2m step 1m info(metric, {__name__=~".+_info"})
  expect fail regex: conflicting label

eval range from 0 to 2m step 1m info(metric, {__name__="histogram"})
  expect fail
`,
  "info of series that are identified in different ways": `
load 5m
  metric{job="1"} 0 1 2
  metric{instance="a"} 3 4 5
  metric{instance="a", job="1"} 6 7 8
  metric{x="none"} 9 10 11
  target_info{job="1", data="by job"} 1 1 1
  target_info{instance="a", data="by instance"} 1 1 1
  target_info{instance="a", job="1", data="by both"} 1 1 1

eval range from 0 to 10m step 5m info(metric)
  metric{job="1", data="by job"} 0 1 2
  metric{instance="a", data="by instance"} 3 4 5
  metric{instance="a", job="1", data="by both"} 6 7 8
  metric{x="none"} 9 10 11

eval range from 0 to 10m step 5m info(metric, {data=~".+"})
  metric{job="1", data="by job"} 0 1 2
  metric{instance="a", data="by instance"} 3 4 5
  metric{instance="a", job="1", data="by both"} 6 7 8
`,
  durations: `
load 1s
  metric_total 0+1x100

eval range from 50s to 60s step 10s count_over_time(metric_total[step()+1ms])
  {} 11 11

eval range from 50s to 60s step 5s metric_total offset (-step()*2)
  metric_total{} 60 65 70

eval range from 50s to 60s step 5s count_over_time(metric_total[max_of(step(), range() / 5)])
  {} 5 5 5

eval range from 50s to 60s step 5s count_over_time(metric_total[min_of(20s, 4 * step())])
  {} 20 20 20

eval range from 50s to 60s step 5s step() + range() + min_of(1, 2) + vector(0)
  {} 16 16 16

eval instant at 50s metric_total[5s:step()]
  expect fail

eval instant at 50s metric_total offset range()
  metric_total{} 50

eval instant at 50s end() + step()
  50

eval range from 10s to 30s step 10s end() - start() + 0 * max_of(NaN, 1)
  {} NaN NaN NaN
`,
  "distances from the median": `
load 1m
  some 4 6 2 1 999 1 2
  none 1 2 NaN 3

eval instant at 6m mad_over_time(some[7m])
  {} 1

eval instant at 3m mad_over_time(none[4m])
  {} NaN
`,
  "histograms cut at a value": `
load 1m
  linear {{schema:-53 sum:60 count:6 custom_values:[5 10 20] buckets:[1 2 2 1]}}
  exponential {{schema:0 sum:12 count:8 buckets:[2 4 2]}}

eval instant at 0 histogram_count(linear </ 10)
  {} 3

eval instant at 0 histogram_count(linear </ 15)
  {} 4

eval instant at 0 histogram_count(exponential >/ 2)
  {} 2

eval instant at 0 exponential </ 1
  expect no_info
  exponential {{schema:0 sum:0.6862915010152388 count:2 buckets:[2]}}

eval instant at 0 exponential </ exponential
  expect info msg: PromQL info: incompatible sample types encountered for binary operator "</": histogram </ histogram (1:1)
`,
  "custom buckets that differ": `
load 1m
  a {{schema:-53 sum:1 count:4 custom_values:[5 10 20] buckets:[1 1 1 1]}}
  b {{schema:-53 sum:1 count:4 custom_values:[10 20 30] buckets:[1 1 1 1]}}

eval instant at 0 a + b
  expect info msg: PromQL info: mismatched custom buckets were reconciled during addition (1:1)
  {} {{schema:-53 sum:2 count:8 custom_values:[10 20] buckets:[3 2 3]}}

eval instant at 0 sum({__name__=~"a|b"})
  expect info msg: PromQL info: mismatched custom buckets were reconciled during aggregation (1:5)
  {} {{schema:-53 sum:2 count:8 custom_values:[10 20] buckets:[3 2 3]}}
`,
};

for (const [name, script] of Object.entries(scripts)) {
  describe(name, () => {
    for (const one of scriptCases(script, options)) it(one.name, one.run);
  });
}
