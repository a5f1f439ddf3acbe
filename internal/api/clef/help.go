package clef

import (
	"fmt"
	"strings"
)

// PeerVersion is the release of the peer whose behaviour this is. Programs read it from
// --version.
const PeerVersion = "1.17.0-stable"

// headings are those of the groups of options in the help.
var headings = [...]struct {
	group group
	title string
}{
	{signerOptions, "SIGNER"}, {accountOptions, "ACCOUNT"}, {apiOptions, "API"}, {ownOptions, "STRONGROOM"}, {miscOptions, "MISC"},
}

// help is what --help prints.
func help(all []option) string {
	var b strings.Builder
	b.WriteString("NAME:\n   Clef - Ethereum account management and signing, by strongroom\n\n" +
		"USAGE:\n   Clef [global options] command [command options]\n\n" +
		"VERSION:\n   " + PeerVersion + "\n\nCOMMANDS:\n")
	for _, c := range commands() {
		writeHelp(&b, c.name, c.about)
	}
	writeHelp(&b, "help, h", "Show a list of commands, or help for one command")
	b.WriteString("\nGLOBAL OPTIONS:\n")
	for _, h := range headings {
		b.WriteString("   " + h.title + "\n")
		for _, o := range all {
			if o.group == h.group {
				writeHelp(&b, o.usage(), o.about)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// help is what the help of a command prints.
func (c *command) help(all []option) string {
	var b strings.Builder
	usage := strings.TrimSpace("Clef " + c.name + " [command options] " + c.arguments)
	fmt.Fprintf(&b, "NAME:\n   Clef %s - %s\n\nUSAGE:\n   %s\n\nOPTIONS:\n", c.name, c.about, usage)
	for _, name := range c.options {
		o := find(all, name)
		writeHelp(&b, o.usage(), o.about)
	}
	writeHelp(&b, find(all, optHelp).usage(), find(all, optHelp).about)
	b.WriteString("\nAll global options are understood here, too.\n")
	return b.String()
}

// usage is how an option is written, with what it is by default.
func (o *option) usage() string {
	text := "--" + o.name
	if o.short != "" {
		text += ", -" + o.short
	}
	if o.kind != switchOption {
		text += " value"
	}
	switch {
	case o.fallback == "":
	case o.kind == textOption:
		text += fmt.Sprintf(" (default: %q)", o.fallback)
	default:
		text += fmt.Sprintf(" (default: %s)", o.fallback)
	}
	return text
}

// writeHelp writes a term and, below it, what it means in lines of 80 columns.
func writeHelp(b *strings.Builder, term, about string) {
	b.WriteString("    " + term + "\n")
	line := "         "
	for word := range strings.FieldsSeq(about) {
		if len(line)+1+len(word) > 80 {
			b.WriteString(line + "\n")
			line = "         "
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}

// notice is shown at start, in place of the peer's legal notice.
const notice = `
NOTICE

This program holds the keys of accounts and signs with them. A signature
cannot be taken back. Whoever can read your keys, your passwords or your
recovery data can move everything that they protect.

- Do not answer requests that you do not understand.
- Keep copies of your key files, of the master seed and of their passwords,
  in separate places. Nobody can restore them for you.
- There is no warranty of any kind.
`

// seedAdvice is shown when a master seed was made.
const seedAdvice = `
It is needed, with its password, to read the stored passwords of key files and
the storage of rules:
* Keep a copy of the file and of the password, each in a place of its own.
* It does not hold the keys of any account: those are in the key store, which
  needs copies of its own.
`

// keyAdvice is shown when a key was imported.
const keyAdvice = `
Keep a copy of the key file, and its password in another place. Without both
nobody can use the account. Remove the file that it was imported from, safely.`
