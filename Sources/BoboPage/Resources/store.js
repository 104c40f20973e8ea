// What the gateway tells: first all there is, then, more than twice a second, what has changed.

const QUIET = 5000; // Milliseconds without a word after which the connection counts as lost.

export function connect(show) {
  let state = null;
  let heard = Date.now();
  let isLost = false;
  const source = new EventSource("/api/events");

  function lost(reason) {
    if (isLost) return;
    isLost = true;
    show.connection(reason);
  }
  source.addEventListener("state", (message) => {
    state = JSON.parse(message.data);
    heard = Date.now();
    isLost = false;
    show.connection(null);
    show.state(state);
  });
  source.addEventListener("tick", (message) => {
    heard = Date.now();
    const change = JSON.parse(message.data);
    // One that was written before the whole state was is part of it.
    if (!state || change.number <= state.number) return;
    isLost = false;
    for (const part of ["number", "gateway", "figures", "topics", "gateways", "peers", "warnings"]) {
      if (change[part] !== undefined) state[part] = change[part];
    }
    show.tick(change, state);
  });
  source.addEventListener("error", () => {
    lost("connection lost");
    // Refused: the token may be wanted again. The browser tries again by itself only where the connection broke.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
  });
  setInterval(() => {
    if (Date.now() - heard > QUIET) lost("no word from the gateway");
  }, 1000);
}
