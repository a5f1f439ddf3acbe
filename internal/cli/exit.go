package cli

import (
	"errors"
	"fmt"
	"strings"

	"strongroom/internal/fault"
)

// The exit statuses. They are an interface: scripts branch on them.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitPassword    = 3
	exitDenied      = 4
	exitNotFound    = 5
	exitConflict    = 6
	exitDaemon      = 7
	exitStorage     = 8
	exitCorrupt     = 9
	exitInterrupted = 130
)

// exitAbout describes the statuses in help texts and manuals, in order.
var exitAbout = [...]struct {
	code  int
	about string
}{
	{exitOK, "success"},
	{exitFailure, "any other failure"},
	{exitUsage, "the command line is wrong"},
	{exitPassword, "wrong password, or the wallet is locked"},
	{exitDenied, "the rules, or the modes of a file, do not allow it"},
	{exitNotFound, "no such wallet, key, account or data directory"},
	{exitConflict, "it exists already, or changed in the meantime"},
	{exitDaemon, "no daemon runs, or another one does"},
	{exitStorage, "the disk or the store failed"},
	{exitCorrupt, "stored data fails its check"},
	{exitInterrupted, "interrupted"},
}

func exitTable() string {
	var b strings.Builder
	for _, e := range exitAbout {
		fmt.Fprintf(&b, "  %3d  %s\n", e.code, e.about)
	}
	return b.String()
}

// trouble is an error of the command line itself, which the kinds of the core
// do not know.
type trouble struct {
	code int
	kind string // as it stands in the JSON of a failure
	text string
	hint string
}

func (t *trouble) Error() string { return t.text }

func usage(format string, args ...any) *trouble {
	return &trouble{code: exitUsage, kind: "usage", text: fmt.Sprintf(format, args...)}
}

func (t *trouble) withHint(format string, args ...any) *trouble {
	c := *t
	c.hint = fmt.Sprintf(format, args...)
	return &c
}

// usageFault makes a usage error of one that cobra found.
func usageFault(err error) error {
	if _, ours := errors.AsType[*trouble](err); ours {
		return err
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return usage("%s", text)
}

func interrupted(err error) error {
	if _, ours := errors.AsType[*trouble](err); ours {
		return err
	}
	return &trouble{code: exitInterrupted, kind: "interrupted", text: "interrupted"}
}

// otherExit is the status of a program that already said all it has to say.
type otherExit int

func (e otherExit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// exitCode is the one translation of errors to exit statuses.
func exitCode(err error) int {
	if e, ok := errors.AsType[otherExit](err); ok {
		return int(e)
	}
	if t, ok := errors.AsType[*trouble](err); ok {
		return t.code
	}
	switch fault.KindOf(err) {
	case fault.WrongPassword, fault.Locked, fault.UnknownSession, fault.SessionExpired:
		return exitPassword
	case fault.Denied, fault.Unauthenticated:
		return exitDenied
	case fault.UnknownWallet, fault.UnknownKey, fault.UnknownAccount:
		return exitNotFound
	case fault.WalletExists, fault.KeyExists, fault.AmbiguousWallet, fault.Conflict:
		return exitConflict
	case fault.Storage:
		return exitStorage
	case fault.Corrupt:
		return exitCorrupt
	}
	return exitFailure
}
