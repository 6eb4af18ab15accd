// Sets light or dark before the first paint: what was chosen last, otherwise what the system has.
const KEY = "afterword-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  try { return localStorage.getItem(KEY); } catch { return null; }
}

function apply() {
  const theme = chosen() ?? (system.matches ? "dark" : "light");
  document.documentElement.dataset.bsTheme = theme;
  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.setAttribute("aria-pressed", String(theme === "dark"));
  }
}

document.addEventListener("DOMContentLoaded", apply);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-toggle]")) return;
  const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
  try { localStorage.setItem(KEY, next); } catch { /* private mode: it holds for this page */ }
  document.documentElement.dataset.bsTheme = next;
  event.target.closest("[data-theme-toggle]").setAttribute("aria-pressed", String(next === "dark"));
});
system.addEventListener("change", apply);
apply();
