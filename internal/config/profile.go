package config

import (
	"slices"

	"strongroom/internal/fault"
)

// Profiles are the names that [Profile] and [DefaultFile] know.
func Profiles() []string { return []string{"strongroom", "all", "kmd", "kiod", "keosd", "clef"} }

// everything is the pattern for all of them.
func everything() []string { return []string{"*"} }

// understood are the effects of signatures whose payload was fully understood:
// all kinds but "opaque".
func understood() []string {
	return []string{"move", "close", "seize", "allow", "authority", "deploy", "call", "restrict", "register", "destroy", "message", "fee"}
}

// Profile is the configuration that the generated file of a profile states:
// "strongroom" for a data directory made by strongroom init; "all" for one with a door
// for each protocol; "kmd", "kiod", "keosd"
// and "clef" for what the programs of those names write beside the files of their peer.
func Profile(name string) (Config, error) {
	c := Default()
	c.Rules = []Rule{{
		Name: "admin", Verdict: "allow", Listeners: []string{AdminListener},
		Operations: everything(), Wallets: everything(), Keys: everything(), Effects: understood(),
	}}
	switch name {
	case "strongroom":
		return c, nil
	case "all":
		kmd, kiod, clef := kmdListener(), kiodListener("kiod"), clefListener()
		c.Listeners = []Listener{kmd, kiod, clef}
		c.Rules = slices.Concat(c.Rules, kmdRules(kmd.Name), kiodRules(kiod.Name), clefRules(clef.Name))
		return c, nil
	case "kmd":
		// The peer syncs nothing per signature, and some of its clients wait only a few milliseconds.
		c.Audit.Durability = "written"
		door := kmdListener()
		c.Listeners = []Listener{door}
		c.Rules = append(c.Rules, kmdRules(door.Name)...)
		return c, nil
	case "kiod", "keosd":
		// A node that signs blocks with the wallet waits 5 ms for an answer.
		c.Audit.Durability = "written"
		door := kiodListener(name)
		c.Listeners = []Listener{door}
		c.Rules = append(c.Rules, kiodRules(door.Name)...)
		return c, nil
	case "clef":
		// The peer syncs nothing per signature.
		c.Audit.Durability = "written"
		door := clefListener()
		c.Listeners = []Listener{door}
		c.Rules = append(c.Rules, clefRules(door.Name)...)
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
	case "kiod-wallets":
		return "Whoever reaches the door may use wallets as the peer lets him: there is no authentication but the mode of the socket and the password of a wallet. Private keys are shown to whoever has the password."
	case "kiod-stop":
		return "And end the daemon, as wallet stop does. Delete this rule to leave that to its owner."
	case "kiod-sign":
		return "With keys of unlocked wallets, every transaction that is understood may be signed. Shorten the list to allow less."
	case "kiod-sign-opaque":
		return "And what cannot be understood: bare digests (sign_digest, which nodes use to sign blocks) and actions of contracts that strongroom does not know. Delete this rule if you need neither: a digest can stand for any transaction."
	case "clef-accounts":
		return "Whoever reaches the door may ask for the list of accounts, for a new one, and to be paired. The rule file, if there is one, and whoever uses the UI decide. Write allow in place of ask to do without."
	case "clef-sign":
		return "And for signatures of transactions and messages that are understood. Delete effects from the list to refuse them whatever is approved."
	case "clef-sign-opaque":
		return "And for signatures of what cannot be understood: calls of contracts that strongroom does not know. Delete this rule to sign plain transfers and known calls only."
	case "clef-ui":
		return "The UI, which is the console or the program that started clef, may use the key store as its owner. So do clef's own sub-commands."
	}
	return ""
}
