// <details class="menu">: closed by Escape, which leads back to it, and by going elsewhere.
function closingMenus(root) {
  root.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.menu[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  for (const kind of ["click", "focusin"]) {
    root.addEventListener(kind, (event) => {
      for (const menu of root.querySelectorAll("details.menu[open]")) {
        if (!menu.contains(event.target)) menu.open = false;
      }
    });
  }
}

// Escape closes the phone's navigation, and leads back to what had opened it.
export function closing(root) {
  closingMenus(root);
  root.addEventListener("keydown", (event) => {
    const toggler = root.querySelector(".navbar-toggler[aria-expanded=true]");
    if (event.key !== "Escape" || !toggler?.offsetParent) return;
    toggler.click();
    toggler.focus();
  });
}
