package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"yunqiao/kernel/fault"
)

// completion prints what a shell needs to complete the commands and their options.
func completion(_ context.Context, c *call) error {
	scripts := map[string]func(*call) string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}
	script := scripts[c.arg(0)]
	if script == nil {
		return usageError("app.usage.shell", fault.Args{"value": c.arg(0)})
	}
	_, err := fmt.Fprint(c.Out, script(c))
	return err
}

// optionWords are the options of a command as they are typed.
func optionWords(cmd command) []string {
	var out []string
	for _, o := range slices.Concat(cmd.opts, everywhere) {
		out = append(out, "--"+o)
	}
	return out
}

// following lists what may stand behind a first word.
func following(first string) (words []string) {
	for _, cmd := range commands() {
		if a, b, two := strings.Cut(cmd.name, " "); two && a == first {
			words = append(words, b)
		}
	}
	switch first {
	case "export", "import", "types":
		for _, k := range Types.Kinds {
			words = append(words, k.Name)
		}
	case "completion":
		words = []string{"bash", "zsh", "fish"}
	}
	return words
}

func firstWords() (words []string) {
	for _, cmd := range commands() {
		first, _, _ := strings.Cut(cmd.name, " ")
		if !slices.Contains(words, first) {
			words = append(words, first)
		}
	}
	return words
}

// byFirst gives the options of all commands that begin with a word.
func byFirst(first string) (opts []string) {
	for _, cmd := range commands() {
		if a, _, _ := strings.Cut(cmd.name, " "); a == first {
			for _, o := range optionWords(cmd) {
				if !slices.Contains(opts, o) {
					opts = append(opts, o)
				}
			}
		}
	}
	return opts
}

func bashScript(*call) string {
	var b strings.Builder
	b.WriteString("# yunqiao completion for bash\n_yunqiao() {\n\tlocal cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\" words=\"\"\n")
	b.WriteString("\tcase \"$prev\" in\n\t--data|--config|--out|--checkpoint|--save-checkpoint|--passphrase|--identity|--pack) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n")
	b.WriteString("\t--format) COMPREPLY=($(compgen -W \"csv xlsx jsonl\" -- \"$cur\")); return ;;\n\t--lang) COMPREPLY=($(compgen -W \"zh en\" -- \"$cur\")); return ;;\n\tesac\n")
	fmt.Fprintf(&b, "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\twords=\"%s help\"\n\telse\n\t\tcase \"${COMP_WORDS[1]}\" in\n", strings.Join(firstWords(), " "))
	for _, w := range firstWords() {
		fmt.Fprintf(&b, "\t\t%s) words=\"%s\" ;;\n", w, strings.Join(slices.Concat(following(w), byFirst(w)), " "))
	}
	fmt.Fprintf(&b, "\t\thelp) words=\"%s\" ;;\n\t\tesac\n\tfi\n", strings.Join(firstWords(), " "))
	b.WriteString("\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\ncomplete -o default -F _yunqiao yunqiao\n")
	return b.String()
}

func zshScript(c *call) string {
	var b strings.Builder
	b.WriteString("#compdef yunqiao\n# yunqiao completion for zsh\n_yunqiao() {\n\tlocal -a first\n\tfirst=(\n")
	for _, w := range firstWords() {
		what := ""
		for _, cmd := range commands() {
			if a, _, _ := strings.Cut(cmd.name, " "); a == w && what == "" {
				what = c.Say("app.command." + cmd.key())
			}
		}
		fmt.Fprintf(&b, "\t\t'%s:%s'\n", w, strings.NewReplacer("'", "'\\''", ":", "\\:").Replace(what))
	}
	b.WriteString("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe 'yunqiao' first\n\t\treturn\n\tfi\n\tcase \"$words[2]\" in\n")
	for _, w := range firstWords() {
		fmt.Fprintf(&b, "\t%s) compadd -- %s ;;\n", w, strings.Join(slices.Concat(following(w), byFirst(w)), " "))
	}
	b.WriteString("\tesac\n\t_files\n}\ncompdef _yunqiao yunqiao\n")
	return b.String()
}

func fishScript(c *call) string {
	var b strings.Builder
	b.WriteString("# yunqiao completion for fish\n")
	quoted := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'" }
	for _, cmd := range commands() {
		first, second, two := strings.Cut(cmd.name, " ")
		word, cond := first, "__fish_use_subcommand"
		if two {
			fmt.Fprintf(&b, "complete -c yunqiao -n __fish_use_subcommand -a %s\n", first)
			word, cond = second, "__fish_seen_subcommand_from "+first
		}
		fmt.Fprintf(&b, "complete -c yunqiao -n %s -a %s -d %s\n", quoted(cond), word, quoted(c.Say("app.command."+cmd.key())))
		for _, o := range slices.Concat(cmd.opts, everywhere) {
			value := ""
			if options[o] != "" {
				value = " -r"
			}
			fmt.Fprintf(&b, "complete -c yunqiao -n %s -l %s%s -d %s\n", quoted("__fish_seen_subcommand_from "+word), o, value,
				quoted(c.Say("app.option."+strings.ReplaceAll(o, "-", "_"))))
		}
	}
	return b.String()
}

// Commands lists the names of the commands.
func Commands() []string {
	var names []string
	for _, cmd := range commands() {
		names = append(names, cmd.name)
	}
	return names
}
