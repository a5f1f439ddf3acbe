package kiod

import (
	"bytes"
	"strconv"
	"strings"

	"strongroom/internal/fault"
)

// values are the options as given, by name. An option that repeats has several.
type values map[string][]string

// parseCommandLine reads the arguments after the program's name: --name value,
// --name=value, -d value, -dvalue, -d=value. Errors are in the peer's words.
func parseCommandLine(all []option, args []string) (values, error) {
	given := values{}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		o, value, inline := splitArgument(all, arg)
		switch {
		case !strings.HasPrefix(arg, "-") || arg == "-" || arg == "--":
			return nil, fault.Invalid.New("too many positional options have been specified on the command line")
		case o == nil:
			name, _, _ := strings.Cut(arg, "=")
			return nil, fault.Invalid.New("unrecognised option '%s'", name)
		case o.kind == actionOption && inline:
			return nil, fault.Invalid.New("option '--%s' does not take any arguments", o.name)
		case o.kind == actionOption, o.kind == flagOption && !inline:
			value = "true"
		case !inline:
			if len(args) == 0 || isOption(all, args[0]) {
				return nil, fault.Invalid.New("the required argument for option '--%s' is missing", o.name)
			}
			value, args = args[0], args[1:]
		}
		if err := given.add(o, value); err != nil {
			return nil, err
		}
	}
	return given, nil
}

// splitArgument finds the option of an argument and the value in it, if any.
func splitArgument(all []option, arg string) (o *option, value string, inline bool) {
	if name, ok := strings.CutPrefix(arg, "--"); ok {
		name, value, inline = strings.Cut(name, "=")
		return find(all, name), value, inline
	}
	if len(arg) < 2 || arg[0] != '-' {
		return nil, "", false
	}
	for i := range all {
		if all[i].short == arg[1] && arg[1] != 0 {
			return &all[i], strings.TrimPrefix(arg[2:], "="), len(arg) > 2
		}
	}
	return nil, "", false
}

// isOption reports whether an argument is a known option, and so no value.
func isOption(all []option, arg string) bool {
	o, _, _ := splitArgument(all, arg)
	return o != nil
}

// add takes up one value.
func (v values) add(o *option, value string) error {
	if len(v[o.name]) > 0 && !o.repeats {
		return fault.Invalid.New("option '--%s' cannot be specified more than once", o.name)
	}
	if len(v[o.name]) >= maxRepeats {
		return fault.Invalid.New("option '--%s' is specified too often", o.name)
	}
	ok := true
	switch o.kind {
	case numberOption:
		_, err := strconv.ParseInt(value, 10, 64)
		ok = err == nil
	case boolOption, flagOption:
		_, ok = parseBool(value)
	}
	if !ok || strings.ContainsRune(value, 0) {
		return fault.Invalid.New("the argument (%q) for option '--%s' is invalid", value, o.name)
	}
	v[o.name] = append(v[o.name], value)
	return nil
}

// maxRepeats bounds how often an option may be repeated.
const maxRepeats = 1000

func parseBool(s string) (value, ok bool) {
	switch strings.ToLower(s) {
	case "1", "true", "yes", "on":
		return true, true
	case "0", "false", "no", "off":
		return false, true
	}
	return false, false
}

// parseConfig reads config.ini (§1.1): lines of name = value; # begins a comment.
// It also tells which options repeat their default there.
func parseConfig(all []option, text []byte) (given values, redundant []string, err error) {
	given = values{}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		content, _, _ := strings.Cut(string(line), "#")
		content = strings.TrimSpace(content)
		if content == "" {
			continue
		}
		name, value, ok := strings.Cut(content, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" {
			return nil, nil, fault.Invalid.New("line %d: the options configuration file contains an invalid line", number)
		}
		o := find(all, name)
		if o == nil || o.group == commandOptions {
			return nil, nil, fault.Invalid.New("line %d: unrecognised option '%.64s'", number, name)
		}
		if err := given.add(o, value); err != nil {
			return nil, nil, fault.Invalid.New("line %d: %s", number, fault.Text(err))
		}
		if value == o.fallback && !o.repeats {
			redundant = append(redundant, name)
		}
	}
	return given, redundant, nil
}

// merge adds the values of options that v does not have.
func (v values) merge(lower values) {
	for name, list := range lower {
		if _, given := v[name]; !given {
			v[name] = list
		}
	}
}

// text is the value of an option or its default.
func (v values) text(all []option, name string) string {
	if list := v[name]; len(list) > 0 {
		return list[0]
	}
	return find(all, name).fallback
}

func (v values) number(all []option, name string) int64 {
	n, _ := strconv.ParseInt(v.text(all, name), 10, 64) // checked by add; the defaults are numbers
	return n
}

func (v values) flag(all []option, name string) bool {
	on, _ := parseBool(v.text(all, name))
	return on
}

// has reports whether an option was given.
func (v values) has(name string) bool { return len(v[name]) > 0 }
