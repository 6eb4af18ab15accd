// Acts once the page was in front of everything else for five seconds.
const PATIENCE = 5000;
const TICK = 250;

function whenLookedAt(act) {
  let looked = 0;
  const clock = setInterval(() => {
    looked = document.visibilityState === "visible" && document.hasFocus() ? looked + TICK : 0;
    if (looked < PATIENCE) return;
    clearInterval(clock);
    act();
  }, TICK);
}

