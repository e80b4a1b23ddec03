import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy, IconLink } from "@tabler/icons-react";

/** Puts a text on the clipboard. `kind` only chooses the icon. */
export function CopyButton({ text, label, kind = "text" }: { text: string; label: string; kind?: "text" | "link" }) {
  const clipboard = useClipboard({ timeout: 1500 });
  const Icon = clipboard.copied ? IconCheck : kind === "link" ? IconLink : IconCopy;
  return (
    <Tooltip label={clipboard.copied ? "Copied" : label}>
      <ActionIcon size="sm" aria-label={label} onClick={() => clipboard.copy(text)}>
        <Icon size={15} stroke={1.7} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
