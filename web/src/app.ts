// The program of the page. Every page works without it: links are links and forms are forms. What it adds is speed and
// keys. It makes no HTML from strings except by parsing pages of this same site.

const $ = <T extends Element>(q: string, root: ParentNode = document): T | null => root.querySelector<T>(q);
const all = <T extends Element>(q: string, root: ParentNode = document): T[] => [...root.querySelectorAll<T>(q)];
const words = (): DOMStringMap => $<HTMLElement>("#say")?.dataset ?? {};
const typing = (e: Event): boolean => {
  const t = e.target as HTMLElement;
  return t.isContentEditable || t.matches("input:not([type=checkbox],[type=radio],[type=range]),textarea,select");
};

/** ThemeSwitch turns between automatic, light and dark and keeps the choice in a cookie for the server. */
class ThemeSwitch extends HTMLElement {
  connectedCallback(): void {
    this.querySelector("form")?.addEventListener("submit", (e) => {
      e.preventDefault();
      this.turn();
    });
  }
  turn(): void {
    const b = this.querySelector("button")!;
    const now = b.value;
    const next = ({ light: "dark", dark: "auto", auto: "light" } as Record<string, string>)[now] ?? "light";
    const kept = now === "auto" ? "" : now;
    const safe = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `theme=${kept};path=/;max-age=31536000;samesite=lax${safe}`;
    document.documentElement.dataset.theme = kept;
    b.value = next;
    const before = Object.values({ a: b.dataset.auto, l: b.dataset.light, d: b.dataset.dark }).find((w) => w && b.title.includes(w));
    const after = b.dataset[now];
    if (before && after) {
      b.title = b.title.replace(before, after);
      b.setAttribute("aria-label", b.title);
    }
    const use = b.querySelector("use")!;
    const icon = ({ light: "sun", dark: "moon", auto: "auto" } as Record<string, string>)[now];
    use.setAttribute("href", use.getAttribute("href")!.replace(/#.*/, "#i-" + icon));
  }
}

/** BulkBar shows how many rows are marked and what can be done with them. */
class BulkBar extends HTMLElement {
  connectedCallback(): void {
    const form = this.closest("form")!;
    document.addEventListener("change", (e) => {
      const t = e.target as HTMLInputElement;
      if (t.matches("[data-all]")) for (const b of this.boxes()) b.checked = t.checked;
      if (t.matches("[data-all],[form=bulk]")) this.show();
    });
    form.addEventListener("reset", () => setTimeout(() => {
      for (const b of this.boxes()) b.checked = false;
      this.show();
    }));
    this.show();
  }
  boxes(): HTMLInputElement[] {
    return all<HTMLInputElement>("input[form=bulk][name=id]");
  }
  show(): void {
    const boxes = this.boxes();
    const n = boxes.filter((b) => b.checked).length;
    this.classList.toggle("on", n > 0);
    this.querySelector("output")!.textContent = (words().selected ?? "{n}").replace("{n}", String(n));
    const top = $<HTMLInputElement>("[data-all]");
    if (top) {
      top.checked = n > 0 && n === boxes.length;
      top.indeterminate = n > 0 && n < boxes.length;
    }
  }
}

/** PickOne fills the list of a reference field while one types. */
class PickOne extends HTMLElement {
  #timer = 0;
  #stop?: AbortController;
  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>("[data-suggest]");
    const list = this.querySelector("datalist");
    if (!input?.dataset.suggest || !list) return;
    input.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => void this.ask(input, list), 150);
    });
  }
  async ask(input: HTMLInputElement, list: HTMLDataListElement): Promise<void> {
    const q = input.value.trim();
    if (!q || [...list.options].some((o) => o.value === q)) return;
    this.#stop?.abort();
    this.#stop = new AbortController();
    const url = new URL(input.dataset.suggest!, location.href);
    url.searchParams.set("q", q);
    try {
      const r = await fetch(url, { headers: { Accept: "application/json" }, signal: this.#stop.signal });
      if (!r.ok) return;
      const rows = (await r.json()) as { value: string; title: string; sub?: string }[];
      list.replaceChildren(...rows.map((x) => {
        const o = document.createElement("option");
        o.value = x.value;
        o.label = x.sub ? `${x.title} · ${x.sub}` : x.title;
        o.textContent = o.label;
        return o;
      }));
    } catch { /* a newer question or no network: the field still takes what is typed */ }
  }
}

/** DayPick puts a calendar behind a button beside a day that is typed, and takes other ways of writing a day. */
class DayPick extends HTMLElement {
  connectedCallback(): void {
    const text = this.querySelector<HTMLInputElement>("input.day");
    const use = $<SVGUseElement>("use");
    if (!text || text.readOnly || this.querySelector("button")) return;
    const day = document.createElement("input");
    Object.assign(day, { type: "date", tabIndex: -1, max: "9999-12-31", className: "behind" });
    day.setAttribute("aria-hidden", "true");
    const b = document.createElement("button");
    b.type = "button";
    b.className = "btn ghost icon";
    b.title = this.dataset.open ?? "";
    const named = text.labels?.[0]?.textContent?.trim() || text.getAttribute("aria-label") || "";
    b.setAttribute("aria-label", `${b.title} ${named}`.trim());
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "ico");
    svg.setAttribute("aria-hidden", "true");
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "use");
    icon.setAttribute("href", (use?.getAttribute("href") ?? "").replace(/#.*/, "#i-cal"));
    svg.append(icon);
    b.append(svg);
    this.append(b, day);
    b.addEventListener("click", () => {
      day.value = /^\d{4}-\d{2}-\d{2}$/.test(text.value) ? text.value : "";
      day.showPicker();
    });
    const took = (e: Event): void => e.stopPropagation();
    day.addEventListener("input", took);
    day.addEventListener("change", (e) => {
      took(e);
      if (!day.value || day.value === text.value) return;
      text.value = day.value;
      for (const name of ["input", "change"]) text.dispatchEvent(new Event(name, { bubbles: true }));
    });
    text.addEventListener("change", () => {
      const m = /^\s*(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?\s*$/.exec(text.value);
      if (m) text.value = `${m[1]}-${m[2].padStart(2, "0")}-${m[3].padStart(2, "0")}`;
    });
  }
}

/** FilePick uploads what is chosen at once, so that it is kept with what was typed and chosen only once. */
class FilePick extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>("input[type=file]");
    if (!input || !this.dataset.upload) return;
    input.addEventListener("change", () => void this.send(input));
  }
  async send(input: HTMLInputElement): Promise<void> {
    const form = this.closest("form")!;
    const say = this.querySelector("output")!;
    if (!input.files?.length) return;
    say.className = "muted";
    say.textContent = this.dataset.wait ?? "";
    const body = new FormData();
    body.append("csrf", form.querySelector<HTMLInputElement>("input[name=csrf]")?.value ?? "");
    for (const f of input.files) body.append(input.name, f);
    try {
      const r = await fetch(this.dataset.upload!, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!r.ok || !r.headers.get("content-type")?.includes("json")) throw new Error(String(r.status));
      const wrong: string[] = [];
      for (const x of (await r.json()) as { value?: string; name?: string; note?: string; error?: string }[]) {
        if (x.error) wrong.push(x.error);
        else this.add(x.value!, x.name!, x.note!);
      }
      say.textContent = wrong.join(" ");
      if (wrong.length) say.className = "err";
    } catch {
      say.textContent = this.dataset.failed ?? "";
      say.className = "err";
    }
    input.value = "";
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
  add(value: string, name: string, note: string): void {
    const list = this.querySelector("ul")!;
    if (!("many" in this.dataset)) list.replaceChildren();
    for (const b of all<HTMLInputElement>("input", list)) if (b.value === value) return;
    const li = document.createElement("li");
    const label = document.createElement("label");
    const box = document.createElement("input");
    const small = document.createElement("small");
    li.className = "chip";
    label.className = "check";
    small.className = "muted";
    Object.assign(box, { type: "checkbox", name: this.dataset.field!, value, checked: true });
    small.textContent = note;
    label.append(box, name);
    li.append(label, small);
    list.append(li);
  }
}

/** TimeSlider swaps its target while it is moved and can play the years. */
class TimeSlider extends HTMLElement {
  #timer = 0;
  connectedCallback(): void {
    const range = this.querySelector<HTMLInputElement>("input[type=range]")!;
    const out = this.querySelector("output")!;
    const play = this.querySelector<HTMLButtonElement>("[data-play]")!;
    play.hidden = false;
    range.addEventListener("input", () => {
      out.textContent = range.value;
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => void this.move(), 120);
    });
    let beat = 0;
    play.addEventListener("click", () => {
      if (beat) {
        clearInterval(beat);
        beat = 0;
        return;
      }
      if (range.value === range.max) range.value = range.min;
      beat = window.setInterval(() => {
        range.stepUp();
        out.textContent = range.value;
        void this.move();
        if (range.value === range.max) {
          clearInterval(beat);
          beat = 0;
        }
      }, 700);
    });
  }
  async move(): Promise<void> {
    const form = this.querySelector("form")!;
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form) as unknown as Record<string, string>).toString();
    await swap(url, "#" + (this.dataset.target || "main"));
    history.replaceState(null, "", url);
  }
}

