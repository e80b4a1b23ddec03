import { Button, Modal, NumberInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../../api/api-error.ts";
import { type Kept, retentionKey, saveRetention } from "../../api/retention.ts";
import form from "../alerts/rule-editor.module.css";
import { daysText, nameOfKind } from "./retention-words.ts";

/** Says how long one kind of records is to be kept. */
export function RetentionForm({ kept, onClose }: { kept: Kept; onClose: () => void }) {
  const queryClient = useQueryClient();
  const [days, setDays] = useState(kept.days);
  const save = useMutation({
    mutationFn: (value: number | null) => saveRetention({ [kept.kind]: value }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: retentionKey });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={nameOfKind(kept.kind).name}>
      <form
        className={form.form}
        data-testid="retention-form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(days);
        }}
      >
        <NumberInput
          label="Keep for"
          suffix=" days"
          required
          data-autofocus
          min={1}
          max={3650}
          clampBehavior="strict"
          allowDecimal={false}
          value={days}
          onChange={(value) => setDays(Number(value) || 0)}
        />
        {days > 0 && days < kept.days ? (
          <p className={form.hint}>Records older than {daysText(days)} will be deleted; they cannot be had back.</p>
        ) : null}
        {save.isError ? (
          <p className={form.error} role="alert">
            {messageOf(save.error)}
          </p>
        ) : null}
        <div className={form.buttons}>
          <Button type="submit" size="sm" loading={save.isPending} disabled={days < 1}>
            Save
          </Button>
          {kept.days === kept.defaultDays ? null : (
            <Button size="sm" variant="default" disabled={save.isPending} onClick={() => save.mutate(null)}>
              Default: {daysText(kept.defaultDays)}
            </Button>
          )}
        </div>
      </form>
    </Modal>
  );
}
