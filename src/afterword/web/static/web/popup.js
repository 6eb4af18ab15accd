// <a href="?…" data-opens="id">: shows that <dialog>. Without a script the link asks for the page
// with it open, in its place; so does a form in it that was refused.
export function popping(root) {
  for (const dialog of root.querySelectorAll("dialog.popup[open]")) {
    dialog.close();
    dialog.showModal();
  }
  root.addEventListener("click", (event) => {
    const { opens } = event.target.closest?.("[data-opens]")?.dataset ?? {};
    if (opens) {
      event.preventDefault();
      root.getElementById(opens).showModal();
    }
    const left = event.target.closest?.("dialog.popup [data-leaves]");
    if (left) {
      event.preventDefault();
      left.closest("dialog").close();
    }
  });
}
