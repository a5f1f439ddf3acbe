package config

import (
	"strconv"

	"strongroom/internal/fault"
)

// Kiod is the table [listener.kiod].
type Kiod struct {
	Profile             string   `toml:"profile" oneof:"kiod|kiod-sys|keosd" doc:"Which generation of the peer clients meet: how keys are written (kiod: PUB_K1_; kiod-sys: SYS; keosd: EOS), which types of keys there are, and whether keys have names. All forms of keys are read in every profile."`
	WalletDir           string   `toml:"wallet-dir" doc:"Absolute path of the folder of wallet files. Empty means the data directory of the listener."`
	WalletFormat        string   `toml:"wallet-format" oneof:"keosd|native" doc:"keosd: each wallet is a file that keosd and kiod open too; its protection is theirs, which is weak. native: wallets are in strongroom's own store."`
	WalletLayout        string   `toml:"wallet-layout" oneof:"named|unnamed" doc:"How wallet files are written: named keeps the names of keys; unnamed is the older layout, which every release opens."`
	UnlockTimeout       Duration `toml:"unlock-timeout" bounds:"0s..8760h" doc:"All wallets lock after this long without a command. 0s locks them before every command."`
	SocketMode          string   `toml:"socket-mode" doc:"Mode of the unix socket, in octal. Who may write to it may sign with every unlocked wallet."`
	SocketGroup         string   `toml:"socket-group" doc:"Group of the unix socket, by name or number. Empty leaves it to the system."`
	ValidateHost        bool     `toml:"validate-host" doc:"Refuse requests over TCP whose Host header is not known. This keeps web pages out."`
	Aliases             []string `toml:"aliases" doc:"Further accepted values of the Host header, with their ports."`
	AllowOrigin         string   `toml:"allow-origin" doc:"Value of Access-Control-Allow-Origin in every answer: web pages of that origin may read answers. Empty sends none."`
	AllowHeaders        string   `toml:"allow-headers" doc:"Value of Access-Control-Allow-Headers in every answer. Empty sends none."`
	MaxAge              string   `toml:"max-age" doc:"Value of Access-Control-Max-Age in every answer. Empty sends none."`
	AllowCredentials    bool     `toml:"allow-credentials" doc:"Send Access-Control-Allow-Credentials: true in every answer."`
	MaxInFlightMiB      int      `toml:"max-in-flight-mib" bounds:"-1..1048576" doc:"How many MiB of requests and answers may be in work; beyond it requests are answered with 503. -1 means any number."`
	MaxRequestsInFlight int      `toml:"max-requests-in-flight" bounds:"-1..1000000" doc:"How many requests may be in work; beyond it they are answered with 503. -1 means any number."`
	VerboseErrors       bool     `toml:"verbose-errors" doc:"Show the causes of errors in the answers."`
	KeepAlive           bool     `toml:"keep-alive" doc:"Keep connections open between requests."`
}

// checkSocketMode refuses modes that keep the owner out, or more than permissions.
func checkSocketMode(s string) error {
	if mode, err := strconv.ParseUint(s, 8, 32); err != nil || mode&0o600 != 0o600 || mode > 0o777 {
		return fault.Invalid.New("must be octal digits that let the owner in").WithHint("for example 0600 or 0660")
	}
	return nil
}

// kiodListener is the door of the programs kiod and keosd.
func kiodListener(program string) Listener {
	l := DefaultListener()
	l.Name, l.Protocol = "kiod", "kiod"
	l.Limits.MaxBodyKiB, l.Limits.MaxHeaderKiB = 1024, 4 // net/http adds 4 KiB to the header, which makes the peer's 8
	if program == "keosd" {
		l.Kiod.Profile, l.Kiod.WalletLayout, l.Limits.MaxBodyKiB = "keosd", "unnamed", 2048
	}
	return l
}

// kiodRules allow what the peer allows to whoever reaches its door.
func kiodRules(listener string) []Rule {
	door := []string{listener}
	return []Rule{
		{
			Name: "kiod-wallets", Verdict: "allow", Listeners: door, Wallets: everything(), Keys: everything(),
			Operations: []string{"wallet.list", "wallet.create", "wallet.unlock", "wallet.lock", "session.renew", "key.*"},
		},
		{
			Name: "kiod-stop", Verdict: "allow", Listeners: door, Wallets: everything(), Keys: everything(),
			Operations: []string{"daemon.stop"},
		},
		{
			Name: "kiod-sign", Verdict: "allow", Listeners: door, Wallets: everything(), Keys: everything(),
			Operations: []string{"sign"}, Effects: understood(),
		},
		{
			Name: "kiod-sign-opaque", Verdict: "allow", Listeners: door, Wallets: everything(), Keys: everything(),
			Operations: []string{"sign"}, Effects: []string{"opaque"},
		},
	}
}
