// Forms in place. A form marked data-enhance works without this module: it
// posts, and the server redirects. With it, the same post is sent by fetch and
// the answer replaces the nearest data-fragment (or is appended to the list
// that data-append names); what else it holds replaces its namesakes.

import { showChoice, successor } from "./choices.js";
import { FRAGMENT, fragmentOf, isFragment } from "./trusted.js";
import { sayDone, sayFailed } from "./say.js";
import { tellTimes } from "./times.js";
import { slideBar } from "./bars.js";

const under_way = new WeakMap(); // a place whose form is on its way → the button pressed there last

export function enhanceForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-enhance]") || event.defaultPrevented) return;
    if (event.submitter?.matches("[data-leaves]")) return; // what it does shows on a page of its own
    event.preventDefault();
    const place = form.closest("[data-fragment]") ?? form;
    const takeBack = showChoice(place, event.submitter);
    // Whoever changes their mind meanwhile is heard once the first is answered.
    if (under_way.has(place)) under_way.set(place, event.submitter);
    else post(form, event.submitter, place, takeBack);
  });
}

async function post(form, button, place, takeBack) {
  under_way.set(place, button);
  form.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: FRAGMENT },
      body: new URLSearchParams(new FormData(form, button)),
      keepalive: !form.dataset.append, // a vote arrives though its page is left; a long text can't
    });
    if (isFragment(response) && response.ok) settle(form, button, place, await fragmentOf(response));
    else if (response.ok) location.assign(response.url); // the server led elsewhere: follow it
    else if (isWords(response)) {
      takeBack();
      sayFailed(await response.text()); // refused, and why
    } else postPlainly(form, button); // so that the page with its reasons shows
  } catch {
    takeBack();
    sayFailed();
    form.dispatchEvent(new Event("unsent"));
  } finally {
    under_way.delete(place);
    form.removeAttribute("aria-busy");
  }
}

const isWords = (response) => response.headers.get("Content-Type")?.startsWith("text/plain");

function settle(form, button, place, fragment) {
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
    const last = under_way.get(place);
    const focused = document.activeElement;
    place.replaceWith(fresh);
    slideBar(place, fresh);
    if (place.contains(focused)) focusAfter(fresh, focused);
    else if (focused === document.body) focusAfter(fresh, last); // some browsers focus no button
    if (last !== button) successor(fresh, last)?.click();
    sayDone(fresh.querySelector(".ballot-caption")?.innerText);
  }
  tellTimes(fresh);
}

function takePlace(one) {
  const old = document.getElementById(one.id);
  if (old?.querySelector("details[open]")) one.querySelector("details")?.setAttribute("open", ""); // somebody reads it
  old?.replaceWith(one);
}

// The button that had the focus is gone; its successor gets it. Where it has
// none (a withdrawn vote), the first button of the fragment does.
function focusAfter(fresh, button) {
  (successor(fresh, button) ?? fresh.querySelector("button"))?.focus({ preventScroll: true });
}

function postPlainly(form, button) {
  if (button?.name) {
    const choice = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    form.append(choice);
  }
  form.submit();
}
