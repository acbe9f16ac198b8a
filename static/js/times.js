// Dates are written out by the server, so that pages can be cached; here they
// become "3 days ago". After a month the date itself says more.

const STEPS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 7],
  ["week", 4.4],
];

const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });

function relative(date) {
  let amount = (date - Date.now()) / 1000;
  for (const [unit, length] of STEPS) {
    if (Math.abs(amount) < length) return words.format(Math.trunc(amount), unit);
    amount /= length;
  }
  return null;
}

export function tellTimes(root = document) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const text = relative(new Date(time.dateTime));
    if (!text) continue;
    time.title = time.textContent;
    time.textContent = text;
  }
}