let asked = 0;
/** swap replaces one part of the page by the same part of another answer of this site. */
async function swap(url: URL, part: string): Promise<void> {
  const mine = ++asked;
  const old = $<HTMLElement>(part);
  if (!old) return void location.assign(url);
  old.setAttribute("aria-busy", "true");
  try {
    const r = await fetch(url, { headers: { "X-Fragment": part.slice(1) } });
    if (!r.ok) throw new Error(String(r.status));
    const page = new DOMParser().parseFromString(await r.text(), "text/html");
    const fresh = $<HTMLElement>(part, page);
    if (mine !== asked) return;
    if (!fresh) return void location.assign(url);
    old.replaceWith(document.adoptNode(fresh));
  } catch {
    if (mine === asked) location.assign(url);
  } finally {
    old.removeAttribute("aria-busy");
  }
}

// What was typed is kept a second after the last key; leaving with something unsaved asks first.
const dirty = new Set<HTMLFormElement>();
const timers = new WeakMap<HTMLFormElement, number>();
async function keep(form: HTMLFormElement): Promise<void> {
  const say = $<HTMLOutputElement>("[data-kept]", form);
  const w = words();
  if (say) say.textContent = w.saving ?? "";
  const body = new URLSearchParams();
  for (const [k, v] of new FormData(form)) if (typeof v === "string") body.append(k, v);
  try {
    const r = await fetch(form.dataset.autosave!, { method: "POST", body, headers: { "X-Autosave": "1" } });
    if (!r.ok) throw new Error(String(r.status));
    if (say) say.textContent = `${w.saved ?? ""} ${new Date().toTimeString().slice(0, 5)}`;
    dirty.delete(form);
  } catch {
    if (say) say.textContent = w.notsaved ?? "";
  }
}
document.addEventListener("input", (e) => {
  const form = (e.target as Element).closest<HTMLFormElement>("form[data-guard]");
  if (!form) return;
  dirty.add(form);
  if (!form.dataset.autosave) return;
  clearTimeout(timers.get(form));
  timers.set(form, window.setTimeout(() => void keep(form), 1000));
});

