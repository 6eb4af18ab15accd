// Escape and a press elsewhere close <details data-menu>; Escape closes the phone's navigation too.
export function closing(root) {
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = root.querySelector("details[data-menu][open]");
    if (menu) return close(menu, menu.querySelector("summary"));
    const toggler = root.querySelector(".navbar-toggler[aria-expanded=true]");
    if (toggler && toggler.offsetParent) {
      toggler.click();
      toggler.focus();
    }
  });
  root.addEventListener("click", (event) => {
    for (const menu of root.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) close(menu);
    }
  });
}

function close(menu, focused) {
  menu.open = false;
  focused?.focus();
}
