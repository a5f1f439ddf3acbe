package config

import (
	"strongroom/internal/fault"
)

// Profiles are the names that [Profile] and [DefaultFile] know.
func Profiles() []string { return []string{"strongroom", "kmd"} }

// everything is the pattern for all of them.
func everything() []string { return []string{"*"} }

// understood are the effects of signatures whose payload was fully understood:
// all kinds but "opaque".
func understood() []string {
	return []string{"move", "close", "seize", "allow", "authority", "deploy", "call", "restrict", "register", "destroy", "message", "fee"}
}

// Profile is the configuration that the generated file of a profile states:
// "strongroom" for a data directory made by strongroom init, "kmd" for what the
// kmd personality writes beside the files of its peer.
func Profile(name string) (Config, error) {
	c := Default()
	c.Rules = []Rule{{
		Name: "admin", Verdict: "allow", Listeners: []string{AdminListener},
		Operations: everything(), Wallets: everything(), Keys: everything(), Effects: understood(),
	}}
	switch name {
	case "strongroom":
		return c, nil
	case "kmd":
		// The peer syncs nothing per signature, and some of its clients wait only a few milliseconds.
		c.Audit.Durability = "written"
		door := kmdListener()
		c.Listeners = []Listener{door}
		c.Rules = append(c.Rules, kmdRules(door.Name)...)
		return c, nil
	}
	return Config{}, fault.Invalid.New("unknown configuration profile %q", name)
}

func kmdListener() Listener {
	l := DefaultListener()
	l.Name, l.Protocol = "kmd", "kmd"
	return l
}

// kmdRules allow what the peer allows to whoever has its token.
func kmdRules(listener string) []Rule {
	door := []string{listener}
	return []Rule{
		{
			Name: "kmd-wallets", Verdict: "allow", Listeners: door, Wallets: everything(), Keys: everything(),
			Operations: []string{
				"wallet.list", "wallet.create", "wallet.unlock", "wallet.lock", "wallet.rename", "wallet.adopt",
				"session.renew", "seed.export", "key.*", "account.*",
			},
		},
		{
			Name: "kmd-sign", Verdict: "allow", Listeners: door, Wallets: everything(), Keys: everything(),
			Operations: []string{"sign"}, Effects: understood(),
		},
		{
			Name: "kmd-sign-opaque", Verdict: "allow", Listeners: door, Wallets: everything(), Keys: everything(),
			Operations: []string{"sign"}, Effects: []string{"opaque"},
		},
	}
}

// remark is what a generated file says above a rule.
func remark(rule string) string {
	switch rule {
	case "admin":
		return "Our own commands may do everything, except sign what nobody could decode."
	case "kmd-wallets":
		return "Clients of kmd that know its token may use wallets as kmd lets them, seeds and keys included."
	case "kmd-sign":
		return "They may sign every transaction that is understood. Shorten the list to allow less."
	case "kmd-sign-opaque":
		return "They may also sign what cannot be understood: programs (logic signatures) and transactions of unknown types, as kmd does. Delete this rule if you do not need them: such a signature can do anything its program says."
	}
	return ""
}
