import { ActionIcon, Burger, Drawer, Tooltip } from "@mantine/core";
import { useDisclosure, useHotkeys, useMediaQuery } from "@mantine/hooks";
import { IconCommand, IconKeyboard, IconLogout } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useMemo } from "react";
import { useNavigate } from "react-router";
import { logout, sessionKey } from "../api/session.ts";
import type { Session } from "../api/types.ts";
import { tellFailed } from "../components/notify.ts";
import { useShortcuts } from "../keyboard/shortcuts-context.tsx";
import { AlertAnnouncer } from "./alert-announcer.tsx";
import classes from "./app-frame.module.css";
import { Brand } from "./brand.tsx";
import { ConnectionBanner } from "./connection-banner.tsx";
import { addressOf, DESTINATIONS } from "./destinations.ts";
import { LiveIndicator } from "./live-indicator.tsx";
import { Nav } from "./nav.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

const CommandPalette = lazy(() => import("./command-palette.tsx").then((m) => ({ default: m.CommandPalette })));
const HelpOverlay = lazy(() => import("./help-overlay.tsx").then((m) => ({ default: m.HelpOverlay })));

/** Everything around a page: navigation, live state, theme, shortcuts, palette. */
export function AppFrame({ session, children }: { session: Session; children: ReactNode }) {
  const [menu, setMenu] = useDisclosure(false);
  const [help, setHelp] = useDisclosure(false);
  const [palette, setPalette] = useDisclosure(false);
  useFrameShortcuts({ openHelp: setHelp.open, openPalette: setPalette.open });
  useHotkeys([["mod+K", setPalette.open]], []);
  // The width of app-frame.module.css. Only one of the two exists, so that nothing is there twice.
  const narrow = useMediaQuery("(max-width: 60em)", false, { getInitialValueInEffect: false });
  const tools = <Tools openHelp={setHelp.open} openPalette={setPalette.open} />;
  return (
    <div className={classes.frame}>
      <a href="#main" className={classes.skip}>
        Skip to the contents
      </a>
      {narrow ? (
        <header className={classes.top}>
          <Burger opened={menu} onClick={setMenu.toggle} size="sm" aria-label="Menu" data-testid="nav-burger" />
          <Brand />
          <div className={classes.topEnd}>
            <LiveIndicator />
            <ThemeToggle />
          </div>
        </header>
      ) : (
        <aside className={classes.side} aria-label="Sightline">
          <div className={classes.sideHead}>
            <Brand />
          </div>
          <Nav />
          <div className={classes.foot}>
            <LiveIndicator />
            <User session={session} />
            <div className={classes.tools}>
              <ThemeToggle />
              {tools}
            </div>
          </div>
        </aside>
      )}
      <Drawer opened={narrow && menu} onClose={setMenu.close} position="left" size={260} title="Sightline" zIndex={300}>
        <Nav onNavigate={setMenu.close} />
        <div className={classes.foot}>
          <User session={session} />
          <div className={classes.tools}>{tools}</div>
        </div>
      </Drawer>
      <main id="main" className={classes.main} tabIndex={-1}>
        <ConnectionBanner />
        {children}
      </main>
      <AlertAnnouncer />
      <Suspense fallback={null}>
        {help ? <HelpOverlay onClose={setHelp.close} /> : null}
        {palette ? <CommandPalette onClose={setPalette.close} /> : null}
      </Suspense>
    </div>
  );
}

function User({ session: { user } }: { session: Session }) {
  return (
    <div className={classes.user}>
      <span className="truncate" title={`${user.username}, ${user.role}, ${user.tenant}`}>
        {user.username}
      </span>
      <span className={classes.role}>{user.tenant}</span>
    </div>
  );
}

function Tools(props: { openHelp: () => void; openPalette: () => void }) {
  const queryClient = useQueryClient();
  const leave = async () => {
    await logout().catch((error: unknown) => tellFailed("The server does not know of the logout", error));
    queryClient.clear();
    queryClient.setQueryData(sessionKey, null);
  };
  return (
    <>
      <Tool label="Search and commands (Ctrl K)" onClick={props.openPalette} icon={IconCommand} />
      <Tool label="Keyboard shortcuts (?)" onClick={props.openHelp} icon={IconKeyboard} />
      <Tool label="Log out" onClick={leave} icon={IconLogout} />
    </>
  );
}

function Tool({ label, onClick, icon: Icon }: { label: string; onClick: () => void; icon: typeof IconLogout }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>
        <Icon size={17} stroke={1.7} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

function useFrameShortcuts({ openHelp, openPalette }: { openHelp: () => void; openPalette: () => void }): void {
  const navigate = useNavigate();
  const shortcuts = useMemo(
    () => [
      { keys: "?", what: "Show the keyboard shortcuts", run: openHelp },
      { keys: "/", what: "Search on this page", run: () => focusSearch(openPalette) },
      { keys: "k", what: "Search and commands (also Ctrl K)", run: openPalette },
      ...DESTINATIONS.map((destination) => ({
        keys: `g ${destination.key}`,
        what: `Go to ${destination.label.toLowerCase()}`,
        run: () => void navigate(addressOf(destination, window.location.search)),
      })),
    ],
    [navigate, openHelp, openPalette],
  );
  useShortcuts(shortcuts, "frame");
}

function focusSearch(otherwise: () => void): void {
  const field = document.querySelector<HTMLInputElement>("main [data-page-search]");
  if (field === null) {
    otherwise();
    return;
  }
  field.focus();
  field.select();
}
