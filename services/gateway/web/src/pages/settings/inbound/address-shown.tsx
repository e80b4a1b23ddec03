import { Button, Modal } from "@mantine/core";
import { CodeSnippet } from "../../../components/code-snippet.tsx";

/** The address of a source, which can be read this once. */
export function AddressShown({ path, onClose }: { path: string; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Its address" closeOnClickOutside={false} size="lg">
      <p>This is the only time it can be read. Put it into the other system now: whoever has it can send.</p>
      <CodeSnippet label="Address" text={window.location.origin + path} />
      <p>
        <Button size="sm" data-autofocus onClick={onClose}>
          I have it
        </Button>
      </p>
    </Modal>
  );
}
