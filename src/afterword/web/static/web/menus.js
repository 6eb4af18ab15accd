// Escape closes the phone's navigation, and leads back to what had opened it.
export function closing(root) {
  root.addEventListener("keydown", (event) => {
    const toggler = root.querySelector(".navbar-toggler[aria-expanded=true]");
    if (event.key !== "Escape" || !toggler?.offsetParent) return;
    toggler.click();
    toggler.focus();
  });
}
