import { Button, Modal, NumberInput, SegmentedControl, TagsInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../../api/api-error.ts";
import type { Target } from "../../api/setting-types.ts";
import { saveTarget, type TargetInput, targetsKey } from "../../api/settings.ts";
import { mapOf, pairsOf } from "../alerts/rule-draft.ts";
import form from "../alerts/rule-editor.module.css";

const kinds = [
  { value: "http", label: "HTTP check", hint: "https://example.org/health" },
  { value: "tcp", label: "TCP connect", hint: "db.example.org:5432" },
  { value: "scrape", label: "Prometheus scrape", hint: "http://web-01:9100/metrics" },
] as const;

const empty: TargetInput = { name: "", kind: "http", address: "", intervalMs: 15_000, timeoutMs: 5_000, labels: {} };

/** Writes a new target or changes one; the name of an existing one stays. */
export function TargetForm({ target, onClose }: { target: Target | undefined; onClose: () => void }) {
  const queryClient = useQueryClient();
  const [input, setInput] = useState<TargetInput>(() => (target === undefined ? empty : inputOf(target)));
  const set = (changes: Partial<TargetInput>) => setInput((before) => ({ ...before, ...changes }));
  const save = useMutation({
    mutationFn: () => saveTarget(input),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: targetsKey });
      onClose();
    },
  });
  const kind = kinds.find(({ value }) => value === input.kind) ?? kinds[0];
  return (
    <Modal opened onClose={onClose} title={target === undefined ? "New target" : `Target ${target.name}`} size="lg">
      <form
        className={form.form}
        data-testid="target-form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <SegmentedControl
          aria-label="Kind"
          value={input.kind}
          data={kinds.map(({ value, label }) => ({ value, label }))}
          onChange={(value) => set({ kind: kinds.find((candidate) => candidate.value === value)?.value ?? "http" })}
        />
        <TextInput
          label="Name"
          required
          maxLength={128}
          data-autofocus
          disabled={target !== undefined}
          value={input.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextInput
          label={input.kind === "tcp" ? "Host and port" : "URL"}
          required
          placeholder={kind.hint}
          value={input.address}
          onChange={(event) => set({ address: event.currentTarget.value })}
        />
        <div className={form.grid}>
          <NumberInput
            label="Every"
            suffix=" s"
            min={1}
            max={3600}
            value={input.intervalMs / 1000}
            onChange={(value) => set({ intervalMs: Math.round(Number(value) * 1000) || 0 })}
          />
          <NumberInput
            label="Gives up after"
            suffix=" s"
            min={0}
            value={input.timeoutMs / 1000}
            onChange={(value) => set({ timeoutMs: Math.round(Number(value) * 1000) || 0 })}
          />
          <TagsInput
            className={form.wide ?? ""}
            label="Labels"
            placeholder="env=production, then Enter"
            value={[...pairsOf(input.labels)]}
            onChange={(pairs) => set({ labels: mapOf(pairs) })}
          />
        </div>
        {save.isError ? (
          <p className={form.error} role="alert">
            {messageOf(save.error)}
          </p>
        ) : null}
        <div className={form.buttons}>
          <Button type="submit" size="sm" loading={save.isPending}>
            Save target
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function inputOf({ name, kind, address, intervalMs, timeoutMs, labels }: Target): TargetInput {
  return { name, kind, address, intervalMs, timeoutMs, labels };
}
