import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@sightline/errors/app-error";
import { Severity, SystemEvent } from "@sightline/proto/sightline/event/v1/event";
import { parseCondition } from "./condition.ts";
import { eventView } from "./event-view.ts";

const details = {
  resource_type: "cpu",
  usage_percent: 93.5,
  zero: 0,
  none: null,
  flag: true,
  tags: ["web", "eu"],
  nested: { deep: { n: 7 } },
  list: [{ id: 1 }, { id: 2 }],
  text: "Disk /dev/sda1 is full",
};
const event = SystemEvent.fromPartial({
  eventId: "018bcfe5-6800-7bab-abab-abababababab",
  eventType: "resource_threshold",
  severity: Severity.ERROR,
  source: "collector",
  target: "web-01",
  category: "",
  title: "CPU usage is high",
  healthScore: 40,
  resourceUsage: { cpuPercent: 93.5 },
  metadata: { userId: "ada", labels: { team: "web", "app.kubernetes.io/name": "shop" } },
});
const view = eventView(event, details);

test("conditions", () => {
  const f = (source: string, want: boolean) => assert.equal(parseCondition(source).matches(view), want, source);

  // The literal condition of the mission.
  f(
    "event_type == 'resource_threshold' and details.get('resource_type') == 'cpu' and details.get('usage_percent') > 90",
    true,
  );
  f("details.get('usage_percent') > 95", false);

  // Fields, labels, metadata, usage.
  f("target == 'web-01' and source != 'analyzer'", true);
  f("labels.team == 'web'", true);
  f("labels.get('app.kubernetes.io/name') == 'shop' and labels['team'] == 'web'", true);
  f("metadata.user_id == 'ada' and metadata.get('user_id') == 'ada' and metadata.labels.team == 'web'", true);
  f("health_score < 50 and resource_usage.cpu_percent >= 93.5", true);

  // Details of any shape.
  f("details['nested']['deep']['n'] == 7 and details.nested.deep.n == 7", true);
  f("details.get('nested').get('deep').get('n') * 2 == 14", true);
  f("details.list[1].id == 2", true);
  f("details.list[2].id == 2", false);
  f("details.get('absent', 5) == 5", true);
  f("details.flag", true);
  f("details.zero or details.none", false);
  f("details.get('zero') or details.get('usage_percent') > 90", true);
  f("details.flag == true and details.flag == True", true);

  // Severities compare by how bad they are.
  f("severity >= 'error'", true);
  f("severity > 'warning' and severity < 'critical'", true);
  f("'Error' <= severity", true);
  f("severity == 'ERROR'", true);
  f("severity in ['error', 'critical']", true);
  f("severity not in ('error', 'critical')", false);
  f("severity.upper() == 'ERROR'", true);

  // Absence: comparisons with None are false unless None is written.
  f("details.get('absent') == 'x'", false);
  f("details.get('absent') != 'x'", false);
  f("details.get('absent') > 1 or details.get('absent') <= 1", false);
  f("details.get('absent') in ['x'] or details.get('absent') not in ['x']", false);
  f("details.get('absent') == details.get('missing')", false);
  f("details.get('absent') == None and details.none == null and details.flag != None", true);
  f("category is None and target is not None", true);
  f("details.get('absent').get('deeper')['still'].lower() == 'x'", false);
  f("not details.get('absent') == 'x'", true);

  // Kinds that do not fit are None, never an error.
  f("details.resource_type > 5", false);
  f("details.usage_percent > '5'", false);
  f("details.resource_type * 2 == 4", false);
  f("details.usage_percent.lower() == 'x'", false);
  f("details.usage_percent / 0 > 1", false);
  f("details.tags.get('x') == 1", false);
  f("details.text['x'] == 1", false);

  // Texts and membership.
  f("'web' in details.tags and 'us' not in details.tags", true);
  f("'/dev/' in details.get('text') and 'team' in labels", true);
  f("title.lower().startswith('cpu') and title.endswith(\"high\")", true);
  f("source + '/' + target == 'collector/web-01'", true);

  // Arithmetic and precedence.
  f("1 + 2 * 3 == 7 and (1 + 2) * 3 == 9 and 7 % 3 == 1 and -7 % 3 == 2 and 10 / 4 == 2.5", true);
  f("2 - 1 - 1 == 0 and -(-2) == 2 and 1e3 == 1000 and .5 == 0.5", true);
  f("True or False and False", true);
  f("(True or False) and False", false);
  f("not True or True", true);
  f("not (True or True)", false);

  // No name reaches behind the event.
  f("details.get('__proto__') == None and details.constructor == None", true);
  f("'toString' in labels", false);
});

test("an event without metadata, usage and details", () => {
  const bare = eventView(SystemEvent.fromPartial({ eventType: "x", source: "s", title: "t" }), {});
  const f = (source: string, want: boolean) => assert.equal(parseCondition(source).matches(bare), want, source);
  f("metadata.user_id == 'ada' or labels.team == 'web' or resource_usage.cpu_percent > 1 or health_score < 50", false);
  f("severity == 'info'", true);
});

