package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"yunqiao/app"
	"yunqiao/kernel/access"
	"yunqiao/kernel/approval"
	"yunqiao/kernel/bulk"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/files"
	"yunqiao/kernel/jobs"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/outbox"
	"yunqiao/kernel/record"
	"yunqiao/kernel/remind"
	"yunqiao/kernel/signin"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
	"yunqiao/rooms/articles"
	"yunqiao/rooms/office"
)

// people are the sample accounts of the small invented office, and two that only look or only ask.
var people = []string{"admin", "head", "officer", "haven", "reader", "applicant"}

// stage is the small invented office, made once for each engine and copied for every test: everybody has a password
// and has signed in, which is the slow part.
type stage struct {
	once    sync.Once
	folder  string // keys and, on the embedded engine, the database
	cookies map[string][]*http.Cookie
	err     error
}

var stages = map[string]*stage{"sqlite": {}, "postgres": {}}

// makeStages is where the stages lie; TestMain removes it.
var makeStages = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "yunqiao-stage-") })

func stageConfig(folder, dsn string) app.Config {
	cfg := app.Defaults()
	cfg.Data, cfg.Pack, cfg.Database, cfg.Demo, cfg.Push, cfg.PushLocal = folder, "mini", dsn, true, true, true
	return cfg
}

// build makes the office that is copied.
func (s *stage) build(tb testing.TB, engine, dsn string) (err error) {
	home, err := makeStages()
	if err != nil {
		return err
	}
	s.folder, s.cookies = filepath.Join(home, engine), map[string][]*http.Cookie{}
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return err
	}
	ctx := context.Background()
	a, err := app.Open(ctx, stageConfig(s.folder, dsn), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if _, err := a.Init(ctx); err != nil {
		return err
	}
	if err := hire(ctx, a, "reader", "applicant"); err != nil {
		return err
	}
	for _, login := range people {
		if err := a.Desk.SetPassword(ctx, "staff-"+login, password, ""); err != nil {
			return fmt.Errorf("%s: %w", login, err)
		}
		c := kerneltest.NewClient(tb, a.Answers())
		c.Get("/sign-in").Want(200)
		c.Post("/sign-in", "login", login, "password", password, "next", "/").Want(http.StatusSeeOther)
		s.cookies[login] = c.Cookies()
	}
	return a.Close()
}

// hire takes people into the office at Haven, each in the role that is their login.
func hire(ctx context.Context, a *app.App, roles ...string) error {
	return a.Store.Update(ctx, access.Program("test"), func(tx *store.Tx) error {
		for _, role := range roles {
			p := office.StaffType.New()
			p.ID, p.Unit, p.Sample, p.Level, p.Login = "staff-"+role, "shore", true, 1, role
			p.Name = translate.Text{"zh": role, "en": strings.ToUpper(role[:1]) + role[1:]}
			seat := office.Positions.New()
			seat.ID, seat.Unit, seat.Sample, seat.Level, seat.Staff, seat.In, seat.Role = "position-"+role, "haven", true, 1, p.ID, "haven", role
			seat.Title = p.Name
			if err := record.Save(tx, office.StaffType, p, record.How{}); err != nil {
				return err
			}
			if err := record.Save(tx, office.Positions, seat, record.How{}); err != nil {
				return err
			}
		}
		return nil
	})
}

// play is one copy of the office with everybody at the door.
type play struct {
	*app.App
	stage   *stage
	answers http.Handler
	told    []*outbox.Parcel // what left the program, in its order
	account *kerneltest.OfficialAccount
	machine *translator
}

// carry takes what leaves the program.
func (p *play) carry(context.Context) (*outbox.Hand, error) {
	return &outbox.Hand{Lost: func() bool { return false }, Close: func() {}, Give: func(_ context.Context, x *outbox.Parcel) error {
		p.told = append(p.told, x)
		return nil
	}}, nil
}

// tell hands over all that is due.
func (p *play) tell() error {
	for again := true; again; {
		again = false
		for i := range p.Outbox.Ways {
			for _, single := range []bool{true, false} {
				worked, err := p.Outbox.Round(context.Background(), &p.Outbox.Ways[i], single)
				if err != nil {
					return err
				}
				again = again || worked
			}
		}
	}
	return nil
}

