const keptName = "sightline-reloaded";
const pauseMs = 30_000;

/**
 * After an upgrade an open page may ask for files that are gone: then it loads itself anew, which brings the new ones. At
 * most once in half a minute, so that a file that is missing for another reason is told of and not asked for for ever.
 */
export function reloadWhenStale(): void {
  // Vite's word for a part of the page that could not be loaded.
  window.addEventListener("vite:preloadError", (event) => {
    const last = Number(sessionStorage.getItem(keptName) ?? "0");
    if (Date.now() - last < pauseMs) return;
    sessionStorage.setItem(keptName, String(Date.now()));
    event.preventDefault();
    window.location.reload();
  });
}
