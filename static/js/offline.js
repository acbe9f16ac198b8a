// Says that the network is gone and what is kept, until it is back.

import { sayDone, sayOffline } from "./say.js";

export function tellOffline() {
  addEventListener("offline", sayOffline);
  addEventListener("online", () => sayDone());
  if (!navigator.onLine) sayOffline();
}
