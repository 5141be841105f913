package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"yunqiao/kernel/clock"
	"yunqiao/kernel/fault"
	"yunqiao/kernel/store"
	"yunqiao/kernel/translate"
)

// Terminal is what the program was called with: arguments, environment, and where it reads and writes.
type Terminal struct {
	Args, Environ []string
	In            io.Reader
	Out, Err      io.Writer
}

// The exit codes of the program.
const (
	exitDone  = 0 // done, or the answer is yes
	exitNot   = 1 // not done, or the answer is no
	exitUsage = 2 // the arguments were not understood
)

// errNo ends a command whose answer, already given, is no.
var errNo = errors.New("the answer is no")

// command is one thing the program does when it is called.
type command struct {
	name     string   // one word or two
	args     []string // what stands behind the name, in capitals; [] around what may be left out
	opts     []string // names of options
	examples [][2]string
	run      func(ctx context.Context, c *call) error
}

// key is the beginning of the command's phrases.
func (c command) key() string { return strings.ReplaceAll(c.name, " ", "_") }

// options gives every option with the word for its value; "" for one that has none.
var options = map[string]string{
	"from": "DAY", "to": "DAY", "by": "DAYS",
	"lang": "zh|en", "help": "", "json": "", "data": "DIR", "config": "FILE", "pack": "NAME|DIR", "listen": "ADDRESS",
	"dry-run": "", "map": "FIELD=COLUMN", "format": "csv|xlsx|jsonl", "valid-on": "DAY", "known-on": "DAY", "out": "FILE",
	"checkpoint": "FILE", "save-checkpoint": "FILE", "record": "TYPE", "passphrase": "FILE", "recipient": "KEY",
	"key": "KEY", "identity": "FILE", "plain": "", "name-zh": "TEXT", "name-en": "TEXT", "unit": "CODE", "role": "ROLE", "password-stdin": "",
}

// everywhere are the options of every command.
var everywhere = []string{"lang", "help"}

// opening are the options of the commands that open an office.
var opening = []string{"data", "config", "pack"}

func with(more ...string) []string { return append(slices.Clone(opening), more...) }

// commands lists what the program does, in the order in which a newcomer meets it.
func commands() []command {
	return []command{
		{"demo", nil, []string{"listen", "data", "pack", "config", "json"}, [][2]string{
			{"yunqiao demo", "app.example.demo"}, {"yunqiao demo --listen 127.0.0.1:9000 --data /tmp/try", "app.example.demo_there"}}, demo},
		{"serve", nil, with("listen"), [][2]string{{"yunqiao serve --data /var/lib/yunqiao --listen 127.0.0.1:8080", "app.example.serve"}}, serve},
		{"init", nil, with("json"), [][2]string{{"yunqiao init --pack mini --data ./office", "app.example.init"}}, initialise},
		{"migrate", nil, with("json"), [][2]string{{"yunqiao migrate --data ./office", "app.example.migrate"}}, migrate},
		{"redate", nil, with("from", "to", "by", "json"), [][2]string{
			{"yunqiao redate --from 2026-11-20 --to 2026-11-23 --by 1 --data ./office", "app.example.redate"}}, redate},
		{"figure", []string{"[KEY]"}, with("valid-on", "known-on", "json"), [][2]string{
			{"yunqiao figure --data ./data-demo", "app.example.figure_keys"},
			{"yunqiao figure sister.pairs --valid-on 2022-08-15 --data ./data-demo --json", "app.example.figure"}}, figure},
		{"verify", []string{"[ID]"}, with("checkpoint", "save-checkpoint", "record", "out", "json"), [][2]string{
			{"yunqiao verify --data ./office", "app.example.verify"},
			{"yunqiao verify --save-checkpoint today.txt --data ./office", "app.example.verify_save"},
			{"yunqiao verify --checkpoint last-year.txt --data ./office", "app.example.verify_older"},
			{"yunqiao verify --record place pl-1 --out proof.json --data ./office", "app.example.verify_record"}}, verify},
		{"package", []string{"FILE"}, []string{"key", "json"}, [][2]string{{"yunqiao package channel.zip --key MCowBQ…", "app.example.package"}}, checkPackage},
		{"import", []string{"TYPE", "FILE"}, with("dry-run", "map", "json"), [][2]string{
			{"yunqiao import consulate list.xlsx --dry-run --data ./office", "app.example.import_dry"},
			{"yunqiao import place places.csv --map name.en=City --data ./office", "app.example.import"}}, importSheet},
		{"export", []string{"TYPE"}, with("format", "valid-on", "known-on", "out", "json"), [][2]string{
			{"yunqiao export tie --format xlsx --out ties.xlsx --data ./office", "app.example.export"},
			{"yunqiao export place --valid-on 2022-08-15 --data ./office", "app.example.export_then"}}, export},
		{"rules test", nil, []string{"pack", "data", "config", "json"}, [][2]string{
			{"yunqiao rules test --pack mini", "app.example.rules"}}, rulesTest},
		{"user add", []string{"LOGIN"}, with("name-zh", "name-en", "unit", "role", "password-stdin", "json"), [][2]string{
			{"yunqiao user add li.na --name-en 'Li Na' --unit shore --role officer --data ./office", "app.example.user_add"}}, userAdd},
		{"user password", []string{"LOGIN"}, with("password-stdin", "json"), [][2]string{
			{"yunqiao user password li.na --data ./office", "app.example.user_password"}}, userPassword},
		{"user list", nil, with("json"), [][2]string{{"yunqiao user list --data ./office", "app.example.user_list"}}, userList},
		{"user lock", []string{"LOGIN"}, with("json"), [][2]string{{"yunqiao user lock li.na --data ./office", "app.example.user_lock"}}, userLock},
		{"backup", nil, with("out", "passphrase", "recipient", "plain", "json"), [][2]string{
			{"yunqiao backup --out monday.age --recipient age1… --data ./office", "app.example.backup"},
			{"yunqiao backup --out monday.age --passphrase secret.txt --data ./office", "app.example.backup_pass"}}, backup},
		{"restore", []string{"FILE"}, []string{"data", "config", "passphrase", "identity", "json"}, [][2]string{
			{"yunqiao restore monday.age --data ./again --passphrase secret.txt", "app.example.restore"}}, restore},
		{"doctor", nil, with("json"), [][2]string{{"yunqiao doctor --data ./office", "app.example.doctor"}}, doctor},
		{"types", []string{"[TYPE]"}, []string{"json"}, [][2]string{{"yunqiao types tie", "app.example.types"}}, listTypes},
		{"routes", nil, []string{"pack", "json"}, [][2]string{{"yunqiao routes", "app.example.routes"}}, listRoutes},
		{"completion", []string{"bash|zsh|fish"}, nil, [][2]string{
			{"yunqiao completion bash > /etc/bash_completion.d/yunqiao", "app.example.completion"}}, completion},
		{"version", nil, []string{"json"}, [][2]string{{"yunqiao version", "app.example.version"}}, version},
	}
}

