import { ActionIcon, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import { IconArrowUp, IconTrash } from "@tabler/icons-react";
import { type Layer, ROTATION_UNITS, WEEKDAYS } from "../../api/oncall-types.ts";
import { msOf } from "../../time/format-time.ts";
import { localText, momentOfLocal } from "../../time/local-text.ts";
import classes from "./oncall.module.css";
import { WindowsField } from "./windows-field.tsx";

/** One layer while it is being written. */
export function LayerFields(props: {
  layer: Layer;
  onChange: (layer: Layer) => void;
  onRemove: () => void;
  /** Undefined where it is the first already. */
  onRaise: (() => void) | undefined;
}) {
  const { layer, onChange, onRemove, onRaise } = props;
  const set = (changes: Partial<Layer>) => onChange({ ...layer, ...changes });
  return (
    <section className={classes.card} aria-label={layer.name} data-testid="oncall-layer">
      <div className={classes.cardHead}>
        <span>{layer.name}</span>
        {onRaise === undefined ? null : (
          <ActionIcon aria-label={`Move ${layer.name} up`} onClick={onRaise}>
            <IconArrowUp size={15} aria-hidden />
          </ActionIcon>
        )}
        <ActionIcon aria-label={`Remove ${layer.name}`} onClick={onRemove}>
          <IconTrash size={15} aria-hidden />
        </ActionIcon>
      </div>
      <div className={classes.fields}>
        <TextInput
          label="Layer"
          required
          value={layer.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TagsInput
          className={classes.grow ?? ""}
          style={{ gridColumn: "span 3" }}
          size="sm"
          label="Who takes turns, in order"
          placeholder="user name, then Enter"
          allowDuplicates
          value={layer.participants}
          onChange={(participants) => set({ participants })}
        />
      </div>
      <RotationFields layer={layer} set={set} />
      <WindowsField
        label="Only at times"
        windows={layer.restrictions}
        onChange={(restrictions) => set({ restrictions })}
      />
    </section>
  );
}

function RotationFields({ layer, set }: { layer: Layer; set: (changes: Partial<Layer>) => void }) {
  const { rotation } = layer;
  const turn = (changes: Partial<Layer["rotation"]>) => set({ rotation: { ...rotation, ...changes } });
  return (
    <div className={classes.fields}>
      <NumberInput
        label="A turn lasts"
        min={1}
        value={rotation.every}
        onChange={(every) => turn({ every: Number(every) || 1 })}
      />
      <Select
        aria-label="Unit of turns"
        allowDeselect={false}
        data={ROTATION_UNITS.map((value) => ({ value, label: rotation.every === 1 ? value : `${value}s` }))}
        value={rotation.unit}
        onChange={(value) => {
          const unit = ROTATION_UNITS.find((one) => one === value) ?? "day";
          turn({ unit, handoverWeekday: unit === "week" ? (rotation.handoverWeekday ?? "monday") : null });
        }}
      />
      <TextInput
        type="time"
        label="Hand-over at"
        required
        value={rotation.handoverTime}
        onChange={(event) => turn({ handoverTime: event.currentTarget.value })}
      />
      {rotation.unit === "week" ? (
        <Select
          label="Hand-over on"
          allowDeselect={false}
          data={[...WEEKDAYS]}
          value={rotation.handoverWeekday}
          onChange={(value) => turn({ handoverWeekday: WEEKDAYS.find((day) => day === value) ?? "monday" })}
        />
      ) : null}
      <TextInput
        className={classes.half ?? ""}
        type="datetime-local"
        label="The first turn begins"
        required
        value={localText(msOf(layer.start))}
        onChange={(event) => {
          const start = momentOfLocal(event.currentTarget.value);
          if (start !== "") set({ start });
        }}
      />
      <TextInput
        className={classes.half ?? ""}
        type="datetime-local"
        label="The layer ends"
        description="Empty: never"
        value={layer.end === null ? "" : localText(msOf(layer.end))}
        onChange={(event) => set({ end: momentOfLocal(event.currentTarget.value) || null })}
      />
    </div>
  );
}
