import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

const debounceMs = 350;

/** The search field of a page; `/` moves the focus here. Tells of a change when typing pauses or on Enter. */
export function SearchInput({
  value,
  onChange,
  label,
  placeholder,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  placeholder: string;
}) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    // The address changed by other means than typing here.
    if (value !== sent.current) setText(value);
    sent.current = value;
  }, [value]);
  const send = (next: string) => {
    if (next === sent.current) return;
    sent.current = next;
    onChange(next);
  };
  const sendLater = useDebouncedCallback(send, debounceMs);
  const clear = (
    <CloseButton
      size="sm"
      aria-label="Clear the search"
      onClick={() => {
        setText("");
        send("");
      }}
    />
  );
  return (
    <TextInput
      type="search"
      data-page-search
      aria-label={label}
      placeholder={placeholder}
      value={text}
      leftSection={<IconSearch size={15} stroke={1.7} aria-hidden />}
      rightSection={text === "" ? undefined : clear}
      style={{ flex: "1 1 260px", minWidth: 0 }}
      onChange={(event) => {
        setText(event.currentTarget.value);
        sendLater(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") send(event.currentTarget.value);
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}
