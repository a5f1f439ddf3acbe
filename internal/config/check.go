package config

import (
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"strongroom/internal/fault"
	"strongroom/internal/policy"
)

// checkNames checks what the names of blocks must be before anything refers to them.
func checkNames(c *Config, f *file) error {
	names := map[string]bool{AdminListener: true}
	for i, l := range c.Listeners {
		path := element("listener", i)
		switch {
		case l.Name == "":
			return f.at(path, fault.Invalid.New("has no name"))
		case !isName(l.Name):
			return f.at(path+".name", fault.Invalid.New("%q must be 1 to 32 lower-case letters, digits and dashes, and begin with a letter", l.Name))
		case l.Name == AdminListener:
			return f.at(path+".name", fault.Invalid.New("%q is the name of the admin socket, which is always there", l.Name))
		case names[l.Name]:
			return f.at(path+".name", fault.Invalid.New("two listeners are named %q", l.Name))
		case l.Protocol == "":
			return f.at(path, fault.Invalid.New("has no protocol"))
		}
		names[l.Name] = true
		if ui := UIListener(l.Name); l.Protocol == "clef" && names[ui] {
			return f.at(path+".name", fault.Invalid.New("the UI of %q is a listener %q, and there is another one of that name", l.Name, ui))
		} else if l.Protocol == "clef" {
			names[ui] = true
		}
	}
	rules := map[string]bool{}
	for i, r := range c.Rules {
		path := element("rule", i)
		switch {
		case !isName(r.Name):
			return f.at(path, fault.Invalid.New("must have a name of 1 to 32 lower-case letters, digits and dashes that begins with a letter"))
		case rules[r.Name]:
			return f.at(path+".name", fault.Invalid.New("two rules are named %q", r.Name))
		}
		rules[r.Name] = true
	}
	return nil
}

// isName reports whether s is a name that also fits an environment variable and a log line.
func isName(s string) bool {
	if s == "" || len(s) > 32 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// check is everything that needs more than one value, or more than its bounds.
func (l *Loaded) check(f *file, operations []string) error {
	for _, k := range keys(&l.Config) {
		var err error
		switch name := k.field.Tag.Get("toml"); name {
		case "admin-socket":
			err = checkFileName(k.value.String())
		case "address", "http-address":
			err = checkAddress(k.value.String())
		case "socket-mode":
			err = checkSocketMode(k.value.String())
		case "auto-list":
			err = checkAccounts(k.value.Interface().([]string))
		case "data-dir", "adopt-from", "wallet-dir", "keystore", "config-dir", "signer-secret", "password-file", "rules", "4bytedb-custom", "4bytedb", "audit-log":
			if s := k.value.String(); s != "" && (!filepath.IsAbs(s) || strings.ContainsRune(s, 0)) {
				err = fault.Invalid.New("must be an absolute path")
			}
		}
		if err != nil {
			return l.at(f, k, err)
		}
	}
	if err := l.checkRules(f, operations); err != nil {
		return err
	}
	if err := l.checkApproval(f); err != nil {
		return err
	}
	s := l.Config.Sealing
	// RFC 9106 §3.1: at least 8 KiB for each lane; our least memory always gives that.
	if s.Concurrency*s.MemoryMiB > 1<<16 {
		return fault.Invalid.New("sealing.concurrency times sealing.memory-mib is %d MiB; at most %d are accepted", s.Concurrency*s.MemoryMiB, 1<<16)
	}
	return nil
}

// at names the place where the value at fault was given, whichever layer that is.
func (l *Loaded) at(f *file, k key, err error) error {
	if o := l.origins[k.path]; o.Source == FromEnvironment || o.Source == FromOverride {
		return prefixed(fmt.Sprintf("%s: %s", o, k.display), err)
	}
	return f.at(k.path, err)
}

func checkFileName(s string) error {
	if s == "" || len(s) > 64 || s == "." || s == ".." || strings.ContainsAny(s, "/\x00") {
		return fault.Invalid.New("must be a plain file name of 1 to 64 bytes")
	}
	return nil
}

// checkAddress accepts "", "unix:/path" and "host:port".
func checkAddress(s string) error {
	if s == "" {
		return nil
	}
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		if !filepath.IsAbs(path) || strings.ContainsRune(path, 0) {
			return fault.Invalid.New(`must be "unix:" and an absolute path`)
		}
		return nil
	}
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return fault.Invalid.New(`must be "host:port" or "unix:/path"`).WithHint("for example 127.0.0.1:7833 or [::1]:7833")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		return fault.Invalid.New("has no port number of 0 to 65535")
	}
	return nil
}

// checkRules compiles the rules as the gate will and refuses those that could
// never match anything: a rule that does not hold is worse than none.
func (l *Loaded) checkRules(f *file, operations []string) error {
	doors := []string{AdminListener}
	for _, d := range l.Config.Listeners {
		doors = append(doors, d.Name)
		if d.Protocol == "clef" {
			doors = append(doors, UIListener(d.Name))
		}
	}
	for i, r := range l.Config.Rules {
		path := element("rule", i)
		if r.Verdict == "" {
			return f.at(path, fault.Invalid.New("rule %q has no verdict", r.Name))
		}
		for _, list := range []struct {
			name     string
			patterns []string
		}{{"listeners", r.Listeners}, {"operations", r.Operations}, {"wallets", r.Wallets}, {"keys", r.Keys}} {
			if len(list.patterns) == 0 {
				return f.at(path, fault.Invalid.New("rule %q has no %s and would match nothing", r.Name, list.name).
					WithHint(`write %s = ["*"] for all of them`, list.name))
			}
		}
		for _, p := range r.Listeners {
			if !slices.ContainsFunc(doors, func(d string) bool { return policy.Match(p, d) }) {
				return f.at(path+".listeners", fault.Invalid.New("rule %q: no listener is named %q", r.Name, p))
			}
		}
	}
	rules, err := l.Config.PolicyRules()
	if err != nil {
		return prefixed(f.name, err)
	}
	for i := range rules {
		if _, err := policy.New(rules[i:i+1], operations); err != nil {
			return f.at(element("rule", i), err)
		}
	}
	if _, err := policy.New(rules, operations); err != nil {
		return prefixed(f.name, err)
	}
	return nil
}
