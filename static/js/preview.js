// How the text will read, shown while it is written. The server renders it, with
// the same code as the post itself, so the preview cannot promise something else.

import { FRAGMENT, fragmentOf, isFragment } from "./trusted.js";

const PAUSE = 500;

export function previewTyping(form) {
  const field = form.querySelector("[name=body]");
  const into = form.querySelector("[data-preview-into]");
  if (!field || !into) return;
  let timer;
  let asked = 0; // answers may overtake each other: only the newest is shown

  async function show() {
    const mine = ++asked;
    const data = new FormData();
    data.set("body", field.value);
    const token = form.elements.csrf_token;
    if (token) data.set("csrf_token", token.value);
    try {
      const response = await fetch(form.dataset.preview, {
        method: "POST",
        headers: { Accept: FRAGMENT },
        body: new URLSearchParams(data),
      });
      if (mine !== asked || !response.ok || !isFragment(response)) return;
      into.replaceChildren(await fragmentOf(response));
    } catch {
      // No network: the text is still in the field, and the button still works.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  if (field.value.trim()) show();
}
