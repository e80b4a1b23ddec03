import { Autocomplete, Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../../api/api-error.ts";
import { deleteOverride, oncallKey, saveOverride } from "../../api/oncall.ts";
import type { Override, Schedule } from "../../api/oncall-types.ts";
import { ConfirmButton } from "../../components/confirm-button.tsx";
import { msOf } from "../../time/format-time.ts";
import { localText, momentOfLocal } from "../../time/local-text.ts";
import editor from "../alerts/rule-editor.module.css";

/** Puts somebody in place of whoever would be on call, or changes or removes such an override. */
export function OverrideForm(props: { schedule: Schedule; initial: Override; onClose: () => void }) {
  const { schedule, initial, onClose } = props;
  const queryClient = useQueryClient();
  const [user, setUser] = useState(initial.user);
  const [start, setStart] = useState(localText(msOf(initial.start)));
  const [end, setEnd] = useState(localText(msOf(initial.end)));
  const [note, setNote] = useState(initial.note);
  const onSuccess = async () => {
    await queryClient.invalidateQueries({ queryKey: oncallKey });
    onClose();
  };
  const save = useMutation({
    mutationFn: () =>
      saveOverride(schedule.name, { ...initial, user, note, start: momentOfLocal(start), end: momentOfLocal(end) }),
    onSuccess,
  });
  const remove = useMutation({ mutationFn: () => deleteOverride(schedule.name, initial.overrideId), onSuccess });
  const error = save.error ?? remove.error;
  const isNew = initial.overrideId === "";
  return (
    <Modal opened onClose={onClose} title={isNew ? `Override of ${schedule.name}` : `Override by ${initial.createdBy}`}>
      <form
        className={editor.form}
        data-testid="override-form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Autocomplete
          size="sm"
          label="On call instead"
          required
          data-autofocus
          openOnFocus={false}
          data={[...new Set(schedule.layers.flatMap((layer) => layer.participants))]}
          value={user}
          onChange={setUser}
        />
        <div className={editor.grid}>
          <TextInput
            type="datetime-local"
            label="From"
            required
            value={start}
            onChange={(event) => setStart(event.currentTarget.value)}
          />
          <TextInput
            type="datetime-local"
            label="Until"
            required
            min={start}
            value={end}
            onChange={(event) => setEnd(event.currentTarget.value)}
          />
        </div>
        <TextInput label="Note" value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        {error === null ? null : (
          <p className={editor.error} role="alert">
            {messageOf(error)}
          </p>
        )}
        <div className={editor.buttons}>
          <Button type="submit" size="sm" loading={save.isPending}>
            Save override
          </Button>
          {isNew ? null : (
            <ConfirmButton
              className={editor.delete ?? ""}
              label="Remove override"
              question="Really remove?"
              loading={remove.isPending}
              onConfirm={() => remove.mutate()}
            />
          )}
        </div>
      </form>
    </Modal>
  );
}