// call is one run of a command.
type call struct {
	Terminal
	cmd command
	// group is the first word of commands of two, when only that was said.
	group string
	lang  translate.Lang
	book  *translate.Book
	args  []string
	vals  map[string][]string
}

func (c *call) has(opt string) bool { return len(c.vals[opt]) > 0 }

func (c *call) val(opt string) string {
	if v := c.vals[opt]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

func (c *call) arg(i int) string {
	if i < len(c.args) {
		return c.args[i]
	}
	return ""
}

// Say gives a phrase in the reader's language.
func (c *call) Say(key string, pairs ...any) string { return c.book.Say(c.lang, key, pairs...) }

// answer gives v as JSON if that is asked for, or else the lines.
func (c *call) answer(v any, lines ...string) error {
	if !c.has("json") {
		for _, l := range lines {
			fmt.Fprintln(c.Out, l)
		}
		return nil
	}
	e := json.NewEncoder(c.Out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// usageError says what was not understood.
func usageError(key string, args fault.Args) error {
	return &misused{fault.New(fault.Invalid, key, args)}
}

type misused struct{ found *fault.Error }

// Error gives the text for logs.
func (m *misused) Error() string { return m.found.Error() }

// Unwrap gives the finding.
func (m *misused) Unwrap() error { return m.found }

// Run does what the arguments say and gives the exit code. It stops when the context ends.
func Run(ctx context.Context, t Terminal) int {
	c := &call{Terminal: t, lang: langOf(t)}
	var err error
	if c.book, err = Phrases(); err != nil {
		fmt.Fprintln(t.Err, err)
		return exitNot
	}
	if err := c.parse(); err != nil {
		c.explain(err)
		fmt.Fprintln(t.Err)
		c.help(t.Err)
		return exitUsage
	}
	if c.cmd.run == nil || c.has("help") {
		c.help(t.Out)
		return exitDone
	}
	err = c.cmd.run(ctx, c)
	switch _, misuse := errors.AsType[*misused](err); {
	case err == nil:
		return exitDone
	case errors.Is(err, errNo):
		return exitNot
	case misuse:
		c.explain(err)
		fmt.Fprintln(t.Err)
		c.help(t.Err)
		return exitUsage
	}
	c.explain(err)
	return exitNot
}

// langOf takes the language from --lang, wherever it stands, or else from the environment.
func langOf(t Terminal) translate.Lang {
	env := map[string]string{}
	for _, e := range t.Environ {
		k, v, _ := strings.Cut(e, "=")
		env[k] = v
	}
	said := ""
	for _, k := range []string{"LANG", "LC_MESSAGES", "LC_ALL"} { // the later overrules the earlier
		if env[k] != "" {
			said = env[k]
		}
	}
	for i, a := range t.Args {
		name, v, joined := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if name == "lang" && strings.HasPrefix(a, "-") {
			if !joined && i+1 < len(t.Args) {
				v = t.Args[i+1]
			}
			said = v
		}
	}
	if strings.HasPrefix(strings.ToLower(said), "zh") {
		return "zh"
	}
	return "en"
}

// parse finds the command and takes its arguments and options apart; they may stand in any order.
func (c *call) parse() error {
	c.vals = map[string][]string{}
	var words []string
	rest := c.Terminal.Args
	for i := 0; i < len(rest); i++ {
		a := rest[i]
		if a == "--" {
			words = append(words, rest[i+1:]...)
			break
		}
		if len(a) < 2 || a[0] != '-' {
			words = append(words, a)
			continue
		}
		name, value, joined := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if name == "h" {
			name = "help"
		}
		what, known := options[name]
		switch {
		case !known:
			c.find(words)
			return usageError("app.usage.option", fault.Args{"option": a})
		case what == "" && joined:
			return usageError("app.usage.no_value", fault.Args{"option": name})
		case what != "" && !joined:
			if i++; i == len(rest) || strings.HasPrefix(rest[i], "--") {
				c.find(words)
				return usageError("app.usage.value", fault.Args{"option": name, "value": what})
			}
			value = rest[i]
		}
		if what == "" {
			value = "yes"
		}
		c.vals[name] = append(c.vals[name], value)
	}
	if len(words) > 0 && words[0] == "help" {
		words = words[1:]
		c.vals["help"] = []string{"yes"}
	}
	if len(words) == 0 {
		return nil
	}
	if !c.find(words) {
		if all := under(words[0]); len(all) > 0 {
			c.group = words[0]
			if c.has("help") && len(words) == 1 {
				return nil
			}
			return usageError("app.usage.group", fault.Args{"name": words[0], "all": strings.Join(all, ", ")})
		}
		return usageError("app.usage.command", fault.Args{"name": strings.Join(words[:min(2, len(words))], " ")})
	}
	return c.fits()
}

// under lists the second words of the commands that begin with a word.
func under(word string) (all []string) {
	for _, cmd := range commands() {
		if second, ok := strings.CutPrefix(cmd.name, word+" "); ok {
			all = append(all, second)
		}
	}
	return all
}

// find looks for the command that the words begin with; what follows are its arguments.
func (c *call) find(words []string) bool {
	for n := min(2, len(words)); n > 0; n-- {
		for _, cmd := range commands() {
			if cmd.name == strings.Join(words[:n], " ") {
				c.cmd, c.args = cmd, words[n:]
				return true
			}
		}
	}
	return false
}

// fits holds options and arguments to what the command takes.
func (c *call) fits() error {
	if c.has("help") {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.vals)) {
		if !slices.Contains(c.cmd.opts, name) && !slices.Contains(everywhere, name) {
			return usageError("app.usage.option_here", fault.Args{"option": name, "command": c.cmd.name})
		}
	}
	if l := c.val("lang"); l != "" && l != "zh" && l != "en" {
		return usageError("app.usage.lang", fault.Args{"value": l})
	}
	least := 0
	for _, a := range c.cmd.args {
		if !strings.HasPrefix(a, "[") {
			least++
		}
	}
	switch {
	case len(c.args) < least:
		return usageError("app.usage.missing", fault.Args{"what": c.cmd.args[len(c.args)]})
	case len(c.args) > len(c.cmd.args):
		return usageError("app.usage.surplus", fault.Args{"what": c.args[len(c.cmd.args)]})
	}
	return nil
}

// explain says what went wrong: on the error output as sentences, and with --json as an object too.
func (c *call) explain(err error) {
	found := fault.All(err)
	var lines []string
	for _, f := range found {
		if f.Key == "" {
			continue
		}
		text := c.book.SayMap(c.lang, f.Key, f.Args)
		if f.Field != "" {
			text = f.Field + ": " + text
		}
		lines = append(lines, text)
	}
	if key := store.Ailment(err); key != "" {
		lines = append(lines, c.Say(key))
	} else if fault.KindOf(err) == fault.Defect || len(lines) == 0 || !c.book.Has(c.lang, found[0].Key) {
		lines = append(lines, c.Say("app.defect", "error", err))
	}
	// What ails the database ails each of its parts: it is said once.
	seen := map[string]bool{}
	for _, l := range lines {
		if !seen[l] {
			fmt.Fprintln(c.Err, l)
		}
		seen[l] = true
	}
	if c.has("json") {
		type problem struct {
			Kind string   `json:"kind"`
			Key  string   `json:"key,omitempty"`
			Text []string `json:"text"`
		}
		p := problem{Kind: fault.KindOf(err).String(), Text: lines}
		if len(found) > 0 {
			p.Key = found[0].Key
		}
		_ = c.answer(map[string]problem{"error": p}) // a terminal that went away needs no answer
	}
}

// help shows what the program does, or what one command does.
func (c *call) help(w io.Writer) {
	if c.cmd.name == "" {
		fmt.Fprintf(w, "%s\n\n  yunqiao %s\n\n", c.Say("app.help.what"), strings.TrimSpace(c.group+" "+c.Say("app.help.form")))
		for _, cmd := range commands() {
			if c.group != "" && !strings.HasPrefix(cmd.name, c.group+" ") {
				continue
			}
			fmt.Fprintf(w, "  %-14s  %s\n", cmd.name, c.Say("app.command."+cmd.key()))
		}
		examples := []string{"yunqiao demo", "yunqiao help figure"}
		if c.group != "" {
			examples = []string{"yunqiao help " + c.group + " " + under(c.group)[0]}
		}
		fmt.Fprintf(w, "\n%s\n  %s\n\n%s\n", c.Say("app.help.examples"), strings.Join(examples, "\n  "), c.Say("app.help.exit"))
		return
	}
	fmt.Fprintf(w, "yunqiao %s: %s\n\n  yunqiao %s\n\n", c.cmd.name, c.Say("app.command."+c.cmd.key()),
		strings.Join(slices.Concat([]string{c.cmd.name}, c.cmd.args, []string{c.Say("app.help.options")}), " "))
	if key := "app.more." + c.cmd.key(); c.book.Has(c.lang, key) {
		fmt.Fprintf(w, "%s\n\n", c.Say(key))
	}
	for _, o := range slices.Concat(c.cmd.opts, everywhere) {
		form := "--" + o
		if options[o] != "" {
			form += " " + options[o]
		}
		fmt.Fprintf(w, "  %-24s  %s\n", form, c.Say("app.option."+strings.ReplaceAll(o, "-", "_")))
	}
	fmt.Fprintf(w, "\n%s\n", c.Say("app.help.examples"))
	for _, e := range c.cmd.examples {
		fmt.Fprintf(w, "  # %s\n  %s\n", c.Say(e[1]), e[0])
	}
}

// config reads the settings for the command: the file, the environment, and over them what was said.
func (c *call) config() (Config, error) {
	cfg, err := ReadConfig(c.val("config"), c.Environ)
	if err != nil {
		return cfg, err
	}
	c.overrule(&cfg)
	return cfg, cfg.check()
}

func (c *call) overrule(cfg *Config) {
	for opt, at := range map[string]*string{"data": &cfg.Data, "pack": &cfg.Pack, "listen": &cfg.Listen} {
		if c.has(opt) {
			*at = c.val(opt)
		}
	}
}

// logger writes to the error output what the settings ask for.
func (c *call) logger(cfg Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(c.Err, &slog.HandlerOptions{Level: level}))
}

// quiet is the log of commands that only answer: what matters they say themselves.
func (c *call) quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(c.Err, &slog.HandlerOptions{Level: slog.LevelError}))
}

