// Coming back to a page that answered a form fetches it. Browsers would send the form once more,
// and where it is kept nowhere, as here, they show an error of their own instead.
export function comingBack() {
  history.replaceState(history.state, "");
}
