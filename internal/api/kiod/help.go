package kiod

import (
	"fmt"
	"strings"
)

const (
	helpColumn = 40 // where descriptions begin
	helpWidth  = 80
)

// help is what --help prints: the options in the peer's groups.
func (p Program) help() string {
	var b strings.Builder
	b.WriteString("Application Options:\n")
	for _, g := range []group{httpOptions, walletOptions, applicationOptions, commandOptions} {
		switch g {
		case applicationOptions:
			b.WriteString("\nApplication Config Options:\n")
		case commandOptions:
			b.WriteString("\nApplication Command Line Options:\n")
		default:
			fmt.Fprintf(&b, "\nConfig Options for %s:\n", p.plugin(g))
		}
		for _, o := range p.options() {
			if o.group == g {
				writeHelp(&b, o)
			}
		}
	}
	return b.String()
}

// writeHelp writes one option: its spellings, what it takes, and the description
// in a column of its own.
func writeHelp(b *strings.Builder, o option) {
	head := "  "
	if o.short != 0 {
		head += fmt.Sprintf("-%c [ --%s ]", o.short, o.name)
	} else {
		head += "--" + o.name
	}
	if o.kind != flagOption && o.kind != actionOption {
		head += " arg"
		if o.fallback != "" {
			head += " (=" + o.fallback + ")"
		}
	}
	if len(head) >= helpColumn {
		b.WriteString(head + "\n")
		head = ""
	}
	line := fmt.Sprintf("%-*s", helpColumn, head)
	for _, word := range strings.Fields(o.about) {
		if len(line)+len(word) > helpWidth && len(strings.TrimSpace(line)) > 0 {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = strings.Repeat(" ", helpColumn)
		}
		line += word + " "
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}

// defaultConfig is the text of a new config.ini (§1.1), which --print-default-config
// prints too.
func (p Program) defaultConfig() string {
	var b strings.Builder
	for _, o := range p.options() {
		if o.group == commandOptions {
			continue
		}
		fmt.Fprintf(&b, "# %s (%s)\n# %s =", o.about, p.plugin(o.group), o.name)
		if o.fallback != "" {
			b.WriteString(" " + o.fallback)
		}
		b.WriteString("\n\n")
	}
	return b.String()
}