// own opens the office for this process alone.
func (c *call) own(ctx context.Context, f func(a *App) error) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	if cfg.Database == "" {
		if _, ok, err := readPlace(cfg.Data); err != nil || !ok {
			return errors.Join(err, fault.New(fault.Invalid, "app.place.empty", fault.Args{"path": cfg.Data}))
		}
	}
	return use(f)(Open(ctx, cfg, c.quiet()))
}

// beside opens the office to read it.
func (c *call) beside(ctx context.Context, f func(a *App) error) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	return use(f)(Attach(ctx, cfg, c.quiet()))
}

func use(f func(a *App) error) func(a *App, err error) error {
	return func(a *App, err error) error {
		if err != nil {
			return err
		}
		return errors.Join(f(a), a.Close())
	}
}

// days reads --valid-on and --known-on. Known on a day means at its end, and on a day that is not over yet, by the clock of
// the office or of this machine, it means now.
func (c *call) days(cl *clock.Clock) (at store.AsOf, err error) {
	at.ValidOn = cl.Today()
	if s := c.val("valid-on"); s != "" {
		if at.ValidOn, err = clock.ParseDay(s); err != nil {
			return at, usageError("app.usage.day", fault.Args{"value": s})
		}
	}
	if s := c.val("known-on"); s != "" {
		d, err := clock.ParseDay(s)
		if err != nil {
			return at, usageError("app.usage.day", fault.Args{"value": s})
		}
		if end := cl.EndOf(d); end < cl.Now() && time.UnixMilli(cl.Now()).Local().Format(time.DateOnly) != d.String() {
			at.KnownOn = end
		}
	}
	return at, nil
}