// What a form would make is shown beside it (a release as it reads, the first rows of a table with their verdicts), half a
// second after the last key.
let reading = 0;
let readings = 0;
async function reads(form: HTMLFormElement): Promise<void> {
  const mine = ++readings;
  const body = new URLSearchParams();
  for (const [k, v] of new FormData(form)) if (typeof v === "string") body.append(k, v);
  const old = $<HTMLElement>("[data-preview]")!;
  try {
    const r = await fetch(old.dataset.preview!, { method: "POST", body, headers: { "X-Fragment": old.id } });
    if (!r.ok || mine !== readings) return;
    const fresh = $<HTMLElement>("#" + old.id, new DOMParser().parseFromString(await r.text(), "text/html"));
    if (fresh) old.replaceWith(document.adoptNode(fresh));
  } catch { /* no network: what was shown last stays */ }
}
document.addEventListener("input", (e) => {
  const form = (e.target as Element).closest<HTMLFormElement>("form[data-guard], form[data-look]");
  if (!form || !$<HTMLElement>("[data-preview]")?.dataset.preview) return;
  clearTimeout(reading);
  reading = window.setTimeout(() => void reads(form), 500);
});

// Over each text that takes marks stand buttons that put them in, for those who do not know them by heart. A mark that ends
// with a space begins each line that is chosen, one that begins with a line end gets a line of its own, any other goes around.
const marks = $<HTMLTemplateElement>("#marks");
if (marks) {
  for (const area of all<HTMLTextAreaElement>(marks.dataset.for!)) {
    if (!area.readOnly) (area.closest(".langrow") ?? area).before(marks.content.cloneNode(true));
  }
}
document.addEventListener("click", (e) => {
  const b = (e.target as Element).closest<HTMLButtonElement>("button[data-mark]");
  const next = b?.parentElement?.nextElementSibling;
  const area = next && (next.matches("textarea") ? next as HTMLTextAreaElement : $<HTMLTextAreaElement>("textarea", next));
  if (!b || !area) return;
  const mark = b.dataset.mark!;
  const text = area.value;
  let from = area.selectionStart;
  const to = area.selectionEnd;
  let put: string;
  let chosen = 0; // signs at the end that stay chosen, to be typed over
  if (mark.endsWith(" ")) {
    from = text.lastIndexOf("\n", from - 1) + 1;
    put = text.slice(from, to).split("\n").map((line) => mark + line).join("\n");
  } else if (mark.startsWith("\n")) {
    put = (from > 0 && text[from - 1] !== "\n" ? "\n" : "") + mark.slice(1) + "\n";
    from = to;
  } else {
    const [before, behind] = mark.split("…");
    const words = text.slice(from, to) || b.dataset.words!;
    put = before + words + behind;
    if (from === to) chosen = words.length;
  }
  area.focus();
  area.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, put)) { // only this way can it be undone; where it cannot be had, it is put in all the same
    area.setRangeText(put, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (chosen) {
    const at = from + mark.indexOf("…");
    area.setSelectionRange(at, at + chosen);
  }
});
addEventListener("beforeunload", (e) => {
  if (dirty.size) e.preventDefault();
});

