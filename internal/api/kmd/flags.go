package kmd

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"strongroom/internal/fault"
)

// commandLine is the peer's command line (§1.1).
type commandLine struct {
	dir     string
	timeout time.Duration // 0: never
	help    bool
}

// flagNames maps each spelling to a flag. The long name of -t is misspelt, and
// scripts know it that way.
var flagNames = map[string]string{
	"-d": "data-dir", "--data-dir": "data-dir",
	"-t": "timout-secs", "--timout-secs": "timout-secs",
	"-h": "help", "--help": "help",
}

const usage = `Usage:
  kmd [flags]

Flags:
  -d, --data-dir string    kmd data directory.
  -h, --help               help for kmd
  -t, --timout-secs uint   Number of seconds that kmd will run for before termination.
`

// maxTimeout bounds -t, so that it fits the clock.
const maxTimeout = 100 * 365 * 24 * time.Hour

// parseCommandLine reads the arguments after the program's name. Positional
// arguments are ignored, as the peer ignores them.
func parseCommandLine(args []string) (c commandLine, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			break
		}
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			continue
		}
		name, value, inline := splitFlag(arg)
		flag, known := flagNames[name]
		switch {
		case !known && strings.HasPrefix(arg, "--"):
			return c, fault.Invalid.New("unknown flag: %s", name)
		case !known:
			return c, fault.Invalid.New("unknown shorthand flag: %q in %s", name[1:], arg)
		case flag == "help":
			c.help = true
			return c, nil
		}
		if !inline {
			if len(args) == 0 {
				return c, fault.Invalid.New("flag needs an argument: %s", arg)
			}
			value, args = args[0], args[1:]
		}
		if flag == "data-dir" {
			c.dir = value
			continue
		}
		seconds, err := strconv.ParseUint(value, 10, 64)
		if err != nil {
			return c, fault.Invalid.New("invalid argument %q for \"-t, --timout-secs\" flag: not a number of seconds", value)
		}
		c.timeout = maxTimeout
		if seconds < uint64(maxTimeout/time.Second) {
			c.timeout = time.Duration(seconds) * time.Second
		}
	}
	if c.dir == "" {
		return c, fault.Invalid.New(`required flag(s) "data-dir" not set`)
	}
	return c, nil
}

// splitFlag takes a value out of --name=value, -nvalue and -n=value.
func splitFlag(arg string) (name, value string, inline bool) {
	if strings.HasPrefix(arg, "--") {
		return strings.Cut(arg, "=")
	}
	name, value = arg[:2], arg[2:]
	return name, strings.TrimPrefix(value, "="), value != ""
}

// writeManual writes the manual pages into a folder: one for man, one to read.
func writeManual(folder string) error {
	man := `.TH KMD 1 "" "Strongroom" "User Commands"
.SH NAME
kmd \- key management daemon for Algorand
.SH SYNOPSIS
.B kmd
.B \-d
.I DIR
[\fB\-t\fR \fISECONDS\fR]
.SH DESCRIPTION
Serves the HTTP API of Algorand's key management daemon from a data directory.
It stays in the foreground and writes to kmd.log in that directory.
.SH OPTIONS
.TP
\fB\-d\fR, \fB\-\-data\-dir\fR \fIDIR\fR
Data directory. It must exist.
.TP
\fB\-t\fR, \fB\-\-timout\-secs\fR \fISECONDS\fR
End after this long without an accepted request; 0 means never.
.TP
\fB\-h\fR, \fB\-\-help\fR
Show the usage.
.SH EXIT STATUS
` + exitTable(".TP\n%d\n%s\n")
	markdown := "# kmd\n\nKey management daemon for Algorand.\n\n```\n" + usage + "```\n\n## Exit status\n\n" + exitTable("- %d: %s\n")
	for name, text := range map[string]string{"kmd.1": man, "kmd.md": markdown} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return fmt.Errorf("write the manual: %w", err)
		}
	}
	return nil
}

// The exit statuses of §1.1. goal knows that 4 means another kmd is running.
const (
	exitOK = iota
	exitUsage
	exitLog
	exitStart
	exitLocked
)

func exitTable(format string) string {
	var b strings.Builder
	for status, about := range []string{
		exitOK:     "ended by a signal or by the idle timeout",
		exitUsage:  "bad flags, or no data directory named",
		exitLog:    "the log file cannot be opened, for instance because the data directory does not exist",
		exitStart:  "any other failure to start",
		exitLocked: "another kmd runs on this data directory",
	} {
		fmt.Fprintf(&b, format, status, about)
	}
	return b.String()
}
