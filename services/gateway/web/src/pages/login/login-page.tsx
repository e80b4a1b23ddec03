import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { isUnauthenticated, messageOf } from "../../api/api-error.ts";
import { login, sessionKey } from "../../api/session.ts";
import { Brand } from "../../shell/brand.tsx";
import { ThemeToggle } from "../../shell/theme-toggle.tsx";
import classes from "./login-page.module.css";

/** Asks who it is. The address stays as it is, so that one ends up where one wanted to go. */
export function LoginPage({ expired }: { expired: boolean }) {
  const queryClient = useQueryClient();
  const [username, setUsername] = useState("admin");
  const [password, setPassword] = useState("");
  const attempt = useMutation({
    mutationFn: () => login(username, password),
    onSuccess: (session) => {
      queryClient.setQueryData(sessionKey, session);
      void queryClient.invalidateQueries();
    },
  });
  return (
    <main className={classes.page}>
      <div className={classes.corner}>
        <ThemeToggle />
      </div>
      <form
        className={classes.form}
        data-testid="login-form"
        onSubmit={(event) => {
          event.preventDefault();
          attempt.mutate();
        }}
      >
        <h1 className={classes.title}>
          <Brand />
        </h1>
        <p className={classes.lead}>
          {expired
            ? "Your session has ended. Log in to go on where you were."
            : "See your whole fleet: events, logs, metrics, traces."}
        </p>
        <TextInput
          label="User"
          name="username"
          autoComplete="username"
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          required
          withAsterisk={false}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoFocus
          required
          withAsterisk={false}
        />
        {attempt.isError ? (
          <p className={classes.error} role="alert">
            {isUnauthenticated(attempt.error) ? "Wrong user or password." : messageOf(attempt.error)}
          </p>
        ) : null}
        <Button type="submit" size="sm" loading={attempt.isPending} fullWidth>
          Log in
        </Button>
        <p className={classes.hint}>
          <code>make up</code> prints the password it made for <code>admin</code>.
        </p>
      </form>
    </main>
  );
}