// A form or button with a question asks it before it is sent.
const agreed = new WeakSet<Element>();
document.addEventListener("submit", (e) => {
  const form = e.target as HTMLFormElement;
  const by = e.submitter as HTMLButtonElement | null;
  if (form.method === "dialog") return;
  const question = by?.dataset.confirm || form.dataset.confirm;
  const box = $<HTMLDialogElement>("#ask");
  if (question && box && !agreed.has(form)) {
    e.preventDefault();
    $("[data-question]", box)!.textContent = question;
    box.returnValue = "";
    box.showModal();
    box.addEventListener("close", () => {
      if (box.returnValue !== "yes") return;
      agreed.add(form);
      form.requestSubmit(by);
      agreed.delete(form);
    }, { once: true });
    return;
  }
  clearTimeout(timers.get(form));
  dirty.delete(form);
}, true);
document.addEventListener("click", (e) => {
  const t = e.target as Element;
  if (t.closest("[data-leave]")) dirty.clear();
  if (t.closest("[data-keys]")) {
    e.preventDefault();
    $<HTMLDialogElement>("#keys")?.showModal();
  }
  for (const d of all<HTMLDetailsElement>("details.menu[open]")) if (!d.contains(t)) d.open = false;
});

// A form that only asks is answered while it is typed.
let typed = 0;
for (const event of ["input", "change"])
  document.addEventListener(event, (e) => {
    const form = (e.target as Element).closest<HTMLFormElement>("form[data-live]");
    if (!form) return;
    clearTimeout(typed);
    typed = window.setTimeout(() => {
      const url = new URL(form.action);
      url.search = new URLSearchParams(new FormData(form) as unknown as Record<string, string>).toString();
      if (["register", "kind"].includes((e.target as HTMLInputElement).name)) return void location.assign(url);
      void swap(url, "#" + form.dataset.live);
      history.replaceState(null, "", url);
    }, 250);
  });

