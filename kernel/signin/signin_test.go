package signin_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"yunqiao/kernel/access"
	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/kerneltest"
	"yunqiao/kernel/signin"
	"yunqiao/kernel/store"
)

// cheap keeps the tests quick; costly is what the office asks for later.
var (
	cheap  = signin.Argon{Time: 1, Memory: 8, Lanes: 1}
	costly = signin.Argon{Time: 2, Memory: 16, Lanes: 1}
)

const (
	anaLogin, ana = "ana", "staff-ana"
	boLogin, bo   = "bo", "staff-bo"
	good          = "a long good password"
	home, office  = "192.0.2.7:4711", "198.51.100.9"
)

var engines = []string{"sqlite", "postgres"}

// desks are two desks over one database, as two processes would have them.
type desks struct {
	c    *clock.Clock
	a, b *signin.Desk
	st   *store.Store
}

func settings() signin.Settings {
	return signin.Settings{Key: []byte(strings.Repeat("k", 32)), Issuer: "Office", Argon: cheap,
		Find: func(_ *store.View, login string) (string, error) {
			switch login {
			case anaLogin:
				return ana, nil
			case boLogin:
				return bo, nil
			}
			return "", fault.New(fault.Missing, "store.missing", nil)
		}}
}

// onBoth runs a test on both engines.
func onBoth(t *testing.T, test func(t *testing.T, d *desks)) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			address := t.TempDir() + "/signin.db"
			if engine == "postgres" {
				address = kerneltest.Database(t)
			}
			ctx := context.Background()
			c := clock.Fixed(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
			st, err := store.Open(ctx, address, c, nil, []store.Source{{Name: "signin", Files: signin.Migrations}})
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			d := &desks{c: c, st: st, a: open(t, st, settings()), b: open(t, st, settings())}
			for _, who := range []string{ana, bo} {
				if err := d.a.SetPassword(ctx, who, good, ""); err != nil {
					t.Fatal(err)
				}
			}
			test(t, d)
		})
	}
}

func open(t *testing.T, st *store.Store, set signin.Settings) *signin.Desk {
	t.Helper()
	d, err := signin.Open(st, set)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desks) signIn(t *testing.T, login, password, code string) string {
	t.Helper()
	token, err := d.a.SignIn(context.Background(), login, password, code, "Browser 1", home)
	if err != nil {
		t.Fatalf("signing in as %s: %v", login, err)
	}
	return token
}

func (d *desks) look(t *testing.T, fn func(v *store.View) error) {
	t.Helper()
	if err := d.st.Look(context.Background(), access.Program("test"), store.AsOf{}, fn); err != nil {
		t.Fatal(err)
	}
}

// want checks the phrase key of an error.
func want(t *testing.T, err error, key string) *fault.Error {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Key != key {
		t.Fatalf("got %v, want the fault %s", err, key)
	}
	return e
}

func TestASessionBelongsToAPersonAndKeepsNoSecret(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		ctx := context.Background()
		token := d.signIn(t, " Ana ", good, "")
		s, err := d.a.Session(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		if s.Staff != ana || s.Agent != "Browser 1" || s.Addr != "192.0.2.0/24" {
			t.Errorf("got %+v, want ana's session with a shortened address", s)
		}
		other, err := d.a.Session(ctx, d.signIn(t, anaLogin, good, ""))
		if err != nil || other.CSRF == s.CSRF {
			t.Errorf("two sessions share a form token (%v)", err)
		}
		if b, err := d.b.Session(ctx, token); err != nil || b.CSRF != s.CSRF {
			t.Errorf("another process does not know the session: %v", err)
		}
		_, err = d.a.Session(ctx, token+"x")
		want(t, err, "signin.session.ended")
		_, err = d.a.Session(ctx, "")
		want(t, err, "signin.session.ended")
	})
}

