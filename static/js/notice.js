// "?said=…" only tells the server which sentence to show. Once shown it goes,
// so that a copied address or a reload doesn't say it again.

export function forgetSaid() {
  const url = new URL(location);
  if (!url.searchParams.has("said")) return;
  url.searchParams.delete("said");
  history.replaceState(history.state, "", url);
}
