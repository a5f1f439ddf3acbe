package config

import (
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/policy"
)

// AdminListener is the name under which rules know the admin socket. It is
// always there and cannot be configured as a listener.
const AdminListener = "admin"

// Config is everything that can be configured.
type Config struct {
	Daemon    Daemon     `toml:"daemon" doc:"The process itself."`
	Memory    Memory     `toml:"memory" doc:"Locked memory for keys."`
	Sealing   Sealing    `toml:"sealing" doc:"How passwords protect wallets. Wallets that exist keep the parameters they were sealed with."`
	Audit     Audit      `toml:"audit" doc:"The journal of every decision."`
	Approval  Approval   `toml:"approval" doc:"Requests that wait until somebody approves them, where a rule says ask."`
	Log       Log        `toml:"log" doc:"What the daemon tells the people who run it."`
	Store     Store      `toml:"store" doc:"Where wallets are kept."`
	Listeners []Listener `toml:"listener" doc:"One block for each door. The admin socket is always there, under the name \"admin\"."`
	Rules     []Rule     `toml:"rule" doc:"What callers may do. Everything that no rule allows is denied; a matching rule that denies wins over any that allow. Patterns are exact text, in which * stands for any run of characters; an empty list matches nothing, except that of callers. Rules cannot be changed from the environment or the command line."`
}

// Daemon is the section [daemon].
type Daemon struct {
	AdminSocket   string   `toml:"admin-socket" doc:"File name of the unix socket for our own commands, inside the private run directory of the data directory."`
	ShutdownGrace Duration `toml:"shutdown-grace" bounds:"0s..10m" doc:"How long requests under way may take to finish after the order to stop."`
}

// Memory is the section [memory].
type Memory struct {
	ArenaKiB int `toml:"arena-kib" bounds:"64..1048576" doc:"Size of the locked memory for keys, in KiB. Each open wallet takes about 200 bytes. Where it cannot be locked, nothing starts."`
}

// Sealing is the section [sealing].
type Sealing struct {
	Time        int `toml:"time" bounds:"1..64" doc:"Argon2id: number of passes over the memory."`
	MemoryMiB   int `toml:"memory-mib" bounds:"64..16384" doc:"Argon2id: memory of one derivation, in MiB."`
	Lanes       int `toml:"lanes" bounds:"1..64" doc:"Argon2id: number of lanes, computed in parallel."`
	Concurrency int `toml:"concurrency" bounds:"1..64" doc:"How many derivations run at the same time. Each takes memory-mib."`
	Queue       int `toml:"queue" bounds:"1..10000" doc:"How many derivations may wait; further ones are refused as busy."`
}

// Audit is the section [audit].
type Audit struct {
	Durability string `toml:"durability" oneof:"each|group|written" doc:"When a record counts as safe. each: synced to disk alone; group: synced together with others that wait; written: handed to the kernel, which survives the end of the process but not a power loss."`
	SegmentMiB int    `toml:"segment-mib" bounds:"1..4096" doc:"Size at which the journal goes on in a new file, in MiB."`
}

// Log is the section [log].
type Log struct {
	Level  string `toml:"level" oneof:"debug|info|warn|error" doc:"The least important lines that are written. debug shows parts of requests; secrets show at no level. It holds for kmd.log too."`
	Format string `toml:"format" oneof:"text|json" doc:"text: key=value; json: one object in each line. kmd.log keeps the form that its readers know."`
}

// Store is the section [store].
type Store struct {
	Engine string `toml:"engine" oneof:"sqlite" doc:"The storage engine."`
}

// Listener is one [[listener]] block: one door with one protocol.
type Listener struct {
	Name     string `toml:"name" doc:"Unique name: lower-case letters, digits and dashes. Rules and the journal know the door by it."`
	Protocol string `toml:"protocol" oneof:"kmd|kiod|clef" doc:"What is spoken there."`
	Address  string `toml:"address" doc:"host:port, or unix:/path of a socket. Empty lets the protocol choose as its peer does; kmd: 127.0.0.1:7833, or any free port of 127.0.0.1 if that one is taken; kiod: the unix socket kiod.sock in data-dir; clef: the unix socket clef.ipc in data-dir."`
	DataDir  string `toml:"data-dir" doc:"Absolute path of the peer's directory, for the files that its clients look for (kmd: kmd.token, kmd.net, kmd.pid; kiod: the wallets; clef: what config-dir says unless that is given). Empty means, where a program like kmd, kiod or clef serves, the directory that its command line named; for strongroom run, a directory with the name of the listener inside strongroom's own data directory."`
	Limits   Limits `toml:"limits" doc:"Bounds on what clients may use up."`
	Kmd      Kmd    `toml:"kmd" doc:"Only for the protocol kmd."`
	Kiod     Kiod   `toml:"kiod" doc:"Only for the protocol kiod. Where kiod or keosd is the program, its command line and config.ini say all of this but profile, wallet-format and wallet-layout."`
	Clef     Clef   `toml:"clef" doc:"Only for the protocol clef. Where clef or signer is the program, its command line says all of this but what begins with rule-; key-timeout, unpaired, bulk, auto-list and reject-unknown count where the command line does not name them."`
}