func TestARevokedSessionEndsHereAtOnceAndElsewhereWithinTwoSeconds(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		ctx := context.Background()
		token := d.signIn(t, anaLogin, good, "")
		s, err := d.b.Session(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.a.Session(ctx, token); err != nil {
			t.Fatal(err)
		}
		if err := d.a.Revoke(ctx, bo, s.ID); fault.KindOf(err) != fault.Missing {
			t.Errorf("got %v, want: another person's session is missing", err)
		}
		if err := d.a.Revoke(ctx, ana, s.ID); err != nil {
			t.Fatal(err)
		}
		_, err = d.a.Session(ctx, token)
		want(t, err, "signin.session.ended")
		d.c.Move(2 * time.Second)
		_, err = d.b.Session(ctx, token)
		want(t, err, "signin.session.ended")
	})
}

func TestAPersonSeesAndEndsOwnSessions(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		ctx := context.Background()
		first, second := d.signIn(t, anaLogin, good, ""), d.signIn(t, anaLogin, good, "")
		bos := d.signIn(t, boLogin, good, "")
		keep, err := d.a.Session(ctx, second)
		if err != nil {
			t.Fatal(err)
		}
		d.look(t, func(v *store.View) error {
			list, err := d.a.Sessions(v, ana)
			if len(list) != 2 || list[0].CSRF != "" {
				t.Errorf("got %+v, want two sessions without form tokens", list)
			}
			return err
		})
		if err := d.a.RevokeOthers(ctx, ana, keep.ID); err != nil {
			t.Fatal(err)
		}
		_, err = d.a.Session(ctx, first)
		want(t, err, "signin.session.ended")
		for _, token := range []string{second, bos} {
			if _, err := d.a.Session(ctx, token); err != nil {
				t.Error(err)
			}
		}
		if err := d.a.SetPassword(ctx, ana, "another good password", ""); err != nil {
			t.Fatal(err)
		}
		_, err = d.a.Session(ctx, second)
		want(t, err, "signin.session.ended")
	})
}

func TestASessionEndsWhenIdleAndAfterItsWholeTime(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		ctx := context.Background()
		idle := d.signIn(t, anaLogin, good, "")
		d.c.Move(2*time.Hour - time.Second)
		if _, err := d.b.Session(ctx, idle); err != nil {
			t.Fatal("a session in use does not end:", err)
		}
		d.c.Move(2*time.Hour - time.Second)
		if _, err := d.a.Session(ctx, idle); err != nil {
			t.Fatal("being seen by one process counts in all:", err)
		}
		d.c.Move(2 * time.Hour)
		_, err := d.a.Session(ctx, idle)
		want(t, err, "signin.session.ended")

		busy := d.signIn(t, anaLogin, good, "")
		for range 13 {
			d.c.Move(time.Hour)
			if _, err := d.a.Session(ctx, busy); err != nil {
				t.Fatal(err)
			}
		}
		d.c.Move(time.Hour)
		_, err = d.a.Session(ctx, busy)
		want(t, err, "signin.session.ended")
	})
}

func TestWrongAndUnknownAreAnsweredAlike(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		ctx := context.Background()
		var texts []string
		for _, login := range []string{anaLogin, "nobody", "", "a\x00b", strings.Repeat("x", 5000)} {
			_, err := d.a.SignIn(ctx, login, "wrong", "", "", office)
			e := want(t, err, "signin.refused")
			if e.Kind != fault.Denied || e.Field != "" || len(e.Args) > 0 {
				t.Errorf("%q: got %v, want nothing but the refusal", login, e)
			}
			texts = append(texts, err.Error())
		}
		for _, s := range texts {
			if s != texts[0] {
				t.Errorf("got %q and %q, want one answer", texts[0], s)
			}
		}
	})
}

