// <form data-bulk>: counts the rows chosen in it, and shows what can be done with them.
import { announce } from "./announce.js";

export function choosing(root) {
  root.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-bulk]");
    if (!form) return;
    const rows = [...form.querySelectorAll("[data-bulk-row]")];
    const all = form.querySelector("[data-bulk-all]");
    if (event.target === all) for (const row of rows) row.checked = all.checked;
    const chosen = rows.filter((row) => row.checked).length;
    all.checked = chosen === rows.length;
    all.indeterminate = chosen > 0 && chosen < rows.length;
    form.querySelector("[data-bulk-bar]").hidden = chosen === 0;
    form.querySelector("[data-bulk-count]").textContent = chosen;
    announce(`${chosen} chosen`);
  });
}
