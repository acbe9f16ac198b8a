// What one chooses shows at once, before the server has counted it; what
// counts is the answer, which takes the place of all this.

// Show the button as chosen among those of its place. Returns what takes that
// back, for when the choice doesn't arrive.
export function showChoice(place, button) {
  const switches = button?.name === "value" ? [...place.querySelectorAll("[aria-pressed]")] : [];
  const before = switches.map((one) => one.getAttribute("aria-pressed"));
  for (const one of switches) one.setAttribute("aria-pressed", one === button && one.value !== "0");
  return () => switches.forEach((one, number) => one.setAttribute("aria-pressed", before[number]));
}

// The button that a fresh place has for one that was pressed in the old one.
export function successor(fresh, button) {
  const alike = (one) => one.className === button?.className && one.value === button.value;
  return [...fresh.querySelectorAll("button")].find(alike);
}
