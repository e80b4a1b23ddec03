import { Modal, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconArrowRight, IconSearch } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { logout, sessionKey } from "../api/session.ts";
import classes from "./command-palette.module.css";
import { type Command, commandsFor } from "./commands.ts";

/** A field that finds pages, things by their id, and searches; used with the keyboard alone. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const listId = useId();
  const location = useLocation();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const perform = useCommand(onClose);
  const commands = commandsFor(text, location.search);
  const current = Math.min(chosen, commands.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setChosen((current + step + commands.length) % Math.max(1, commands.length));
    }
    const command = commands[current];
    if (event.key === "Enter" && command !== undefined) perform(command);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={0}
      size={560}
      yOffset="12vh"
      aria-label="Search and commands"
    >
      <div className={classes.field}>
        <IconSearch size={18} stroke={1.7} aria-hidden />
        <input
          data-autofocus
          data-testid="palette-input"
          className={classes.input}
          value={text}
          placeholder="Find a page, a trace id, words in events or logs…"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={`${listId}-${current}`}
          aria-label="Search and commands"
          onChange={(event) => {
            setText(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div className={classes.list} id={listId} role="listbox" aria-label="Results">
        {commands.length === 0 ? <p className={classes.none}>Nothing of that name.</p> : null}
        {commands.map((command, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the field, which keeps the focus.
          <div
            key={command.id}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === current}
            className={classes.option}
            onPointerMove={() => setChosen(index)}
            onClick={() => perform(command)}
          >
            <span className={classes.group}>{command.group}</span>
            <span className="truncate">{command.label}</span>
            <IconArrowRight size={14} aria-hidden className={classes.arrow} />
          </div>
        ))}
      </div>
    </Modal>
  );
}

function useCommand(onClose: () => void): (command: Command) => void {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  return ({ action }) => {
    onClose();
    if (action.t === "go") void navigate(action.to);
    else if (action.t === "theme") setColorScheme(scheme === "dark" ? "light" : "dark");
    else void logout().finally(() => queryClient.setQueryData(sessionKey, null));
  };
}
