package config

import (
	"slices"

	"strongroom/internal/fault"
	"strongroom/internal/policy"
)

// Approval is the section [approval].
type Approval struct {
	Timeout      Duration `toml:"timeout" bounds:"1s..1h" doc:"How long a request may wait for an answer; it is dead afterwards, whatever is answered later."`
	MaxPending   int      `toml:"max-pending" bounds:"1..10000" doc:"How many requests may wait at the same time; further ones are refused as busy. Those that a file of rules is about to answer count."`
	MaxPerCaller int      `toml:"max-per-caller" bounds:"1..10000" doc:"How many of them may come from one caller: what proved itself, or else one host or user."`
}

// checkApproval refuses a list of callers that reads as if it said something, and doors that would give up an answer before the approval that it
// waits for can come: the caller would be told nothing of what was done for him. Clef's
// doors have deadlines of their own, which follow the approval.
func (l *Loaded) checkApproval(f *file) error {
	for i, r := range l.Config.Rules {
		path := element("rule", i) + ".callers"
		if _, given := l.origins[path]; given && len(r.Callers) == 0 {
			return f.at(path, fault.Invalid.New("rule %q: its list of callers is empty and would match nothing", r.Name).
				WithHint("leave callers out for any caller"))
		}
	}
	wait := l.Config.Approval.Timeout
	for i, d := range l.Config.Listeners {
		asks := slices.ContainsFunc(l.Config.Rules, func(r Rule) bool {
			return r.Verdict == policy.Ask.String() && slices.ContainsFunc(r.Listeners, func(p string) bool { return policy.Match(p, d.Name) })
		})
		if asks && d.Protocol != "clef" && d.Limits.WriteTimeout <= wait {
			return f.at(element("listener", i), fault.Invalid.New(
				"a rule asks for approvals, which may take %s (approval.timeout), but answers may take only %s (limits.write-timeout)", wait, d.Limits.WriteTimeout).
				WithHint("make the write-timeout of the listener longer, or approval.timeout shorter"))
		}
	}
	return nil
}
