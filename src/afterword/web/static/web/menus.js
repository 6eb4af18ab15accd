// Escape closes the phone's navigation and any menu, and leads back to what had opened it; so does a
// click elsewhere close a menu.
export function closing(root) {
  root.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && root.querySelector("details.more[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
      return;
    }
    const toggler = root.querySelector(".navbar-toggler[aria-expanded=true]");
    if (event.key !== "Escape" || !toggler?.offsetParent) return;
    toggler.click();
    toggler.focus();
  });
  root.addEventListener("click", ({ target }) => {
    for (const menu of root.querySelectorAll("details.more[open]")) {
      if (!menu.contains(target)) menu.open = false;
    }
  });
}
