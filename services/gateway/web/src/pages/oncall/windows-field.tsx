import { ActionIcon, Button, MultiSelect, Select, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { type WallWindow, WEEKDAYS, type Weekday } from "../../api/oncall-types.ts";
import classes from "./oncall.module.css";
import { OFFICE_HOURS, WEEKEND } from "./usual-windows.ts";

const weekdayNames = WEEKDAYS.map((value) => ({ value, label: value.slice(0, 1).toUpperCase() + value.slice(1) }));

/** Times that come every day or every week. */
export function WindowsField(props: {
  label: string;
  windows: readonly WallWindow[];
  onChange: (windows: WallWindow[]) => void;
}) {
  const { label, windows, onChange } = props;
  const put = (index: number, window: WallWindow) => onChange(windows.map((old, at) => (at === index ? window : old)));
  return (
    <fieldset className={classes.windows} aria-label={label}>
      {windows.map((window, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: windows have no identity.
        <div key={index} className={classes.row}>
          <Select
            label={index === 0 ? label : undefined}
            aria-label={`${label} ${index + 1}: kind`}
            allowDeselect={false}
            data={[
              { value: "day", label: "Every day" },
              { value: "week", label: "Every week" },
            ]}
            value={window.kind}
            onChange={(kind) => put(index, kind === "week" ? WEEKEND : OFFICE_HOURS)}
          />
          {window.kind === "day" ? (
            <MultiSelect
              className={classes.grow ?? ""}
              size="sm"
              aria-label={`${label} ${index + 1}: weekdays`}
              placeholder={window.weekdays.length === 0 ? "all days" : ""}
              data={weekdayNames}
              value={window.weekdays}
              onChange={(days) => put(index, { ...window, weekdays: WEEKDAYS.filter((day) => days.includes(day)) })}
            />
          ) : (
            <WeekdaySelect
              name={`${label} ${index + 1}: from weekday`}
              value={window.fromWeekday}
              onChange={(fromWeekday) => put(index, { ...window, fromWeekday })}
            />
          )}
          <TextInput
            type="time"
            required
            aria-label={`${label} ${index + 1}: from`}
            value={window.from}
            onChange={(event) => put(index, { ...window, from: event.currentTarget.value })}
          />
          <span>to</span>
          {window.kind === "day" ? null : (
            <WeekdaySelect
              name={`${label} ${index + 1}: to weekday`}
              value={window.toWeekday}
              onChange={(toWeekday) => put(index, { ...window, toWeekday })}
            />
          )}
          <TextInput
            type="time"
            required
            aria-label={`${label} ${index + 1}: to`}
            // The field has no 24:00; to midnight means the same.
            value={window.to === "24:00" ? "00:00" : window.to}
            onChange={(event) => put(index, { ...window, to: event.currentTarget.value })}
          />
          <ActionIcon
            aria-label={`Remove ${label.toLowerCase()} ${index + 1}`}
            onClick={() => onChange(windows.filter((_, at) => at !== index))}
          >
            <IconTrash size={15} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="subtle"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => onChange([...windows, OFFICE_HOURS])}
      >
        {windows.length === 0 ? label : "Another time"}
      </Button>
    </fieldset>
  );
}

function WeekdaySelect(props: { name: string; value: Weekday; onChange: (weekday: Weekday) => void }) {
  return (
    <Select
      aria-label={props.name}
      allowDeselect={false}
      data={weekdayNames}
      value={props.value}
      onChange={(value) => {
        const weekday = WEEKDAYS.find((day) => day === value);
        if (weekday !== undefined) props.onChange(weekday);
      }}
    />
  );
}
