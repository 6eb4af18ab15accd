// <form data-submit-on-change>: sends itself when a choice is made.
export function submitting(root) {
  root.addEventListener("change", (event) => {
    event.target.closest("form[data-submit-on-change]")?.requestSubmit();
  });
}
