// What needs a script: live progress, and keys. Everything else works without.
(() => {
  "use strict";

  const follow = (card) => {
    const label = card.querySelector("[data-label]");
    const count = card.querySelector("[data-count]");
    const bar = card.querySelector("progress");
    const source = new EventSource(card.dataset.progress);
    // Every state is said again after 15 seconds: who hears nothing for longer sees what was true before.
    const lost = card.querySelector("[data-lost]");
    let silence;
    const heard = () => {
      lost.hidden = true;
      clearTimeout(silence);
      silence = setTimeout(() => { lost.hidden = false; }, 25_000);
    };
    heard();
    source.onerror = () => {
      lost.hidden = false;
      // The page was started again, or somebody logged out: what is true now is there when it is loaded.
      if (source.readyState === EventSource.CLOSED) location.reload();
    };
    source.onmessage = (event) => {
      heard();
      const state = JSON.parse(event.data);
      if (!state.running) {
        source.close();
        location.replace(card.dataset.done);
        return;
      }
      if (label.textContent !== state.label) label.textContent = state.label;
      const some = state.total ? `${state.done.toLocaleString("en")} of ${state.total.toLocaleString("en")}` : "";
      count.textContent = some || (state.done ? state.done.toLocaleString("en") : "");
      if (state.total) {
        bar.max = state.total;
        bar.value = state.done;
      } else {
        bar.removeAttribute("value");
      }
    };
  };
  document.querySelectorAll("[data-progress]").forEach(follow);

  // Who goes back to a page that was left by one of its buttons finds what is true by now.
  let pressed = false;
  document.addEventListener("submit", () => { pressed = true; });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && pressed) location.reload();
  });

  // A key presses the button that shows it; while somebody types, keys are letters.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input, select, textarea");
    if (typing) {
      if (event.key === "Escape") typing.blur();
      return;
    }
    const focus = document.querySelector(`[data-focus="${CSS.escape(event.key)}"]`);
    // What nobody sees, as in a fold, has no key: who presses one means something else.
    const shown = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)];
    const press = shown.find((button) => button.getClientRects().length && button.checkVisibility());
    if (focus) {
      event.preventDefault();
      focus.closest("details")?.setAttribute("open", "");
      focus.focus();
      focus.select();
    } else if (press) {
      event.preventDefault();
      press.click();
    }
  });
})();