// openStage opens a copy of the small office on an engine. seen is told of every answer; it may be nil.
func openStage(tb testing.TB, engine string, seen *lookedAt) *play {
	tb.Helper()
	s, folder, dsn := stages[engine], tb.TempDir(), ""
	if engine == "postgres" {
		dsn = kerneltest.DatabaseLike(tb, "stage", func(dsn string) error { return s.build(tb, engine, dsn) })
	} else {
		s.once.Do(func() { s.err = s.build(tb, engine, "") })
		if s.err != nil {
			tb.Fatal(s.err)
		}
	}
	if err := copyOffice(folder, s.folder); err != nil {
		tb.Fatal(err)
	}
	account := kerneltest.NewOfficialAccount(tb, "wx-shore", "the secret of the shore")
	cfg := stageConfig(folder, dsn)
	cfg.WeChatApp, cfg.WeChatSecret, cfg.WeChatAddress = "wx-shore", "the secret of the shore", account.URL
	machine := newTranslator(tb)
	cfg.MachineAddress, cfg.MachineKey = machine.address, "the key of the shore"
	a, err := app.Open(context.Background(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := a.Close(); err != nil {
			tb.Error(err)
		}
	})
	p := &play{App: a, stage: s, answers: a.Answers(), account: account, machine: machine}
	for i := range p.Outbox.Ways {
		p.Outbox.Ways[i].Open = p.carry
	}
	for _, channel := range []string{outbox.Mail, outbox.SMS} {
		p.Outbox.Ways = append(p.Outbox.Ways, outbox.Way{Name: channel, Open: p.carry})
	}
	if seen != nil {
		p.answers = seen.of(p.answers)
	}
	return p
}

// as gives a client of somebody who has signed in; "nobody" is the public, "program TOKEN" a program.
func (p *play) as(tb testing.TB, who string) *kerneltest.Client {
	tb.Helper()
	c := kerneltest.NewClient(tb, p.answers)
	c.Lang = "en"
	if token, ok := strings.CutPrefix(who, "program "); ok {
		c.Header = http.Header{"Authorization": {"Bearer " + token}}
		return c
	}
	who, _, _ = strings.Cut(who, " ") // "head 2" is the head at another browser
	if who == "nobody" {
		return c
	}
	if p.stage.cookies[who] == nil {
		tb.Fatalf("nobody is called %q; there are nobody, program TOKEN and %v", who, people)
	}
	c.TakeCookies(p.stage.cookies[who])
	return c
}

// script is what the scripts of the whole house know beyond the words that all scripts have.
func (p *play) script(tb testing.TB) kerneltest.Play {
	clock := p.Store.Clock
	return kerneltest.Play{
		In: func(tb testing.TB, who string) *kerneltest.Client { return p.as(tb, who) },
		Kept: map[string]string{"today": clock.Today().String(), "yesterday": (clock.Today() - 1).String(), "tomorrow": (clock.Today() + 1).String(),
			"password": password},
		Words: map[string]kerneltest.Word{
			// work does all jobs that wait.
			"work": func(*kerneltest.Script, string) error { work(p.App); return nil },
			// log moves what was written into the log, as the office does every moment.
			"log": func(*kerneltest.Script, string) error { _, err := p.Ledger.Sequence(context.Background()); return err },
			// fail lets the import that waits fail for good.
			"fail": func(*kerneltest.Script, string) error { p.failNext(); return nil },
			// "later 90s" moves the clock on.
			"later": func(_ *kerneltest.Script, rest string) error {
				d, err := time.ParseDuration(rest)
				clock.Move(d)
				return err
			},
			// "file NAME about visit/ID" files a record for approval as the officer at Haven would from its room.
			"file": func(s *kerneltest.Script, rest string) error {
				name, about, _ := strings.Cut(rest, " about ")
				kind, id, _ := strings.Cut(about, "/")
				return p.Store.Update(context.Background(), access.Program("test"), func(tx *store.Tx) error {
					who, err := p.Tree.WhoByLogin(&tx.View, "haven")
					if err != nil {
						return err
					}
					a := approval.Ask{Matter: "trip", Subject: approval.Subject{Kind: kind, ID: id}, Title: translate.Text{"zh": "出访两国", "en": "A trip to two countries"}, Unit: "unit-haven",
						Chain: []string{"unit-shore", "unit-haven"}, Kind: "prefecture_office", Rank: "division", Direction: "out", Countries: []string{"XA", "XB"}, Days: 8, Persons: 4, On: tx.ValidOn, Sample: true}
					r, err := p.Approvals.Plan(&tx.View, a)
					if err != nil {
						return err
					}
					tx.Who = who
					c, err := p.Approvals.Start(tx, a, r)
					if err == nil {
						s.Keep(name, c.ID)
					}
					return err
				})
			},
			// "tell officer SOME TEXT" writes a message to a person.
			"tell": func(_ *kerneltest.Script, rest string) error {
				login, text, _ := strings.Cut(rest, " ")
				return p.Store.Update(context.Background(), access.Program("test"), func(tx *store.Tx) error {
					return p.Reminders.Tell(tx, remind.Message{Staff: "staff-" + login, Kind: "urged", Mark: text, Day: tx.ValidOn, Title: translate.Text{"zh": text, "en": text}})
				})
			},
			// "told link" hands over what is to be told, and keeps the reader's link in the last of it.
			"told": func(s *kerneltest.Script, rest string) error {
				if err := p.tell(); err != nil {
					return err
				}
				if len(p.told) == 0 {
					return errors.New("nothing was told")
				}
				s.Keep(rest, strings.TrimPrefix(p.told[len(p.told)-1].Link, "https://shore.example"))
				return nil
			},
			// "account refuse draft/add 45009 some text", "account lose draft/add", "account empty", "account forget" and "account
			// expire" let the official account do what it may do; "account holds 2" counts its drafts, and keeps the last as
			// {draft}; "account cover" enters a cover.
			"account": p.accountWord,
			// "otp one from SECRET" gives the one-time code that a person's device would show.
			"otp": func(s *kerneltest.Script, rest string) error {
				name, secret, _ := strings.Cut(rest, " from ")
				code, err := signin.CodeAt(secret, clock.At(clock.Now()))
				s.Keep(name, code)
				return err
			},
		},
	}
}