test("prints back what it read, in one spelling", () => {
  const f = (source: string, want: string) => {
    assert.equal(parseCondition(source).text, want);
    assert.equal(parseCondition(want).text, want);
  };
  f("( event_type=='a' )  and(true)", "event_type == 'a' and True");
  f('title == "it\'s \\"so\\""', "title == 'it\\'s \"so\"'");
  f("details['k'] == 1 and details['a b'] == 1", "details.k == 1 and details['a b'] == 1");
  f("target in ('a', 'b',) or target in ('c',)", "target in ['a', 'b'] or target in ['c']");
  f("not (health_score > 1 and (details.a or details.b))", "not (health_score > 1 and (details.a or details.b))");
  f("1 - (2 - 3) == (4 * 5) + 6", "1 - (2 - 3) == 4 * 5 + 6");
  f("(details.a or details.b) or details.c", "(details.a or details.b) or details.c");
  f("details.a is not None", "details.a != None");
  f("- - 1 < 2", "--1 < 2");
});

test("says where it is wrong and what was wanted", () => {
  const f = (source: string, want: string) =>
    assert.throws(
      () => parseCondition(source),
      (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, "invalid_argument");
        assert.equal(error.message, `cannot read condition: ${want}`, source);
        return true;
      },
      source,
    );
  f("", "at character 1 got the end, want a name, a number, a text, ( or [");
  f("event_type = 'a'", "at character 12 got =, want ==");
  f("details.a && details.b", "at character 11 got &, want and");
  f("!details.a", "at character 1 got !, want not or !=");
  f("title == 'a", "at character 10 got a text without its closing '");
  f("title == '\\d'", "at character 11 got \\d, want \\n, \\r, \\t, \\\\, \\' or \\\"");
  f("title == 'a' title", "at character 14 got title, want and, or, an operator or the end");
  f("(title == 'a'", "at character 14 got the end, want ) or ,");
  f("details.get('a' == 1", "at character 21 got the end, want , or )");
  f("details['a' == 1", "at character 17 got the end, want ]");
  f("details.", "at character 9 got the end, want a name after the point");
  f("title == and", "at character 10 got and, want a name, a number, a text, ( or [");
  f("1 < health_score < 5", "at character 18 got <, want and: comparisons do not chain");
  f("title not 'a'", "at character 11 got 'a', want in after not");
  f("title is 'a'", "at character 10 got 'a', want None after is; use == for other values");
  f("1e999 > 1", "at character 1 got 1e999, want a number below 1.8e308");
  f("title == 😀", "at character 10 got 😀, want a name, a number, a text or an operator");
  f(
    "event == 'a'",
    "at character 1 got the unknown name event, want one of event_id, event_type, severity, source, target, category, " +
      "title, description, health_score, details, labels, metadata, resource_usage",
  );
  f(
    "metadata.user == 'a'",
    "at character 10 got the unknown name user, want one of correlation_id, trace_id, span_id, user_id, source_ip, labels",
  );
  f(
    "metadata.get('user') == 'a'",
    "at character 14 got the unknown name user, want one of correlation_id, trace_id, span_id, user_id, source_ip, labels",
  );
  f(
    "title.match('a')",
    "at character 6 got the unknown method match, want one of get, lower, upper, startswith, endswith",
  );
  f("details.get() == 1", "at character 8 got get with 0 arguments, want 1 or 2");
  f("title.lower(1) == 'a'", "at character 6 got lower with 1 arguments, want 0");
  f("title.get('a') == 1", "at character 6 got get of a text, want it of a map");
  f("title.a == 1", "at character 6 got a name inside a text, want it after a map");
  f("severity == 'eror'", "at character 13 got the severity 'eror', want one of debug, info, warning, error, critical");
  f("severity in ['bad']", "at character 14 got the severity 'bad', want one of debug, info, warning, error, critical");
  f("event_type > 5", "at character 14 got a text compared with a number, which never holds");
  f("target in ['a', 1]", "at character 17 got a text compared with a number, which never holds");
  f("details.tags == ['a']", "at character 14 got == with a list, want in");
  f("details.a < None", "at character 11 got < with None, want numbers or texts");
  f("health_score in 5", "at character 17 got a number, want a list, a text or a map");
  f("title * 2 == 4", "at character 1 got a text, want a number");
  f("event_type", "at character 1 got a text, want something true or false, such as a comparison");
  f("1 + 1", "at character 3 got a number, want something true or false, such as a comparison");
});

test("is bounded in length, depth and size", () => {
  const refused = (source: string, want: RegExp) => assert.throws(() => parseCondition(source), want);
  refused("x".repeat(4097), /got 4097 characters, want at most 4096/);
  refused(`${"(".repeat(33)}True${")".repeat(33)}`, /nesting deeper than 32/);
  refused(`${"not ".repeat(33)}True`, /nesting deeper than 32/);
  refused(`${"-".repeat(33)}1 == 1`, /nesting deeper than 32/);
  refused(`${"[".repeat(33)}`, /nesting deeper than 32/);
  refused(`${"1+".repeat(300)}1 == 1`, /more than 500 values and operators/);
  assert.equal(parseCondition(`${"(".repeat(32)}True${")".repeat(32)}`).matches(view), true);
  const nested = `${"'a' in ['a', ".repeat(31)}True${"]".repeat(31)}`;
  assert.throws(() => parseCondition(nested), AppError);
  const chained = `${"(".repeat(31)}details.a${" in details.b)".repeat(31)} == True`;
  assert.equal(parseCondition(chained).matches(view), false);
});

test("a text that grows without end is None", () => {
  const long = eventView({ ...event, description: "x".repeat(60_000) }, {});
  const condition = parseCondition("(description + description).startswith('x')");
  assert.equal(condition.matches(long), false);
});
