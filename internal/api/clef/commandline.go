package clef

import (
	"strconv"
	"strings"
	"time"

	"strongroom/internal/fault"
)

// values are the options as given, by name. Of one that repeats the last counts.
type values map[string]string

// bounds of a command line, so that nothing absurd is kept.
const (
	maxArguments   = 1000
	maxArgumentLen = 64 << 10
)

// parseCommandLine reads the arguments after the program's name: options with one
// dash or two, before, between and after the words, and the words that are left: the
// command and its arguments. "--" ends the options. Errors are in the peer's words.
// What was understood before an error is returned with it.
func parseCommandLine(all []option, args []string) (given values, words []string, err error) {
	given = values{}
	if len(args) > maxArguments {
		return given, nil, fault.Invalid.New("more than %d arguments", maxArguments)
	}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if strings.ContainsRune(arg, 0) || len(arg) > maxArgumentLen {
			return given, words, fault.Invalid.New("an argument is too long or has a zero byte")
		}
		if arg == "--" {
			return given, append(words, args...), nil
		}
		if len(arg) < 2 || arg[0] != '-' {
			words = append(words, arg)
			continue
		}
		name := strings.TrimPrefix(arg[1:], "-")
		name, value, inline := strings.Cut(name, "=")
		if name == "" || name[0] == '-' {
			return given, words, fault.Invalid.New("bad flag syntax: %s", arg)
		}
		o := find(all, name)
		switch {
		case o == nil:
			return given, words, fault.Invalid.New("flag provided but not defined: -%s", name)
		case !inline && o.kind == switchOption:
			value = "true"
		case !inline && len(args) == 0:
			return given, words, fault.Invalid.New("flag needs an argument: -%s", name)
		case !inline:
			value, args = args[0], args[1:]
		}
		if err := o.check(name, value); err != nil {
			return given, words, err
		}
		given[o.name] = value
	}
	return given, words, nil
}

// check refuses what is no value of the option; spelling is how it was called.
func (o *option) check(spelling, value string) error {
	var err error
	switch o.kind {
	case numberOption:
		_, err = strconv.ParseInt(value, 0, 64)
	case durationOption:
		_, err = time.ParseDuration(value)
	case switchOption:
		if _, err := strconv.ParseBool(value); err != nil {
			return fault.Invalid.New("invalid boolean value %q for -%s: parse error", value, spelling)
		}
	}
	if err != nil || strings.ContainsRune(value, 0) || len(value) > maxArgumentLen {
		return fault.Invalid.New("invalid value %.100q for flag -%s: parse error", value, spelling)
	}
	return nil
}

// has reports whether an option was given.
func (v values) has(name string) bool {
	_, given := v[name]
	return given
}

// text is the value of an option or its default.
func (v values) text(all []option, name string) string {
	if value, given := v[name]; given {
		return value
	}
	return find(all, name).fallback
}

// number is that of an option whose default is a number; what was given is one.
func (v values) number(all []option, name string) int64 {
	n, _ := strconv.ParseInt(v.text(all, name), 0, 64)
	return n
}

func (v values) on(all []option, name string) bool {
	on, _ := strconv.ParseBool(v.text(all, name))
	return on
}