// The work for a login nobody has is the work for one that exists: a hash of the same cost.
func TestAnUnknownLoginTakesTheSameTime(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := clock.Fixed(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
	st, err := store.Open(ctx, t.TempDir()+"/x.db", c, nil, []store.Source{{Name: "signin", Files: signin.Migrations}})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	set := settings()
	set.Argon = signin.Argon{Time: 4, Memory: 16 * 1024, Lanes: 1}
	d := open(t, st, set)
	if err := d.SetPassword(ctx, ana, good, ""); err != nil {
		t.Fatal(err)
	}
	quickest := func(login string) time.Duration {
		best := time.Hour
		for range 5 {
			c.Move(time.Hour)
			from := time.Now()
			_, err := d.SignIn(ctx, login, "wrong", "", "", office)
			best = min(best, time.Since(from))
			want(t, err, "signin.refused")
		}
		return best
	}
	known, unknown := quickest(anaLogin), quickest("nobody")
	if unknown < known/3 || known < unknown/3 {
		t.Errorf("a known login took %v, an unknown one %v: they can be told apart", known, unknown)
	}
}

func TestTooManyTriesMustWaitLongerAndLonger(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		ctx := context.Background()
		try := func(desk *signin.Desk, password string) error {
			_, err := desk.SignIn(ctx, anaLogin, password, "", "", home)
			return err
		}
		for range 5 {
			want(t, try(d.a, "wrong"), "signin.refused")
		}
		var waits []int64
		for range 4 {
			e := want(t, try(d.b, good), "signin.wait.seconds") // even the right one, in any process
			s := e.Args["seconds"].(int64)
			waits = append(waits, s)
			d.c.Move(time.Duration(s) * time.Second)
			want(t, try(d.a, "wrong"), "signin.refused")
		}
		for i := 1; i < len(waits); i++ {
			if waits[i] <= waits[i-1] {
				t.Errorf("pauses %v do not grow", waits)
			}
		}
		if _, err := d.a.SignIn(ctx, boLogin, good, "", "", office); err != nil {
			t.Error("another person elsewhere is not held up:", err)
		}
		d.c.Move(15 * time.Minute)
		if err := try(d.a, good); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			want(t, try(d.a, "wrong"), "signin.refused") // a good sign-in begins the count anew
		}
	})
}

func TestOneAddressCannotTryManyLogins(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		ctx := context.Background()
		var err error
		for i := 0; i < 60 && !strings.Contains(errText(err), "wait"); i++ {
			_, err = d.a.SignIn(ctx, "login"+strings.Repeat("x", i), "wrong", "", "", home)
		}
		want(t, err, "signin.wait.seconds")
		_, err = d.a.SignIn(ctx, anaLogin, good, "", "", home)
		want(t, err, "signin.wait.seconds")
		if _, err := d.a.SignIn(ctx, anaLogin, good, "", "", office); err != nil {
			t.Error("from elsewhere it goes on:", err)
		}
	})
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestTriesAtTheSameMomentDoNotSlipThrough(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		tried := 0
		for range 40 {
			wg.Go(func() {
				_, err := d.a.SignIn(context.Background(), anaLogin, "wrong", "", "", home)
				if strings.Contains(errText(err), "signin.refused") {
					mu.Lock()
					tried++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if tried > 5 {
			t.Errorf("%d passwords were tried at once, want 5 at most", tried)
		}
	})
}

func TestAHashIsMadeAnewWhenTheCostRises(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		ctx := context.Background()
		set := settings()
		set.Argon = costly
		dear := open(t, d.st, set)
		hash := func() (h string) {
			d.look(t, func(v *store.View) error {
				return v.One("SELECT hash FROM credential WHERE staff = ?", []any{ana}, &h)
			})
			return h
		}
		if !strings.Contains(hash(), "m=8,t=1,p=1") {
			t.Fatalf("got %s", hash())
		}
		if _, err := dear.SignIn(ctx, anaLogin, "wrong", "", "", home); err == nil {
			t.Fatal("a wrong password was taken")
		}
		if !strings.Contains(hash(), "m=8,t=1,p=1") {
			t.Error("a wrong password changed the hash")
		}
		for range 2 {
			if _, err := dear.SignIn(ctx, anaLogin, good, "", "", home); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(hash(), "m=16,t=2,p=1") {
				t.Errorf("got %s, want the new cost", hash())
			}
		}
		d.signIn(t, anaLogin, good, "")
		if !strings.Contains(hash(), "m=16,t=2,p=1") {
			t.Error("a cheaper desk made the hash cheaper")
		}
	})
}

