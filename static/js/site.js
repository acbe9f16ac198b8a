// Everything here makes a page that already works a little better.

import { enhanceForms } from "./enhance.js";
import { closeMenus } from "./menus.js";
import { forgetSaid } from "./notice.js";
import { tellOffline } from "./offline.js";

forgetSaid();
enhanceForms();
closeMenus();
tellOffline();
document.querySelector("[data-focus]")?.focus(); // the summary of errors, where there is one

// What only writers need is fetched only for them; a part that doesn't arrive leaves the others be.
const missing = () => {};
for (const form of document.querySelectorAll("form[data-autosave], form[data-preview]")) {
  import("./counter.js").then(({ countTyping }) => countTyping(form), missing);
  import("./drafts.js").then(({ keepDrafts }) => keepDrafts(form), missing);
  if (form.dataset.preview) import("./preview.js").then(({ previewTyping }) => previewTyping(form), missing);
}