// accountWord is the word of scripts about the official account.
func (p *play) accountWord(s *kerneltest.Script, rest string) error {
	word, rest, _ := strings.Cut(rest, " ")
	switch word {
	case "refuse":
		path, rest, _ := strings.Cut(rest, " ")
		code, text, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(code)
		p.account.Refuse(path, n, text)
		return err
	case "lose":
		p.account.Lose(rest)
	case "empty":
		p.account.Empty()
	case "forget":
		p.account.Forget()
	case "expire":
		p.account.Expire()
	case "holds":
		all := p.account.Drafts()
		if strconv.Itoa(len(all)) != rest {
			return fmt.Errorf("the draft box holds %d, want %s: %v", len(all), rest, all)
		}
		if len(all) > 0 {
			raw, err := json.Marshal(all[len(all)-1])
			s.Keep("draft", string(raw))
			return err
		}
	case "cover":
		return p.enterCover("cover-one")
	default:
		return fmt.Errorf("the account knows no %q", word)
	}
	return nil
}

// enterCover enters a cover with a small picture.
func (p *play) enterCover(id string) error {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 9, 4))); err != nil {
		return err
	}
	in, err := files.Receive(&b, "cover.png", 1<<20, p.Bulk.Folder)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // the shelf has its own copy
	if err := p.Files.Put(context.Background(), in); err != nil {
		return err
	}
	return p.Store.Update(context.Background(), access.Program("test"), func(tx *store.Tx) error {
		x := articles.Covers.New()
		x.ID, x.Unit, x.Sample, x.Name = id, "unit-shore", true, translate.Text{"zh": "公告封面", "en": "Cover of notices"}
		x.Picture = record.Doc{Digest: string(in.Digest), Name: in.Name, Type: in.Kind.Type, Size: in.Size}
		return record.Save(tx, articles.Covers, x, record.How{})
	})
}

// lookedAt counts which routes were asked for and answered.
type lookedAt struct {
	mu   sync.Mutex
	seen map[string]int
}

// of counts what a handler answers with something other than a refusal. The pattern is the one the running program
// has chosen itself.
func (v *lookedAt) of(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &answered{ResponseWriter: w, code: http.StatusOK}
		h.ServeHTTP(s, r)
		if s.code < 400 && !strings.HasPrefix(w.Header().Get("Location"), "/sign-in?") {
			v.mu.Lock()
			v.seen[r.Pattern]++
			v.mu.Unlock()
		}
	})
}

type answered struct {
	http.ResponseWriter
	code int
}

// WriteHeader notes the status.
func (s *answered) WriteHeader(code int) { s.code = code; s.ResponseWriter.WriteHeader(code) }

// failNext lets the import that waits fail for good, as work does that a broken disk has stopped.
func (p *play) failNext() {
	p.Jobs.On(bulk.JobKind, func(context.Context, jobs.Job, func(done, total int64)) (string, error) {
		return "", fault.New(fault.Invalid, "store.missing", nil)
	})
	p.Jobs.RunOne(context.Background())
	bulk.Register(p.Jobs, p.Bulk)
}

// copyOffice copies an office's folder; its keys stay readable to nobody else.
func copyOffice(to, from string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return filepath.WalkDir(to, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return os.Chmod(path, 0o600)
	})
}