func TestAPasswordMustBeLongEnough(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		ctx := context.Background()
		e := want(t, d.a.SetPassword(ctx, ana, "short", ""), "signin.password.short")
		if e.Field != "password" || e.Args["min"] != 12 {
			t.Errorf("got %+v, want the field and the least length", e)
		}
		want(t, d.a.SetPassword(ctx, ana, strings.Repeat("山", 2000), ""), "signin.password.long")
		want(t, d.a.SetPassword(ctx, ana, strings.Repeat("a", 20), ""), "signin.password.one_character")
		if err := d.a.SetPassword(ctx, ana, "七彩云南山高水长友谊长存万古", ""); err != nil {
			t.Error("twelve characters are enough in any script:", err)
		}
		want(t, d.a.Confirm(ctx, ana, good), "signin.password.wrong")
		if err := d.a.Confirm(ctx, ana, "七彩云南山高水长友谊长存万古"); err != nil {
			t.Error(err)
		}
		if err := d.a.DropPassword(ctx, ana); err != nil {
			t.Fatal(err)
		}
		_, err := d.a.SignIn(ctx, anaLogin, "", "", "", home)
		want(t, err, "signin.refused")
	})
}

func TestACodeIsAskedForAndGoodOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		ctx := context.Background()
		e, err := d.a.Enrol(ctx, ana, anaLogin)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(e.URL, "otpauth://totp/") || !strings.Contains(e.URL, e.Secret) {
			t.Errorf("got %+v", e)
		}
		d.look(t, func(v *store.View) error {
			var kept string
			if err := v.One("SELECT secret FROM code WHERE staff = ?", []any{ana}, &kept); err != nil {
				return err
			}
			if strings.Contains(kept, e.Secret) {
				t.Error("the secret is kept in the open")
			}
			return nil
		})
		d.signIn(t, anaLogin, good, "") // not asked for before it is confirmed
		_, err = d.a.ConfirmCode(ctx, ana, "000000")
		want(t, err, "signin.code.wrong")
		// A code typed wrongly leaves the app that was set up good; an enrolment left lying begins anew.
		if again, err := d.b.Enrol(ctx, ana, anaLogin); err != nil || again != e {
			t.Errorf("enrolling again after a wrong code: got %+v, %v; want the same secret", again, err)
		}
		d.c.Move(11 * time.Minute)
		lying := e
		if e, err = d.a.Enrol(ctx, ana, anaLogin); err != nil || e.Secret == lying.Secret {
			t.Errorf("enrolling after it was left lying: got %+v, %v; want a new secret", e, err)
		}
		now := func() string {
			s, err := signin.CodeAt(e.Secret, time.UnixMilli(d.c.Now()))
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		recovery, err := d.a.ConfirmCode(ctx, ana, now())
		if err != nil || len(recovery) != 10 {
			t.Fatal(recovery, err)
		}
		_, err = d.a.Enrol(ctx, ana, anaLogin)
		want(t, err, "signin.code.enrolled")

		try := func(code string) error {
			_, err := d.b.SignIn(ctx, anaLogin, good, code, "", home)
			return err
		}
		for range 20 {
			want(t, try(""), "signin.code.needed") // being asked is no failure
		}
		want(t, try(now()), "signin.code.wrong") // it confirmed the enrolment
		d.c.Move(30 * time.Second)
		code := now()
		if err := try(code[:3] + " " + code[3:]); err != nil {
			t.Fatal(err)
		}
		want(t, try(code), "signin.code.wrong") // replay
		d.c.Move(60 * time.Second)
		old := now()
		d.c.Move(60 * time.Second)
		want(t, try(old), "signin.code.wrong") // two steps old

		if err := try(strings.ToUpper(recovery[3])); err != nil {
			t.Fatal(err)
		}
		want(t, try(recovery[3]), "signin.code.wrong")
		d.look(t, func(v *store.View) error {
			on, left, err := d.a.HasCode(v, ana)
			if !on || left != 9 {
				t.Errorf("got on %v with %d recovery codes, want 9 left", on, left)
			}
			return err
		})
		_, err = d.a.SignIn(ctx, anaLogin, "wrong", now(), "", home)
		want(t, err, "signin.refused") // a code does not tell whether the password was right
		if err := d.a.DropCode(ctx, ana); err != nil {
			t.Fatal(err)
		}
		d.signIn(t, anaLogin, good, "")
	})
}

func TestACodeOnItsWayTwiceOpensOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		ctx := context.Background()
		e, err := d.a.Enrol(ctx, ana, anaLogin)
		if err != nil {
			t.Fatal(err)
		}
		code, err := signin.CodeAt(e.Secret, time.UnixMilli(d.c.Now()))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.a.ConfirmCode(ctx, ana, code); err != nil {
			t.Fatal(err)
		}
		d.c.Move(time.Minute)
		if code, err = signin.CodeAt(e.Secret, time.UnixMilli(d.c.Now())); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		opened := 0
		for range 4 {
			wg.Go(func() {
				if _, err := d.a.SignIn(ctx, anaLogin, good, code, "", home); err == nil {
					mu.Lock()
					opened++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if opened != 1 {
			t.Errorf("one code opened %d sessions", opened)
		}
	})
}

func TestTokensAreForOnePurposeAndATime(t *testing.T) {
	onBoth(t, func(t *testing.T, d *desks) {
		ctx := context.Background()
		day := int64(24 * time.Hour / time.Millisecond)
		_, _, err := d.a.Issue(ctx, ana, " ", "all", d.c.Now()+400*day)
		if e := want(t, err, "signin.token.name"); len(e.More) != 2 {
			t.Errorf("got %v, want all three gaps at once", e)
		}
		text, made, err := d.a.Issue(ctx, ana, "map on the wall", signin.Read, d.c.Now()+day)
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.b.Token(ctx, "Bearer "+text)
		if err != nil {
			t.Fatal(err)
		}
		if got.Staff != ana || got.Scope != signin.Read || got.ID != made.ID {
			t.Errorf("got %+v", got)
		}
		for _, bad := range []string{"", "Bearer ", "Bearer " + text + "x", signin.Mark} {
			_, err := d.a.Token(ctx, bad)
			want(t, err, "signin.token.unknown")
		}
		d.look(t, func(v *store.View) error {
			list, err := d.a.Tokens(v, ana)
			if len(list) != 1 || list[0].Seen == 0 || list[0].Name != "map on the wall" {
				t.Errorf("got %+v", list)
			}
			return err
		})
		if err := d.a.RevokeToken(ctx, bo, made.ID); fault.KindOf(err) != fault.Missing {
			t.Errorf("got %v, want: another person's token is missing", err)
		}
		if err := d.a.RevokeToken(ctx, ana, made.ID); err != nil {
			t.Fatal(err)
		}
		_, err = d.a.Token(ctx, text)
		want(t, err, "signin.token.unknown")
		text, _, err = d.a.Issue(ctx, ana, "sheet", signin.Write, d.c.Now()+day)
		if err != nil {
			t.Fatal(err)
		}
		d.c.Move(24 * time.Hour)
		_, err = d.a.Token(ctx, text)
		want(t, err, "signin.token.unknown")
	})
}

func TestADeskNeedsAKey(t *testing.T) {
	t.Parallel()
	_, err := signin.Open(nil, signin.Settings{Key: []byte("short"), Find: settings().Find})
	want(t, err, "signin.key")
}

// A request in a running session costs a digest and a look into memory.
func BenchmarkSession(b *testing.B) {
	ctx := context.Background()
	c := clock.Fixed(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
	st, err := store.Open(ctx, b.TempDir()+"/x.db", c, nil, []store.Source{{Name: "signin", Files: signin.Migrations}})
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	d, err := signin.Open(st, settings())
	if err != nil {
		b.Fatal(err)
	}
	if err := d.SetPassword(ctx, ana, good, ""); err != nil {
		b.Fatal(err)
	}
	token, err := d.SignIn(ctx, anaLogin, good, "", "", home)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Session(ctx, token); err != nil {
			b.Fatal(err)
		}
	}
}
