// What is more pleasant with a script; everything works without.
"use strict";

// Completion: a combobox over /api/suggest (WAI-ARIA Authoring Practices, "Editable Combobox With List Autocomplete").
(() => {
  const input = document.getElementById("q");
  const list = document.getElementById("completions");
  if (!input || !list) return;
  const WAIT = 120; // ms after the last key
  let timer, request, offered = [], at = -1;

  Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": "completions", "aria-expanded": "false" })
    .forEach(([name, value]) => input.setAttribute(name, value));

  function close() {
    clearTimeout(timer);
    if (request) request.abort();
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function select(next) {
    if (!offered.length) return;
    at = (next + offered.length + 1) % (offered.length + 1);
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", n === at ? "true" : "false"));
    if (at < offered.length) input.setAttribute("aria-activedescendant", "completion" + at);
    else input.removeAttribute("aria-activedescendant");
  }

  function take(n) {
    input.value = offered[n].query + " ";
    close();
    if (offered[n].kind !== "word") input.form.requestSubmit();
    else input.focus();
  }

  function show(completions) {
    offered = completions;
    list.replaceChildren(...offered.map((each, n) => {
      const item = document.createElement("li");
      const value = document.createElement("bdi");
      const kind = document.createElement("span");
      value.textContent = each.value;
      kind.textContent = (each.kind === "word" ? "" : each.kind + " · ") + each.documents;
      kind.className = "kind source";
      item.id = "completion" + n;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.append(value, kind);
      item.addEventListener("pointerdown", event => { event.preventDefault(); take(n); });
      return item;
    }));
    at = offered.length;
    list.hidden = !offered.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  }

  async function ask() {
    const text = input.value;
    if (text.length > 200 || !text.trim() || input.selectionStart !== text.length) return close();
    if (request) request.abort();
    request = new AbortController();
    try {
      const answer = await fetch("/api/suggest?" + new URLSearchParams({ q: text }), { signal: request.signal });
      if (answer.ok && document.activeElement === input) show((await answer.json()).completions);
    } catch (problem) {
      if (problem.name !== "AbortError") close();
    }
  }

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", event => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") select(at === offered.length ? 0 : at + 1);
    else if (event.key === "ArrowUp") select(at - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && at >= 0 && at < offered.length) take(at);
    else return;
    event.preventDefault();
  });
})();

// The timeline: drag over it, or hold Shift and use the arrow keys, to choose a range. It is one stop of the Tab key.
(() => {
  const drawing = document.querySelector("[data-timeline]");
  if (!drawing) return;
  const bars = [...drawing.querySelectorAll("a")];
  const said = document.getElementById("brushed");
  let from = null, to = null, moved = false;

  const order = () => [Math.min(from, to), Math.max(from, to)];

  function show() {
    const [first, last] = from === null ? [1, 0] : order();
    bars.forEach((bar, n) => bar.classList.toggle("brushed", n >= first && n <= last));
    if (from === null) { said.textContent = ""; return; }
    const names = [bars[first].dataset.name, bars[last].dataset.name];
    said.textContent = first === last ? bars[first].getAttribute("aria-label") : names.join(" – ");
  }

  function apply() {
    const [first, last] = order();
    const target = new URL(location.href);
    target.searchParams.set("after", bars[first].dataset.after);
    target.searchParams.set("before", bars[last].dataset.before);
    target.searchParams.delete("offset");
    location.assign(target);
  }

  function find(event) {
    const box = drawing.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * drawing.viewBox.baseVal.width;
    const n = bars.findIndex(bar => { const room = bar.querySelector(".room").getBBox(); return x < room.x + room.width; });
    return n < 0 ? bars.length - 1 : n;
  }

  function rove(n) {
    bars.forEach((bar, other) => bar.setAttribute("tabindex", other === n ? "0" : "-1"));
  }

  rove(0);
  bars.forEach(bar => bar.setAttribute("draggable", "false"));
  drawing.addEventListener("dragstart", event => event.preventDefault());
  drawing.addEventListener("pointerdown", event => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    from = to = find(event);
    moved = false;
    drawing.setPointerCapture(event.pointerId);
  });
  drawing.addEventListener("pointermove", event => {
    if (from === null || !drawing.hasPointerCapture(event.pointerId)) return;
    const n = find(event);
    moved = moved || n !== from;
    to = n;
    show();
  });
  drawing.addEventListener("pointerup", event => {
    if (from === null || !drawing.hasPointerCapture(event.pointerId)) return;
    drawing.releasePointerCapture(event.pointerId);
    apply();
  });
  drawing.addEventListener("pointercancel", () => { from = to = null; show(); });
  drawing.addEventListener("click", event => { if (moved) event.preventDefault(); });
  drawing.addEventListener("keydown", event => {
    const here = bars.indexOf(document.activeElement);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (here < 0) return;
    if (step) {
      const n = Math.max(0, Math.min(bars.length - 1, here + step));
      if (event.shiftKey) { from = from === null ? here : from; to = n; } else { from = to = null; }
      rove(n);
      bars[n].focus();
      show();
    } else if (event.key === "Escape") { from = to = null; show(); }
    else if (event.key === "Enter" && from !== null) apply();
    else return;
    event.preventDefault();
  });
})();

// "/" leads to the search box, as elsewhere.
document.addEventListener("keydown", event => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
  const input = document.getElementById("q");
  event.preventDefault();
  input.focus();
  input.select();
});