// Limits is the table [listener.limits].
type Limits struct {
	MaxBodyKiB     int      `toml:"max-body-kib" bounds:"1..65536" doc:"Largest request body, in KiB; larger ones are answered with 413. For the protocol clef the default is 5120."`
	MaxHeaderKiB   int      `toml:"max-header-kib" bounds:"4..1024" doc:"Largest request header, in KiB."`
	HeaderTimeout  Duration `toml:"header-timeout" bounds:"100ms..10m" doc:"How long a client may take to send a request header."`
	ReadTimeout    Duration `toml:"read-timeout" bounds:"100ms..1h" doc:"How long a client may take to send a whole request."`
	WriteTimeout   Duration `toml:"write-timeout" bounds:"1s..1h" doc:"How long an answer may take, from the end of the request header to its last byte; waiting for a password derivation counts."`
	IdleTimeout    Duration `toml:"idle-timeout" bounds:"100ms..24h" doc:"How long a connection may stay open between two requests."`
	MaxConnections int      `toml:"max-connections" bounds:"1..65536" doc:"How many connections are served at the same time; further ones wait until one ends."`
}

// Kmd is the table [listener.kmd].
type Kmd struct {
	SessionLifetime     Duration `toml:"session-lifetime" bounds:"0s..8760h" doc:"Life of a wallet handle; each renewal starts it anew. 0s makes handles expire at once."`
	AllowedOrigins      []string `toml:"allowed-origins" doc:"Web origins whose pages may read answers, exactly as a browser sends them; \"*\" allows every one."`
	AllowPrivateNetwork bool     `toml:"allow-private-network" doc:"Answer the private network access preflights of browsers."`
	AdoptFrom           string   `toml:"adopt-from" doc:"Absolute path of a directory of kmd wallet files (sqlite_wallets). They are listed, and copied into the store at the first right password; the files themselves are never changed. Empty adopts nothing."`
	IdleExit            Duration `toml:"idle-exit" bounds:"0s..8760h" doc:"End the daemon after this long without an accepted request, as kmd -t does. 0s means never."`
}

// Rule is one [[rule]] block, see package policy.
type Rule struct {
	Name       string   `toml:"name" doc:"Unique name; it stands in the journal beside each decision that the rule settles."`
	Verdict    string   `toml:"verdict" oneof:"allow|ask|deny" doc:"What the rule says. ask: somebody has to approve it each time."`
	Listeners  []string `toml:"listeners" doc:"Names of listeners."`
	Callers    []string `toml:"callers" doc:"What a caller proved to be: \"token\", \"paired:treasury bot\". Left out it means everybody, also callers that proved nothing."`
	Operations []string `toml:"operations" doc:"Operations: \"sign\", \"key.*\"; docs/policy.md has the list."`
	Wallets    []string `toml:"wallets" doc:"Wallet names or ids. An id is safer: it stays with the wallet when that is renamed."`
	Keys       []string `toml:"keys" doc:"Addresses or public keys (lower-case hex)."`
	Effects    []string `toml:"effects" doc:"Only for sign: what a signature may do (opaque, move, close, seize, allow, authority, deploy, call, restrict, register, destroy, message, fee). Every effect of a signature must be allowed."`
}

// Duration is a length of time, written "60s", "1h30m".
type Duration time.Duration

// String is the shortest usual spelling: "1m0s" becomes "1m".
func (d Duration) String() string { return shortDuration(time.Duration(d)) }

// Std is d as the standard library has it.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// Default is the configuration of an empty file: no listeners, no rules.
func Default() Config {
	return Config{
		Daemon:   Daemon{AdminSocket: "admin.sock", ShutdownGrace: Duration(10 * time.Second)},
		Memory:   Memory{ArenaKiB: 1024},
		Sealing:  Sealing{Time: 3, MemoryMiB: 256, Lanes: 4, Concurrency: 2, Queue: 64},
		Audit:    Audit{Durability: "group", SegmentMiB: 64},
		Approval: Approval{Timeout: Duration(time.Minute), MaxPending: 256, MaxPerCaller: 64},
		Log:      Log{Level: "info", Format: "text"},
		Store:    Store{Engine: "sqlite"},
	}
}

// DefaultListener is a [[listener]] block in which nothing is written; it has no
// name and no protocol yet.
func DefaultListener() Listener {
	return Listener{
		Limits: Limits{
			MaxBodyKiB: 4096, MaxHeaderKiB: 64, MaxConnections: 1024,
			HeaderTimeout: Duration(10 * time.Second), ReadTimeout: Duration(time.Minute), WriteTimeout: Duration(3 * time.Minute), IdleTimeout: Duration(2 * time.Minute),
		},
		Kmd: Kmd{SessionLifetime: Duration(time.Minute)},
		Kiod: Kiod{
			Profile: "kiod", WalletFormat: "keosd", WalletLayout: "named", UnlockTimeout: Duration(15 * time.Minute),
			SocketMode: "0600", ValidateHost: true, KeepAlive: true, MaxInFlightMiB: 500, MaxRequestsInFlight: -1,
		},
		Clef: defaultClef(),
	}
}

// PolicyRules are the rules in the form that [policy.New] takes.
func (c *Config) PolicyRules() ([]policy.Rule, error) {
	rules := make([]policy.Rule, len(c.Rules))
	for i, r := range c.Rules {
		verdict, err := policy.ParseVerdict(r.Verdict)
		if err != nil {
			return nil, fault.Invalid.Wrap(err, "rule %q: %s", r.Name, fault.Text(err))
		}
		rules[i] = policy.Rule{
			Name: r.Name, Verdict: verdict,
			Listeners: r.Listeners, Callers: r.Callers, Operations: r.Operations, Wallets: r.Wallets, Keys: r.Keys, Effects: r.Effects,
		}
	}
	return rules, nil
}

// Listener is the listener of that name.
func (c *Config) Listener(name string) (*Listener, bool) {
	for i := range c.Listeners {
		if c.Listeners[i].Name == name {
			return &c.Listeners[i], true
		}
	}
	return nil, false
}
