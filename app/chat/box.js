// The box for questions, and the hidden fields beside it that the server reads with a question.

export const field = (id) => document.querySelector(`#${id} textarea`);
export const question = () => field("question");

// Put a text into a field as if it were typed.
export function typeInto(id, text) {
  const input = field(id);
  if (!input || input.value === text) return;
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

export function writeOn() {
  question().focus();
  question().setSelectionRange(question().value.length, question().value.length);
}

// Gradio takes the value of a field with the next frame.
export const send = () => requestAnimationFrame(() => document.querySelector("#question button.submit-button")?.click());
