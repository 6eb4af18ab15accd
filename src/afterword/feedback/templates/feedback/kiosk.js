// A tablet that others use next: whoever left it gets the first page back.
const kiosk = document.getElementById("kiosk");
const goBack = () => location.replace(kiosk.dataset.address);
let waiting;
function waitAnew() {
  clearTimeout(waiting);
  waiting = setTimeout(goBack, kiosk.dataset.seconds * 1000);
}
for (const sign of ["pointerdown", "touchstart", "keydown", "input"]) addEventListener(sign, waitAnew, { passive: true });
waitAnew();
