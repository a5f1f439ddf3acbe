package config

import (
	"strconv"
	"time"

	"strongroom/internal/fault"
)

// Clef is the table [listener.clef].
type Clef struct {
	Keystore          string   `toml:"keystore" doc:"Absolute path of the folder of key files, which geth and other tools share. Empty disables password accounts."`
	ConfigDir         string   `toml:"config-dir" doc:"Absolute path of Clef's directory, with the master seed and what it protects. Empty means the data directory of the listener."`
	SignerSecret      string   `toml:"signer-secret" doc:"Absolute path of the file of the encrypted master seed. Empty means masterseed.json in config-dir, if it is there."`
	PasswordFile      string   `toml:"password-file" doc:"Absolute path of a file whose first line is the master password. Empty means the systemd credential clef-master-password, if there is one; else the master seed stays closed."`
	ChainID           int      `toml:"chain-id" bounds:"1..9007199254740991" doc:"Chain that transactions are signed for."`
	LightKDF          bool     `toml:"light-kdf" doc:"Protect new key files with the light scrypt profile."`
	Advanced          bool     `toml:"advanced" doc:"Show warnings about a request to whoever approves it instead of refusing it."`
	HTTPAddress       string   `toml:"http-address" doc:"host:port for HTTP beside the unix socket that address names. Empty opens none."`
	VHosts            []string `toml:"vhosts" doc:"Accepted host names of HTTP requests; \"*\" accepts every one. IP addresses always are."`
	Rules             string   `toml:"rules" doc:"Absolute path of a rule file, which decides in front of whoever approves. Empty uses none."`
	CustomDB          string   `toml:"4bytedb-custom" doc:"Absolute path of the file of learned method signatures. Empty learns none."`
	DB                string   `toml:"4bytedb" doc:"Absolute path of a file of method signatures to use beside those that are built in. Empty uses none."`
	AuditLog          string   `toml:"audit-log" doc:"Absolute path of a log in Clef's own format. Empty writes none; the journal is kept in any case."`
	AutoList          []string `toml:"auto-list" doc:"Addresses that every caller may list without asking anybody."`
	RejectUnknown     bool     `toml:"reject-unknown" doc:"Refuse requests for accounts that do not exist before anybody is asked. Callers can then find out which accounts exist."`
	Bulk              bool     `toml:"bulk" doc:"Offer account_bulkSignTransactions."`
	Unpaired          string   `toml:"unpaired" oneof:"show|restrict|refuse" doc:"What callers may do that are not paired. show: everything; restrict: only what a person approves, the rule file and auto-list do not suffice; refuse: nothing but to be paired."`
	KeyTimeout        Duration `toml:"key-timeout" bounds:"0s..87600h" doc:"How long after its last use a key stays open: for every request if a stored password opened it, and only for others that rules approve if its password was typed for one of those. What is typed for a request that a person approved opens the key for that one signature. 0s closes every key after its signature; the default is as good as never."`
	RuleWorkers       int      `toml:"rule-workers" bounds:"1..64" doc:"How many processes evaluate the rule file."`
	RuleTimeout       Duration `toml:"rule-timeout" bounds:"10ms..1m" doc:"How long the rule file may take for one decision; more is a refusal to decide."`
	RuleMemoryMiB     int      `toml:"rule-memory-mib" bounds:"16..4096" doc:"How much memory one evaluation of the rule file may take, in MiB; more is a refusal to decide."`
	AcceptRuleStorage bool     `toml:"accept-rule-storage" doc:"Accept the storage of the rule file as it is, although it is older than the journal knows it to have been. Switch it off again after one start."`
}

// clefBodyKiB is the largest request of listeners that speak Clef's protocol, as Clef's own
// bound, unless they say otherwise.
const clefBodyKiB = 5120

// maxKeyTimeout, ten years, stands for "until the daemon ends".
const maxKeyTimeout = 87600 * time.Hour

func defaultClef() Clef {
	return Clef{
		ChainID: 1, VHosts: []string{"localhost"}, Unpaired: "show", KeyTimeout: Duration(maxKeyTimeout),
		RuleWorkers: 2, RuleTimeout: Duration(5 * time.Second), RuleMemoryMiB: 64,
	}
}

// UIListener is the name under which rules know the UI of a listener that speaks
// Clef's protocol: its approver, which may also use the keys itself.
func UIListener(name string) string { return name + "-ui" }

// checkAccounts refuses what is no address of 20 bytes.
func checkAccounts(list []string) error {
	for _, s := range list {
		if len(s) != 42 || s[:2] != "0x" {
			return fault.Invalid.New("%.64q is no address", s).WithHint("write 0x and 40 hex digits")
		}
		for _, half := range []string{s[2:22], s[22:]} {
			for i := 0; i < len(half); i += 2 {
				if _, err := strconv.ParseUint(half[i:i+2], 16, 8); err != nil {
					return fault.Invalid.New("%.64q is no address", s).WithHint("write 0x and 40 hex digits")
				}
			}
		}
	}
	return nil
}

// clefListener is the door of the program clef.
func clefListener() Listener {
	l := DefaultListener()
	l.Name, l.Protocol = "clef", "clef"
	l.Limits.MaxBodyKiB = clefBodyKiB
	return l
}

// clefRules ask for what the peer asks for, and allow its UI what it may do there.
func clefRules(listener string) []Rule {
	door, ui := []string{listener}, []string{UIListener(listener)}
	return []Rule{
		{
			Name: "clef-accounts", Verdict: "ask", Listeners: door, Wallets: everything(), Keys: everything(),
			Operations: []string{"key.list", "key.generate", "caller.pair"},
		},
		{
			Name: "clef-sign", Verdict: "ask", Listeners: door, Wallets: everything(), Keys: everything(),
			Operations: []string{"sign"}, Effects: understood(),
		},
		{
			Name: "clef-sign-opaque", Verdict: "ask", Listeners: door, Wallets: everything(), Keys: everything(),
			Operations: []string{"sign"}, Effects: []string{"opaque"},
		},
		{
			Name: "clef-ui", Verdict: "allow", Listeners: ui, Wallets: everything(), Keys: everything(),
			Operations: []string{"wallet.create", "wallet.unlock", "wallet.list", "key.list", "key.generate", "key.import", "key.export", "credential.*", "rules.*"},
		},
	}
}