// A chosen day is shown at once.
document.addEventListener("change", (e) => {
  const form = (e.target as Element).closest<HTMLFormElement>("form[data-asof]");
  const day = (e.target as HTMLInputElement).value;
  if (form && (day === "" || Number(day.slice(0, 4)) > 1000)) form.requestSubmit();
});

// A long work shows how far it is.
function watch(): void {
  const part = $<HTMLElement>("[data-refresh]");
  if (!part?.dataset.refresh) return;
  setTimeout(async () => {
    await swap(new URL(part.dataset.refresh!, location.href), "#" + part.id);
    watch();
  }, 1500);
}
watch();

// Keys. Where there is a table of rows, j and k walk, x marks, Enter opens.
let last = "";
function rows(): HTMLElement[] {
  return all<HTMLElement>("[data-rows] tbody tr, ol[data-rows]>li");
}
function walk(by: number): void {
  const rs = rows();
  if (!rs.length) return;
  const at = rs.findIndex((r) => r.classList.contains("at"));
  const next = rs[Math.max(0, Math.min(rs.length - 1, at < 0 ? 0 : at + by))];
  for (const r of rs) r.classList.remove("at");
  next.classList.add("at");
  next.scrollIntoView({ block: "nearest" });
  (next.querySelector<HTMLElement>("a") ?? next.querySelector<HTMLElement>("input"))?.focus({ preventScroll: true });
}
document.addEventListener("keydown", (e) => {
  if (e.key === "Escape") {
    if (typing(e)) (e.target as HTMLElement).blur();
    for (const d of all<HTMLDetailsElement>("details.menu[open]")) {
      d.open = false;
      d.querySelector("summary")?.focus();
    }
    return;
  }
  if ((e.ctrlKey || e.metaKey) && e.key === "s") {
    const b = $<HTMLButtonElement>("[data-key=s]");
    if (b) {
      e.preventDefault();
      b.click();
    }
    return;
  }
  if (e.ctrlKey || e.metaKey || e.altKey || typing(e) || $("dialog[open]")) return;
  const row = $<HTMLElement>("[data-rows] .at");
  const before = last;
  last = e.key;
  if (before === "g" && e.key === "h") return void location.assign("/");
  if (before === "g" && e.key === "w") return void location.assign("/work");
  switch (e.key) {
    case "/":
      e.preventDefault();
      $<HTMLInputElement>("[data-search]")?.focus();
      break;
    case "?":
      $<HTMLDialogElement>("#keys")?.showModal();
      break;
    case "j":
      walk(1);
      break;
    case "k":
      walk(-1);
      break;
    case "x":
      row?.querySelector<HTMLInputElement>("input[type=checkbox]")?.click();
      break;
    case "t":
      $<ThemeSwitch>("theme-switch")?.turn();
      break;
    case "Enter":
      if (e.target === document.body) row?.querySelector<HTMLAnchorElement>("a")?.click();
      break;
    default:
      if (e.key.length === 1 && e.key !== "s") $<HTMLElement>(`[data-key="${CSS.escape(e.key)}"]`)?.click();
  }
});

customElements.define("theme-switch", ThemeSwitch);
customElements.define("bulk-bar", BulkBar);
customElements.define("pick-one", PickOne);
customElements.define("file-pick", FilePick);
customElements.define("day-pick", DayPick);
customElements.define("time-slider", TimeSlider);
$<HTMLElement>("#errors")?.focus();
