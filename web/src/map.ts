// The large map. It is loaded by the page that has one and by no other. Without it, or where the device cannot draw it,
// the page shows the same places on a picture; the list beside the map has all of them as links in any case.
import { Map as Chart, LngLatBounds, setWorkerUrl } from "../vendored/maplibre-gl/maplibre-gl.mjs";

type Place = { at: [number, number]; label: string; count: number; home: boolean; href: string; link: HTMLAnchorElement };
type Pair = [number, number];
const words = new Intl.NumberFormat(document.documentElement.lang);

/** paint reads a colour of the style sheet as numbers, since the map reads fewer notations than the browser. */
function paint(probe: HTMLElement, name: string): string {
  probe.style.color = `var(${name})`;
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  pen.fillStyle = getComputedStyle(probe).color;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return `rgb(${r},${g},${b})`;
}

/** shores gives the lines of the coast without the edges that only close a shape at the date line or the pole. */
function shores(land: { coordinates: Pair[][][] }): Pair[][] {
  const out: Pair[][] = [];
  const edge = (a: Pair, b: Pair): boolean => Math.abs(a[0] - b[0]) > 180 || (Math.abs(a[0]) > 179.9 && Math.abs(b[0]) > 179.9) || (a[1] < -89 || b[1] < -89);
  for (const shape of land.coordinates) for (const ring of shape) {
    let line: Pair[] = [ring[0]];
    for (let i = 1; i < ring.length; i++) {
      if (edge(ring[i - 1], ring[i])) {
        if (line.length > 1) out.push(line);
        line = [];
      }
      line.push(ring[i]);
    }
    if (line.length > 1) out.push(line);
  }
  return out;
}

/** unwrap lets a shape that crosses the date line go on beyond it; the one around the pole stays as it is. */
function unwrap(ring: Pair[]): Pair[] {
  if (ring.some((p) => p[1] < -85)) return ring;
  let turn = 0;
  return ring.map((p, i) => {
    const step = i ? p[0] - ring[i - 1][0] : 0;
    if (step > 180) turn -= 360;
    else if (step < -180) turn += 360;
    return [p[0] + turn, p[1]] as Pair;
  });
}

/** bow gives a curve between two places, the short way around the world. */
function bow(a: Pair, b: Pair): Pair[] {
  const far = Math.abs(b[0] - a[0]) > 180 ? (b[0] < a[0] ? 360 : -360) : 0;
  const [x, y] = [b[0] + far, b[1]];
  const [mx, my] = [(a[0] + x) / 2, Math.min(80, (a[1] + y) / 2 + Math.abs(x - a[0]) * 0.14)];
  return Array.from({ length: 25 }, (_, i) => {
    const t = i / 24, u = 1 - t;
    return [u * u * a[0] + 2 * u * t * mx + t * t * x, u * u * a[1] + 2 * u * t * my + t * t * y] as Pair;
  });
}

