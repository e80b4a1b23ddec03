import { Button } from "@mantine/core";
import { useState } from "react";

/** A button for what cannot be undone: the first press asks, the second does it; leaving it takes the question back. */
export function ConfirmButton(props: {
  label: string;
  question: string;
  loading: boolean;
  onConfirm: () => void;
  className?: string;
}) {
  const [asked, setAsked] = useState(false);
  return (
    <Button
      className={props.className ?? ""}
      variant={asked ? "filled" : "subtle"}
      color={asked ? "red" : "gray"}
      loading={props.loading}
      onBlur={() => setAsked(false)}
      onClick={() => {
        if (asked) props.onConfirm();
        setAsked(!asked);
      }}
    >
      {asked ? props.question : props.label}
    </Button>
  );
}
