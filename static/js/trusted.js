// The one place where text becomes markup. The content security policy allows
// a single Trusted Types policy, and this is it: only what our own server sent
// as a fragment passes.

export const FRAGMENT = "text/vnd.foyer.fragment+html";

let letThrough = false; // createHTML refuses unless `fragmentOf` has checked where the text comes from

const asChecked = (text) => {
  if (!letThrough) throw new TypeError("not from a fragment");
  return text;
};

const policy = window.trustedTypes
  ? window.trustedTypes.createPolicy("foyer", { createHTML: asChecked })
  : { createHTML: asChecked };

export function isFragment(response) {
  const type = response.headers.get("Content-Type") || "";
  return new URL(response.url).origin === location.origin && type.startsWith(FRAGMENT);
}

export async function fragmentOf(response) {
  if (!isFragment(response)) throw new TypeError("not a fragment of ours");
  const text = await response.text();
  const template = document.createElement("template");
  letThrough = true;
  try {
    template.innerHTML = policy.createHTML(text);
  } finally {
    letThrough = false;
  }
  return template.content;
}