class MapView extends HTMLElement {
  #map?: Chart;
  #probe = document.createElement("span");
  connectedCallback(): void {
    const can = document.createElement("canvas").getContext("webgl2");
    if (!can) return;
    can.getExtension("WEBGL_lose_context")?.loseContext();
    void this.begin().catch(() => this.classList.remove("on"));
  }
  disconnectedCallback(): void {
    this.#map?.remove();
  }
  places(): Place[] {
    return [...document.querySelectorAll<HTMLAnchorElement>(`#${this.dataset.list} a[data-at]`)].map((link) => ({
      at: link.dataset.at!.split(",").map(Number) as Pair, label: link.dataset.label ?? "", count: Number(link.dataset.count ?? 0), home: "home" in link.dataset, href: link.href, link,
    }));
  }
  colours(): Record<string, string> {
    const of = (n: string): string => paint(this.#probe, n);
    return { sea: of("--map-sea"), land: of("--map-land"), shore: of("--map-shore"), grid: of("--map-grid"), tie: of("--celadon"), home: of("--seal"), ink: of("--ink"), halo: of("--surface"), on: of("--on-celadon"), own: of("--amber") };
  }
  async begin(): Promise<void> {
    this.#probe.hidden = true;
    this.append(this.#probe);
    const places = this.places();
    const asked: Promise<Response>[] = [fetch(this.dataset.land!)];
    if (this.dataset.layer) asked.push(fetch(this.dataset.layer));
    const [land, layer] = await Promise.all(asked.map(async (r) => (await (await r).json()) as { coordinates: Pair[][][] }));
    setWorkerUrl(new URL(this.dataset.worker!, location.href).href);
    const box = document.createElement("div");
    box.className = "mapcanvas";
    this.prepend(box);
    this.classList.add("on");
    const c = this.colours();
    const lines = (coordinates: Pair[][]): object => ({ type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates } });
    const grid: Pair[][] = [];
    for (let x = -180; x <= 180; x += 10) grid.push([[x, -85], [x, 85]]);
    for (let y = -80; y <= 80; y += 10) grid.push([[-180, y], [180, y]]);
    const arcs = (this.dataset.arcs ?? "").split(";").filter(Boolean).map((s) => s.split(",").map(Number)).map((n) => bow([n[0], n[1]], [n[2], n[3]]));
    const points = { type: "FeatureCollection", features: places.map((p, i) => ({ type: "Feature", id: i, properties: { label: p.label, count: p.count, home: p.home, n: p.count > 1 ? words.format(p.count) : "" }, geometry: { type: "Point", coordinates: p.at } })) };
    const json = (data: unknown): object => ({ type: "geojson", data });
    const sources: Record<string, object> = { land: json({ type: "Feature", properties: {}, geometry: { ...land, coordinates: land.coordinates.map((shape) => shape.map(unwrap)) } }), shore: json(lines(shores(land))), grid: json(lines(grid)), arcs: json(lines(arcs)), places: json(points) };
    if (layer) sources.own = json(layer);
    const radius = ["case", ["get", "home"], 7, ["min", 18, ["+", 5.5, ["*", 1.8, ["sqrt", ["get", "count"]]]]]];
    const layers: object[] = [
      { id: "sea", type: "background", paint: { "background-color": c.sea } },
      { id: "grid", type: "line", source: "grid", paint: { "line-color": c.grid, "line-width": 0.75 } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": c.land, "fill-antialias": false } },
      { id: "shore", type: "line", source: "shore", paint: { "line-color": c.shore, "line-width": 0.8 } },
      ...(layer ? [{ id: "own", type: "line", source: "own", paint: { "line-color": c.own, "line-width": 1.2, "line-dasharray": [4, 2] } }] : []),
      { id: "arcs", type: "line", source: "arcs", paint: { "line-color": c.tie, "line-opacity": 0.32, "line-width": 1 } },
      { id: "places", type: "circle", source: "places", layout: { "circle-sort-key": ["-", 0, ["get", "count"]] }, paint: { "circle-radius": radius, "circle-color": ["case", ["get", "home"], c.home, c.tie], "circle-stroke-color": c.halo, "circle-stroke-width": ["case", ["boolean", ["feature-state", "on"], false], 4, 1.25] } },
      { id: "counts", type: "symbol", source: "places", layout: { "text-field": ["get", "n"], "text-size": 11, "text-font": ["Noto Sans"], "text-allow-overlap": true }, paint: { "text-color": c.on } },
      { id: "labels", type: "symbol", source: "places", layout: { "text-field": ["get", "label"], "text-size": 12, "text-font": ["Noto Sans"], "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": ["interpolate", ["linear"], ["get", "count"], 0, 0.9, 40, 1.7], "symbol-sort-key": ["case", ["get", "home"], -1000, ["-", 0, ["get", "count"]]] }, paint: { "text-color": c.ink, "text-halo-color": c.halo, "text-halo-width": 1.5 } },
    ];
    const bounds = places.reduce((b: LngLatBounds, p) => b.extend(p.at), new LngLatBounds());
    const whole = { padding: 48, maxZoom: 5, animate: false };
    const map = new Chart({
      container: box, attributionControl: false, dragRotate: false, pitchWithRotate: false, renderWorldCopies: true, maxZoom: 9, minZoom: 0, fadeDuration: 0, cooperativeGestures: false,
      bounds: bounds.isEmpty() ? undefined : bounds, fitBoundsOptions: whole, locale: { "Map.Title": this.dataset.title ?? "" },
      style: { version: 8, sources, layers },
    });
    this.#map = map;
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.scrollZoom.disable(); // the wheel scrolls the page until the map has been taken up
    map.on("mousedown", () => map.scrollZoom.enable());
    map.getCanvas().addEventListener("blur", () => map.scrollZoom.disable());
    for (const b of this.querySelectorAll<HTMLButtonElement>("button[data-do]")) b.addEventListener("click", () => {
      const quiet = matchMedia("(prefers-reduced-motion:reduce)").matches;
      if (b.dataset.do === "in") map.zoomIn({ animate: !quiet });
      else if (b.dataset.do === "out") map.zoomOut({ animate: !quiet });
      else if (!bounds.isEmpty()) map.fitBounds(bounds, whole);
    });
    const mark = (i: number, on: boolean): void => void map.setFeatureState({ source: "places", id: i }, { on });
    places.forEach((p, i) => {
      const show = (): void => {
        mark(i, true);
        if (!map.getBounds().contains(p.at)) map.panTo(p.at, { animate: false });
      };
      p.link.addEventListener("focus", show);
      p.link.addEventListener("mouseenter", () => mark(i, true));
      for (const e of ["blur", "mouseleave"]) p.link.addEventListener(e, () => mark(i, false));
    });
    map.on("click", "places", (e: { features?: { id?: number | string }[] }) => {
      const p = places[Number(e.features?.[0]?.id)];
      if (p) location.assign(p.href);
    });
    map.on("mousemove", "places", (e: { features?: { id?: number | string }[] }) => {
      map.getCanvas().style.cursor = "pointer";
      box.title = places[Number(e.features?.[0]?.id)]?.link.textContent?.trim() ?? "";
    });
    map.on("mouseleave", "places", () => {
      map.getCanvas().style.cursor = "";
      box.title = "";
    });
    map.once("idle", () => this.setAttribute("data-drawn", ""));
    const where = (): void => {
      const { lng, lat } = map.getCenter();
      this.dataset.view = [lng.toFixed(4), lat.toFixed(4), map.getZoom().toFixed(3)].join(" ");
    };
    map.on("moveend", where);
    where();
    const repaint = (): void => {
      const n = this.colours();
      const set = (id: string, name: string, v: unknown): void => void map.setPaintProperty(id, name, v);
      set("sea", "background-color", n.sea), set("grid", "line-color", n.grid), set("land", "fill-color", n.land), set("shore", "line-color", n.shore), set("arcs", "line-color", n.tie);
      set("places", "circle-color", ["case", ["get", "home"], n.home, n.tie]), set("places", "circle-stroke-color", n.halo);
      set("counts", "text-color", n.on), set("labels", "text-color", n.ink), set("labels", "text-halo-color", n.halo);
      if (layer) set("own", "line-color", n.own);
    };
    new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    matchMedia("(prefers-color-scheme:dark)").addEventListener("change", repaint);
  }
}
customElements.define("map-view", MapView);
