import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { type MatcherDraft, OPERATORS } from "./matcher-text.ts";
import classes from "./silences.module.css";

const operators = [...OPERATORS];

/** The conditions that alerts have to fulfil, all of them, one to a line. */
export function MatcherFields(props: {
  matchers: readonly MatcherDraft[];
  onChange: (matchers: readonly MatcherDraft[]) => void;
}) {
  const { matchers, onChange } = props;
  const set = (at: number, changes: Partial<MatcherDraft>) =>
    onChange(matchers.map((matcher, index) => (index === at ? { ...matcher, ...changes } : matcher)));
  return (
    <>
      {matchers.map((matcher, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: matchers have no identity but their place.
        <div key={index} className={classes.row} data-testid="matcher-row">
          <TextInput
            aria-label="Label"
            placeholder="alertname"
            value={matcher.name}
            onChange={(event) => set(index, { name: event.currentTarget.value })}
          />
          <Select
            size="sm"
            aria-label="Compared"
            allowDeselect={false}
            data={operators}
            value={matcher.operator}
            onChange={(operator) => {
              const known = OPERATORS.find((each) => each === operator);
              if (known !== undefined) set(index, { operator: known });
            }}
          />
          <TextInput
            aria-label="Value"
            placeholder={matcher.operator.endsWith("~") ? "a regular expression for all of the value" : "value"}
            value={matcher.value}
            onChange={(event) => set(index, { value: event.currentTarget.value })}
          />
          <ActionIcon
            size="lg"
            aria-label={`Remove the matcher of ${matcher.name || "no label"}`}
            disabled={matchers.length === 1}
            onClick={() => onChange(matchers.filter((_, at) => at !== index))}
          >
            <IconX size={15} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="subtle"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange([...matchers, { name: "", operator: "=", value: "" }])}
      >
        Add a matcher
      </Button>
    </>
  );
}
