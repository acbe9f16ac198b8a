// Forms in place. A form marked data-enhance works without this module: it
// posts, and the server redirects. With it, the same post is sent by fetch and
// the answer replaces the nearest data-fragment (or is appended to the list
// that data-append names); what else it holds replaces its namesakes.

import { FRAGMENT, fragmentOf, isFragment } from "./trusted.js";
import { sayDone, sayFailed } from "./say.js";
import { tellTimes } from "./times.js";
import { slideBar } from "./bars.js";

const under_way = new WeakSet();

export function enhanceForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-enhance]") || event.defaultPrevented) return;
    if (event.submitter?.matches("[data-leaves]")) return; // what it does shows on a page of its own
    event.preventDefault();
    if (!under_way.has(form)) post(form, event.submitter); // a second click waits for the first
  });
}

async function post(form, button) {
  under_way.add(form);
  form.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: FRAGMENT },
      body: new URLSearchParams(new FormData(form, button)),
    });
    if (isFragment(response) && response.ok) place(form, button, await fragmentOf(response));
    else if (response.ok) location.assign(response.url); // the server led elsewhere: follow it
    else if (isWords(response)) sayFailed(await response.text()); // refused, and why
    else postPlainly(form, button); // so that the page with its reasons shows
  } catch {
    sayFailed();
    form.dispatchEvent(new Event("unsent"));
  } finally {
    under_way.delete(form);
    form.removeAttribute("aria-busy");
  }
}

const isWords = (response) => response.headers.get("Content-Type")?.startsWith("text/plain");

function place(form, button, fragment) {
  const fresh = fragment.firstElementChild;
  if (!fresh) return;
  for (const one of fragment.querySelectorAll("[data-instead]")) takePlace(one);
  if (form.dataset.append) {
    document.getElementById(form.dataset.append).append(fresh);
    form.reset();
    for (const field of form.querySelectorAll("textarea")) field.value = field.defaultValue = ""; // not the draft it began with
    form.dispatchEvent(new Event("sent"));
    fresh.scrollIntoView({ block: "nearest" });
    sayDone();
  } else {
    const old = form.closest("[data-fragment]");
    old.replaceWith(fresh);
    slideBar(old, fresh);
    refocus(fresh, button);
    sayDone(fresh.querySelector(".ballot-caption")?.innerText);
  }
  tellTimes(fresh);
}

function takePlace(one) {
  const old = document.getElementById(one.id);
  if (old?.querySelector("details[open]")) one.querySelector("details")?.setAttribute("open", ""); // somebody reads it
  old?.replaceWith(one);
}

// The button that was pressed is gone; its successor gets the focus. Where it
// has none (a withdrawn vote), the first button of the fragment does.
function refocus(fresh, button) {
  const buttons = [...fresh.querySelectorAll("button")];
  const same = buttons.find((one) => button && one.className === button.className && one.value === button.value);
  (same ?? buttons[0])?.focus({ preventScroll: true });
}

function postPlainly(form, button) {
  if (button?.name) {
    const choice = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    form.append(choice);
  }
  form.submit();
}
