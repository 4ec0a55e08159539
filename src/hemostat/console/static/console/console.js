// What htmx and HTML leave open: keep what a person is doing while parts of the page are replaced, and say when the page is not live.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("scripted");
  let sentByPerson = false;
  let skipped = false;
  let acts = 0; // of this person, on their way
  const kept = new Map();

  const isBusy = (part) =>
    [...part.querySelectorAll("input, textarea, select")].some((field) =>
      field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
        : field.tagName === "SELECT" ? [...field.options].some((option) => option.selected !== option.defaultSelected && option.index > 0)
          : field.type !== "hidden" && field.value !== field.defaultValue);

  const idsAround = (element) => {
    const ids = [];
    for (let at = element; at && at !== document.body; at = at.parentElement) if (at.id) ids.push(at.id);
    return ids;
  };

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.id === "pulse" && skipped) {
      delete event.detail.headers["If-None-Match"]; // a part was left as it was: ask for all of them again
      skipped = false;
    }
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "pulse") {
      if (document.hidden || acts) event.preventDefault();
    } else if (event.detail.requestConfig.verb !== "get") {
      acts += 1; // news would take away the form that waits for its answer, and the answer with it: the answer brings them
      htmx.trigger("#pulse", "htmx:abort");
    }
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    sentByPerson = event.detail.requestConfig?.verb !== "get";
  });

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const part = event.detail.target;
    if (!sentByPerson && isBusy(part)) {
      event.detail.shouldSwap = false; // somebody is writing here
      skipped = true;
      return;
    }
    kept.set(part.id, {
      open: sentByPerson ? [] : [...part.querySelectorAll("details[open][id]")].map((details) => details.id),
      focus: part.contains(document.activeElement) ? idsAround(document.activeElement) : [],
      counts: new Map([...part.querySelectorAll("[data-count]")].map((element) => [element.dataset.count, element.textContent])),
    });
  });

  document.addEventListener("htmx:afterSettle", () => {
    for (const [partId, before] of kept) {
      const part = document.getElementById(partId);
      for (const id of before.open) document.getElementById(id)?.setAttribute("open", "");
      for (const [name, text] of before.counts) {
        const element = part?.querySelector(`[data-count="${CSS.escape(name)}"]`);
        if (element && element.textContent !== text) element.classList.add("ticked");
      }
      const place = before.focus.map((id) => document.getElementById(id)).find(Boolean);
      if (place) {
        if (place.tabIndex < 0) place.setAttribute("tabindex", "-1");
        place.focus({ preventScroll: true });
      }
    }
    kept.clear();
    const said = document.querySelector("#said .saying");
    if (sentByPerson && said) {
      said.focus({ preventScroll: true });
      said.scrollIntoView({ block: "nearest" });
    }
  });

  const live = (yes) => {
    const note = document.getElementById("liveness");
    if (!note) return;
    if (!yes && note.hidden) note.querySelector("time").textContent = new Date().toISOString().slice(11, 19) + " UTC";
    note.hidden = yes;
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig.verb !== "get") acts = Math.max(0, acts - 1);
    if (event.detail.xhr.status) live(event.detail.xhr.status < 500); // without one it was stopped, or not sent: see below
  });
  document.addEventListener("htmx:sendError", () => live(false));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) navigator.clipboard?.writeText(button.dataset.copy).then(() => { button.textContent = "copied"; });
    for (const menu of document.querySelectorAll("details.who[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const details = event.target.closest("details[open]");
    if (details) {
      details.open = false;
      details.querySelector("summary")?.focus();
    }
  });
})();
