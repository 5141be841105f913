package kerneltest

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axeScript string

// ChromiumEnv names the environment variable that holds the path of the browser, when it is in an unusual place.
const ChromiumEnv = "YUNQIAO_TEST_CHROMIUM"

// FindChromium gives the path of a browser of the Chromium family on this machine.
func FindChromium() (string, error) {
	if p := os.Getenv(ChromiumEnv); p != "" {
		return p, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"} {
		if p, err := exec.LookPath(name); err == nil {
			return p, nil
		}
	}
	for _, p := range []string{
		"/usr/lib/chromium/chromium",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	} {
		if _, err := os.Stat(p); err == nil {
			return p, nil
		}
	}
	return "", errors.New("no Chromium was found. Install one (Debian, Ubuntu: apt-get install chromium fonts-noto-cjk; " +
		"macOS: brew install --cask chromium), or name it in " + ChromiumEnv)
}

// sweeper removes the browser's folder when this process is gone, however it went. The pipe to it must be kept.
const sweeper = `trap '' INT TERM HUP
read -r line
for i in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$1" 2>/dev/null && exit 0; sleep 0.2; done
`

// browser is the one Chromium of this process. It ends with the process, because it reads from a pipe to it.
type browser struct {
	ctx   context.Context
	sweep io.Closer
}

var theBrowser = sync.OnceValues(func() (*browser, error) {
	path, err := FindChromium()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "yunqiao-chromium-")
	if err != nil {
		return nil, err
	}
	shell := exec.Command("/bin/sh", "-c", sweeper, "sweeper", dir)
	sweep, err := shell.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := shell.Start(); err != nil {
		return nil, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(dir),
		// The pages are our own, and the sandbox does not work as root nor in most containers.
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		// Pictures must not differ by the hinting of the machine's fonts.
		chromedp.Flag("font-render-hinting", "none"), chromedp.Flag("hide-scrollbars", true))
	ctx, _ := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, _ = chromedp.NewContext(ctx)
	if err := chromedp.Do(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s did not start: %w", path, err), sweep.Close())
	}
	return &browser{ctx: ctx, sweep: sweep}, nil
})

// Size is the size of a window in CSS pixels.
type Size struct{ Width, Height int64 }

// The sizes the pages are looked at: a small phone, a phone, a tablet, a desk, and the narrowest the guidelines of
// accessibility ask for (WCAG 2.2, 1.4.10).
var (
	Narrow = Size{320, 640}
	Phone  = Size{390, 844}
	Tablet = Size{820, 1180}
	Desk   = Size{1440, 900}
)

// Look is how a page is visited.
type Look struct {
	Size    Size // Desk when empty
	Dark    bool
	Lang    string // what the browser asks for, "zh" or "en"; nothing when empty
	Print   bool
	Cookies []*http.Cookie
}

// Tab is one tab of the browser, with cookies of its own. It is for one test and for one goroutine.
type Tab struct {
	// Ctx is for the actions of chromedp that Tab has no method for.
	Ctx context.Context

	tb      testing.TB
	mu      sync.Mutex
	console []string
}

// Browser opens a tab in the one browser of this test process; it closes with the test. It fails the test when there
// is no browser to be had.
func Browser(tb testing.TB) *Tab {
	tb.Helper()
	b, err := theBrowser()
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tb.Cleanup(cancel)
	t := &Tab{Ctx: ctx, tb: tb}
	// The first action ties the tab's life to the context it is given, which must therefore have no time limit.
	if err := chromedp.Do(ctx); err != nil {
		tb.Fatalf("a new tab: %v", err)
	}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.Type == chromedp.ConsoleError || m.IsException() {
				t.mu.Lock()
				t.console = append(t.console, fmt.Sprintf("%s:%d %s", m.URL, m.Line+1, m.Text))
				t.mu.Unlock()
			}
		}
	}()
	return t
}

// patience is how long one step in the browser may take before the test fails.
const patience = 30 * time.Second

func (t *Tab) do(actions ...chromedp.Action[chromedp.Void]) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.Ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.tb.Fatalf("in the browser: %v", err)
	}
}

// Eval runs a script in the page and gives its value, waiting for it if it is a promise.
func Eval[T any](t *Tab, script string) T {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.Ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.tb.Fatalf("in the browser: %v\nscript: %.200s", err, script)
	}
	return v
}

// Until waits for a condition in the page, so that no test sleeps.
func (t *Tab) Until(condition string) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.Ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(patience))); err != nil {
		t.tb.Fatalf("waited in vain for %s: %v", condition, err)
	}
}

