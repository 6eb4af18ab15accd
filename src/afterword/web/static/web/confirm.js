// <form data-confirm="Revoke it?">: asks before it is sent.
export function confirming(root) {
  root.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });
}
