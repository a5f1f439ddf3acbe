package config

import (
	"fmt"
	"strings"

	"strongroom/internal/fault"
)

// Source is the layer that a value in effect came from. Later ones win.
type Source uint8

const (
	FromDefault     Source = iota // nobody said anything
	FromFile                      // strongroom.toml
	FromEnvironment               // STRONGROOM_…
	FromOverride                  // a flag, or what a personality's command line stands for
)

// Origin is where a value in effect came from.
type Origin struct {
	Source Source
	Name   string // file name, variable, or what an [Override] says of itself
	Line   int    // in the file; 0 elsewhere
}

// String is short enough for one column: "strongroom.toml:12", "STRONGROOM_SEALING_TIME", "--listen", "default".
func (o Origin) String() string {
	switch {
	case o.Source == FromDefault:
		return "default"
	case o.Line > 0:
		return fmt.Sprintf("%s:%d", o.Name, o.Line)
	}
	return o.Name
}

// Override sets one key from the command line.
type Override struct {
	Key   string // "audit.durability", "listener.kmd.address"
	Value string // as in the environment: plain text, list elements separated by commas
	From  string // what to call it in errors and reports: "--address", "kmd_config.json"
}

// Input is everything that a configuration is made of. Zero fields leave their layer out.
type Input struct {
	FileName    string     // how errors and reports call the file
	File        []byte     // its contents; at most 1 MiB
	Environment []string   // "NAME=value", as os.Environ gives; names without the prefix are ignored
	Overrides   []Override // of two for the same key the later wins
	Operations  []string   // the gate's closed set, to check the rules against
}

// Loaded is a checked configuration that knows where its values came from.
type Loaded struct {
	Config  Config
	origins map[string]Origin // by path; what is absent is a default
}

// Setting is one value in effect.
type Setting struct {
	Key    string // "sealing.time", "listener.kmd.address"
	Value  string // as TOML
	Origin Origin
}

// Settings lists every value in effect, in the order of the reference.
func (l *Loaded) Settings() []Setting {
	var all []Setting
	for _, k := range keys(&l.Config) {
		all = append(all, Setting{Key: k.display, Value: k.literal(), Origin: l.origins[k.path]})
	}
	return all
}

// Load reads, layers and checks a configuration. Errors are fault.Invalid (or
// fault.TooLarge) and name the place at fault.
func Load(in Input) (*Loaded, error) {
	l := &Loaded{Config: Default()}
	f, err := decodeFile(in.FileName, in.File, &l.Config)
	if err != nil {
		return nil, err
	}
	l.origins = f.origins
	// Names first: the keys of the layers above are made of them.
	if err := checkNames(&l.Config, f); err != nil {
		return nil, err
	}
	if err := l.applyEnvironment(in.Environment); err != nil {
		return nil, err
	}
	if err := l.applyOverrides(in.Overrides); err != nil {
		return nil, err
	}
	if err := l.check(f, in.Operations); err != nil {
		return nil, err
	}
	return l, nil
}

// sections are the beginnings that make a variable ours. Others, like
// STRONGROOM_DATA_DIR, belong to the command line.
var sections = [...]string{"DAEMON_", "MEMORY_", "SEALING_", "AUDIT_", "APPROVAL_", "LOG_", "STORE_", "LISTENER_", "RULE_"}

func isOurs(variable string) bool {
	rest, ok := strings.CutPrefix(variable, "STRONGROOM_")
	if !ok {
		return false
	}
	for _, s := range sections {
		if strings.HasPrefix(rest, s) {
			return true
		}
	}
	return false
}

func (l *Loaded) applyEnvironment(environment []string) error {
	known := map[string]key{}
	var names []string
	for _, k := range keys(&l.Config) {
		if k.fixed {
			continue
		}
		name := k.variable()
		if other, taken := known[name]; taken {
			return fault.Invalid.New("the environment variable %s could mean %s or %s", name, other.display, k.display).
				WithHint("rename one of the two listeners")
		}
		known[name] = k
		names = append(names, name)
	}
	for _, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		if !isOurs(name) {
			continue
		}
		k, ok := known[name]
		if !ok {
			return unknownName(fmt.Sprintf("environment variable %s", name), name, names)
		}
		if err := l.apply(k, value, Origin{Source: FromEnvironment, Name: name}); err != nil {
			return err
		}
	}
	return nil
}

func (l *Loaded) applyOverrides(overrides []Override) error {
	known := map[string]key{}
	var names []string
	for _, k := range keys(&l.Config) {
		if !k.fixed {
			known[k.display] = k
			names = append(names, k.display)
		}
	}
	for _, o := range overrides {
		k, ok := known[o.Key]
		if !ok {
			return unknownName(fmt.Sprintf("%s: %s", o.From, o.Key), o.Key, names)
		}
		if err := l.apply(k, o.Value, Origin{Source: FromOverride, Name: o.From}); err != nil {
			return err
		}
	}
	return nil
}

func (l *Loaded) apply(k key, value string, origin Origin) error {
	if err := k.setText(value); err != nil {
		return prefixed(fmt.Sprintf("%s: %s", origin, k.display), err)
	}
	l.origins[k.path] = origin
	return nil
}

// unknownName says that what names no key that could be set this way.
func unknownName(what, name string, known []string) error {
	err := fault.Invalid.New("%s: unknown, or only to be set in the file", what)
	best, distance := "", len(name)/3+1
	for _, k := range known {
		if d := editDistance(name, k); d < distance {
			best, distance = k, d
		}
	}
	if best != "" {
		return err.WithHint("did you mean %s?", best)
	}
	return err
}
