// <form data-ticked>: a box that ticks all of the page, and buttons that wait until something is.
for (const form of document.querySelectorAll("form[data-ticked]")) {
  const all = form.querySelector("[data-tick-all]");
  const words = form.querySelector("[data-ticked-words]");
  if (!all) continue;
  const boxes = [...form.querySelectorAll("[name=chosen]")];
  const buttons = [...form.querySelectorAll("button[name=act]")];
  const atFirst = words.textContent;
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    for (const button of buttons) button.disabled = ticked === 0;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && !all.checked;
    words.textContent = ticked ? `${ticked} ticked.` : atFirst;
  };
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}
