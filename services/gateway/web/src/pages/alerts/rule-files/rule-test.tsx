import { Button } from "@mantine/core";
import { IconRoute, IconSend } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { messageOf } from "../../../api/api-error.ts";
import { type RulePlace, type RuleTest, testRule } from "../../../api/rule-files.ts";
import { PlainLine } from "../../../components/plain.tsx";
import list from "../alerts.module.css";
import { type TestLine, testLines } from "./rule-test-lines.ts";

const colors = { well: "var(--healthy)", bad: "var(--error)", plain: undefined } as const;
const marks = { well: "✓ ", bad: "✕ ", plain: "" } as const;

/** Says who is told of a rule's alerts, and tries it when that is known. */
export function RuleTestButtons({ place }: { readonly place: RulePlace }) {
  const asked = useMutation({ mutationFn: () => testRule(place, false) });
  const sent = useMutation({ mutationFn: () => testRule(place, true) });
  const error = sent.error ?? asked.error;
  const answer = sent.data ?? asked.data;
  return (
    <>
      <div style={{ display: "flex", gap: 8 }}>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconRoute size={14} aria-hidden />}
          loading={asked.isPending}
          data-testid="rule-test"
          aria-label={`Who is told of ${place.rule}`}
          onClick={() => {
            sent.reset();
            asked.mutate();
          }}
        >
          Who is told?
        </Button>
        {asked.data === undefined ? null : (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconSend size={14} aria-hidden />}
            loading={sent.isPending}
            data-testid="rule-test-send"
            aria-label={`Send a test of ${place.rule}`}
            onClick={() => sent.mutate()}
          >
            Tell them that it is a test
          </Button>
        )}
      </div>
      <span role="status">
        {error === null ? null : <span className={list.error}>{messageOf(error)}</span>}
        {answer === undefined ? null : <Told test={answer} />}
      </span>
    </>
  );
}

function Told({ test }: { readonly test: RuleTest }) {
  return testLines(test).map(({ text, state }: TestLine, index) => (
    <span
      // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one answer stay where they are.
      key={index}
      className={list.condition}
      style={{ display: "block", color: colors[state] }}
      data-testid="rule-test-line"
    >
      {marks[state]}
      <PlainLine text={text} className="" />
    </span>
  ));
}