// Visit opens an address in the given look and waits until its fonts are there.
func (t *Tab) Visit(url string, look Look) {
	t.tb.Helper()
	if look.Size == (Size{}) {
		look.Size = Desk
	}
	scheme, media, headers := "light", "screen", network.Headers{}
	if look.Dark {
		scheme = "dark"
	}
	if look.Print {
		media = "print"
	}
	if look.Lang != "" {
		headers["Accept-Language"] = look.Lang
	}
	var cookies []*network.CookieParam
	for _, c := range look.Cookies {
		cookies = append(cookies, &network.CookieParam{Name: c.Name, Value: c.Value, URL: url, Path: "/", HTTPOnly: c.HttpOnly})
	}
	t.do(
		chromedp.EmulateViewport(look.Size.Width, look.Size.Height),
		chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media,
				Features: []*emulation.MediaFeature{
					{Name: "prefers-color-scheme", Value: scheme},
					{Name: "prefers-reduced-motion", Value: "reduce"},
				}})
			if err != nil {
				return err
			}
			if _, err := cdp.Call(ctx, target, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: headers}); err != nil {
				return err
			}
			if len(cookies) == 0 {
				return nil
			}
			_, err = cdp.Call(ctx, target, network.SetCookies, network.SetCookiesParams{Cookies: cookies})
			return err
		}),
		chromedp.Navigate(url),
	)
	Eval[bool](t, `document.fonts.ready.then(() => true)`)
}

// Violation is one rule of accessibility that a page breaks.
type Violation struct {
	Rule   string   `json:"rule"`
	Impact string   `json:"impact"`
	Help   string   `json:"help"`
	Where  []string `json:"where"`
}

// String gives the violation as a failing test prints it.
func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s\n\t%s", v.Rule, v.Impact, v.Help, strings.Join(v.Where, "\n\t"))
}

// Axe holds the page in the tab against WCAG 2.2 A and AA and the best practices that axe knows.
func Axe(t *Tab) []Violation {
	t.tb.Helper()
	if !Eval[bool](t, `typeof axe === "object"`) {
		t.do(chromedp.Evaluate[chromedp.Void](axeScript + ";0"))
	}
	raw := Eval[string](t, `axe.run(document, {runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]})
		.then(r => JSON.stringify(r.violations.map(v => ({rule: v.id, impact: v.impact, help: v.help,
			where: v.nodes.slice(0, 5).map(n => n.target.join(" ") + "  " + n.html.slice(0, 160) + "  " +
				[...n.any, ...n.all, ...n.none].map(c => c.message).join("; "))}))))`)
	var found []Violation
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		t.tb.Fatalf("what axe said cannot be read: %v", err)
	}
	return found
}

// Overflow names the elements that make the page scroll sideways; none when it does not.
func Overflow(t *Tab) []string {
	t.tb.Helper()
	return Eval[[]string](t, `(() => {
		const d = document.documentElement;
		if (d.scrollWidth <= d.clientWidth) return [];
		const wide = [...document.querySelectorAll("body *")].filter(e => {
			if (e.getBoundingClientRect().right <= d.clientWidth + 1) return false;
			for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
				if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(p).overflowX)) return false;
			return true;
		});
		return ["page " + d.scrollWidth + " wide in a window of " + d.clientWidth, ...wide.slice(0, 6).map(e =>
			e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.getAttribute("class") ? "." + e.getAttribute("class") : ""))];
	})()`)
}

// Console gives the errors the tab has written to its console so far, failed fetches and refusals of the content
// policy among them.
func (t *Tab) Console() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.console...)
}

// Sound fails the test for what axe finds, for a page that scrolls sideways, and for errors in the console. what
// names the page and its look.
func (t *Tab) Sound(what string) {
	t.tb.Helper()
	for _, v := range Axe(t) {
		t.tb.Errorf("%s: %s", what, v)
	}
	if wide := Overflow(t); len(wide) > 0 {
		t.tb.Errorf("%s: scrolls sideways: %s", what, strings.Join(wide, ", "))
	}
	for _, line := range t.Console() {
		t.tb.Errorf("%s: the console says: %s", what, line)
	}
	t.mu.Lock()
	t.console = nil
	t.mu.Unlock()
}

// Shot writes a picture of the window to a PNG file, and makes the file's folder.
func Shot(t *Tab, path string) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.Ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.tb.Fatalf("a picture for %s: %v", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.tb.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.tb.Fatal(err)
	}
}
