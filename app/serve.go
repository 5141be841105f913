package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/store"
	"yunqiao/kernel/web"
)

// patience is how long requests under way may take to end when the program stops.
const patience = 10 * time.Second

// Listen takes the address of the settings.
func Listen(address string) (net.Listener, error) {
	ln, err := net.Listen("tcp", address)
	if err == nil {
		return ln, nil
	}
	if taken(err) {
		return nil, fault.Because(err, fault.Invalid, "app.listen.taken", fault.Args{"address": address})
	}
	return nil, fault.Because(err, fault.Invalid, "app.listen.refused", fault.Args{"address": address})
}

// Serve answers on the listener until the context ends; then it lets requests under way end, and returns. What runs in
// the background begins here and ends with Close.
func (a *App) Serve(ctx context.Context, ln net.Listener) error {
	a.Start()
	srv := &http.Server{
		Handler:           a.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       5 * time.Minute,  // an upload over a slow line
		WriteTimeout:      15 * time.Minute, // a long export
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(a.Log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	a.Log.Info("stopping")
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := srv.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		a.Log.Warn("some requests did not end in time and were broken off")
		err = srv.Close()
	}
	return err
}

// Handler is everything the program answers: the two questions of whoever watches over it, and the site. /healthz
// asks whether the process lives, /readyz whether its database answers.
func (a *App) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
		defer cancel()
		if err := a.answers(ctx); err != nil {
			a.Log.Error("the database does not answer", "err", err)
			plain(w, http.StatusServiceUnavailable, "the database does not answer\n")
			return
		}
		plain(w, http.StatusOK, "ok\n")
	})
	mux.Handle("/", a.logged(a.Site))
	return mux
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the asker has gone
}

func (a *App) answers(ctx context.Context) error {
	return a.Store.Look(ctx, access.Program("ready"), store.AsOf{}, func(v *store.View) error {
		var one int
		return v.One("SELECT 1", nil, &one)
	})
}

// The headers by which the log learns what the site found out. Nothing a client sends under these names is kept.
const (
	whoHeader     = "X-Yunqiao-Who"
	requestHeader = "X-Request-Id"
)

// noted writes down who stands behind a request where the log finds it.
func noted(identify func(*http.Request) (web.Visit, error)) func(*http.Request) (web.Visit, error) {
	return func(r *http.Request) (web.Visit, error) {
		v, err := identify(r)
		if err == nil && v.Who.Known() {
			r.Header.Set(whoHeader, v.Who.ID)
		}
		return v, err
	}
}

// logged gives each request a number and writes one line when it has been answered: never the query, which may hold
// names.
func (a *App) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := a.Store.Clock.Now()
		id := clock.NewID(start)
		r.Header.Del(whoHeader)
		r.Header.Set(requestHeader, id)
		w.Header().Set(requestHeader, id)
		seen := &watched{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			level := slog.LevelInfo
			switch {
			case seen.status >= http.StatusInternalServerError:
				level = slog.LevelError
			case strings.HasPrefix(r.URL.Path, "/assets/"):
				level = slog.LevelDebug
			}
			a.Log.Log(r.Context(), level, "request", "id", id, "who", r.Header.Get(whoHeader), "method", r.Method, "path", r.URL.Path,
				"status", seen.status, "ms", a.Store.Clock.Now()-start)
		}()
		next.ServeHTTP(seen, r)
	})
}

// watched remembers the status of a reply.
type watched struct {
	http.ResponseWriter
	status int
	sent   bool
}

// WriteHeader notes the status.
func (w *watched) WriteHeader(status int) {
	if !w.sent {
		w.status, w.sent = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets the server's own controls reach the connection.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Version says which program this is.
type Version struct {
	Program  string `json:"program"`
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Made     string `json:"made,omitempty"` // when the revision was committed
	Changed  bool   `json:"changed,omitempty"`
	Go       string `json:"go"`
}

// ThisVersion reads what the compiler noted in the program.
func ThisVersion() Version {
	v := Version{Program: "yunqiao", Version: "(devel)"}
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Go = b.GoVersion
	if b.Main.Version != "" {
		v.Version = b.Main.Version
	}
	for _, s := range b.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Revision = s.Value
		case "vcs.time":
			v.Made = s.Value
		case "vcs.modified":
			v.Changed = s.Value == "true"
		}
	}
	return v
}
