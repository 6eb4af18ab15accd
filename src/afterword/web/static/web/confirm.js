// <form data-confirm="Revoke it?"> or <button data-confirm>: asks before it is sent, in a <dialog>.
export function confirming(root) {
  const dialog = root.querySelector("dialog[data-confirmation]");
  if (!dialog) return;
  let asked = null;
  root.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    const question = submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || form === asked || dialog.contains(form)) {
      asked = null;
      return;
    }
    event.preventDefault();
    dialog.querySelector("[data-question]").textContent = question;
    dialog.querySelector("[value=yes]").textContent = submitter?.textContent.trim() || "Go on";
    dialog.returnValue = "";
    dialog.showModal();
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      asked = form;
      form.requestSubmit(submitter);
    }, { once: true });
  });
}
