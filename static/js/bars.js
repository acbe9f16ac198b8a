// After a vote the divide bar moves to its new share, unless motion is unwanted.

export function slideBar(before, after) {
  const from = before.querySelector(".divide-yes")?.getAttribute("width");
  const bar = after.querySelector(".divide-yes");
  if (!from || !bar || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  bar.animate([{ width: from }, { width: bar.getAttribute("width") }], { duration: 180, easing: "ease-out" });
}
