package app_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"yunqiao/app"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/kerneltest"
)

const layerLine = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[100,20],[101,21],[102,21.5]]}}]}`

func layerFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "layer.geojson")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTheLargeMapInTheBrowser moves in the map by key, reaches places from their list, changes its look, and takes WebGL
// away: then the same places and the office's own lines stand on a picture.
func TestTheLargeMapInTheBrowser(t *testing.T) {
	t.Parallel()
	path := layerFile(t, layerLine)
	a := openOfficeWith(t, "yunnan", func(c *app.Config) {
		c.MapLayer, c.MapSource, c.MapReview = path, "Survey of the province", "S(2022)001"
	})
	srv := httptest.NewServer(a.Answers())
	t.Cleanup(srv.Close)
	officer := signedIn(t, srv.URL, "officer")
	officer.Get("/partners/map?lang=en").Want(200).See("a layer of this office: Survey of the province, map review number S(2022)001")
	tab := kerneltest.Browser(t)
	drawn := func(look kerneltest.Look) {
		t.Helper()
		look.Cookies = officer.Cookies()
		tab.Visit(srv.URL+"/partners/map?lang=zh", look)
		tab.Until(`!!document.querySelector("map-view[data-drawn]")`)
	}
	drawn(kerneltest.Look{Size: kerneltest.Desk})
	tab.Sound("the large map")
	view := func() string {
		return kerneltest.Eval[string](tab, `document.querySelector("map-view").dataset.view`)
	}
	press := func(what string, code int) {
		t.Helper()
		was := view()
		kerneltest.Eval[bool](tab, `(() => { const c = document.querySelector(".mapcanvas canvas"); c.focus(); window.was = document.querySelector("map-view").dataset.view;
			c.dispatchEvent(new KeyboardEvent("keydown", {keyCode: `+strconv.Itoa(code)+`, bubbles: true})); return document.activeElement === c })()`)
		tab.Until(`document.querySelector("map-view").dataset.view !== window.was`)
		if view() == was {
			t.Errorf("the key %s does nothing", what)
		}
	}
	if kerneltest.Eval[int](tab, `document.querySelector(".mapcanvas canvas").tabIndex`) != 0 {
		t.Error("the map cannot be reached by key")
	}
	press("+", 187)
	press("arrow", 39)
	press("-", 189)
	// A place reached by key in the list is brought into sight.
	press("+", 187)
	press("+", 187)
	press("+", 187)
	kerneltest.Eval[bool](tab, `(() => { window.was = document.querySelector("map-view").dataset.view; const far = [...document.querySelectorAll("#places a[data-at]")].find(a => Number(a.dataset.at.split(",")[0]) < 0); far.focus(); return document.activeElement === far })()`)
	tab.Until(`document.querySelector("map-view").dataset.view !== window.was`)
	drawn(kerneltest.Look{Size: kerneltest.Phone, Dark: true})
	tab.Sound("the large map on a phone in the dark")
	// Without WebGL the picture stands, with the office's own lines on it.
	kerneltest.Eval[bool](tab, `(() => { HTMLCanvasElement.prototype.getContext = () => null; return true })()`)
	kerneltest.Eval[bool](tab, `fetch(location).then(r => r.text()).then(h => { const m = new DOMParser().parseFromString(h, "text/html").querySelector("map-view"); document.querySelector("map-view").replaceWith(document.adoptNode(m)); return true })`)
	if got := kerneltest.Eval[string](tab, `(() => { const m = document.querySelector("map-view"), s = m.querySelector("svg.map"); return [m.classList.contains("on"), getComputedStyle(s).display !== "none" && s.getBoundingClientRect().width > 100, s.querySelectorAll("a").length > 10, s.querySelectorAll("path.own").length, getComputedStyle(m.querySelector(".maptools")).display].join(" ") })()`); got != "false true true 1 none" {
		t.Errorf("without WebGL: %s", got)
	}
	tab.Sound("the large map without WebGL")
}

// TestALayerIsLinesWithSourceAndReview: nothing is drawn over the land that nobody answers for.
func TestALayerIsLinesWithSourceAndReview(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ text, source, review, want string }{
		"without a source":   {layerLine, "", "S(2022)001", "app.config.map"},
		"without a review":   {layerLine, "Survey", " ", "app.config.map"},
		"no GeoJSON":         {"lines", "Survey", "S(2022)001", "app.config.map_broken"},
		"metres, no degrees": {strings.Replace(layerLine, "[100,20]", "[11131949,2273030]", 1), "Survey", "S(2022)001", "app.config.map_lines"},
		"points":             {strings.Replace(layerLine, "LineString", "Point", 1), "Survey", "S(2022)001", "app.config.map_lines"},
		"nothing":            {`{"type":"FeatureCollection","features":[]}`, "Survey", "S(2022)001", "app.config.map_lines"},
	} {
		path := layerFile(t, x.text)
		_, err := app.ReadLayer(app.Config{MapLayer: path, MapSource: x.source, MapReview: x.review})
		found := fault.All(err)
		if len(found) != 1 || found[0].Key != x.want {
			t.Errorf("%s: got %v, want %s", name, err, x.want)
		}
	}
}
