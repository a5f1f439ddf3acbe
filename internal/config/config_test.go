package config

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/policy"
)

// operations is the gate's closed set, as far as the profiles name it.
var operations = []string{
	"wallet.list", "wallet.create", "wallet.unlock", "wallet.lock", "session.renew", "wallet.rename", "wallet.adopt",
	"seed.export", "key.list", "key.export", "account.list", "sign", "daemon.stop",
	"key.generate", "key.import", "credential.store", "rules.attest", "caller.pair",
}

func load(text string) (*Loaded, error) {
	return Load(Input{FileName: "strongroom.toml", File: []byte(text), Operations: operations})
}

func mustLoad(t *testing.T, in Input) *Loaded {
	t.Helper()
	in.Operations = operations
	l, err := Load(in)
	if err != nil {
		t.Fatalf("%v (%s)", err, fault.Hint(err))
	}
	return l
}

func TestEmptyFileGivesDefaults(t *testing.T) {
	l := mustLoad(t, Input{})
	if diff := cmp.Diff(Default(), l.Config); diff != "" {
		t.Error(diff)
	}
	for _, s := range l.Settings() {
		if s.Origin.String() != "default" {
			t.Errorf("%s comes from %s", s.Key, s.Origin)
		}
	}
}

func TestGeneratedFilesParseToTheirProfile(t *testing.T) {
	switchedOff := regexp.MustCompile(`(?m)^#([a-z0-9-]+ = )`)
	for _, name := range Profiles() {
		t.Run(name, func(t *testing.T) {
			want, err := Profile(name)
			if err != nil {
				t.Fatal(err)
			}
			text := DefaultFile(name)
			if got := mustLoad(t, Input{File: []byte(text)}).Config; !cmp.Equal(want, got) {
				t.Error("as generated:", cmp.Diff(want, got))
			}
			// The values shown in comments must be the defaults, too.
			all := switchedOff.ReplaceAllString(text, "$1")
			if all == text {
				t.Fatal("no key was switched on")
			}
			l := mustLoad(t, Input{FileName: "f", File: []byte(all)})
			if !cmp.Equal(want, l.Config) {
				t.Error("all keys on:", cmp.Diff(want, l.Config))
			}
			for _, s := range l.Settings() {
				if s.Origin.Source != FromFile && !strings.HasSuffix(s.Key, ".effects") && !strings.HasSuffix(s.Key, ".callers") && !ofOtherProtocol(s.Key, l.Config) {
					t.Errorf("%s is missing in the generated file", s.Key)
				}
			}
		})
	}
	if DefaultFile("nonsense") != "" {
		t.Error("a profile that does not exist has a file")
	}
}

// ofOtherProtocol reports whether a key belongs to a protocol that its listener does not speak.
func ofOtherProtocol(key string, c Config) bool {
	for _, l := range c.Listeners {
		for _, protocol := range []string{"kmd", "kiod", "clef"} {
			if protocol != l.Protocol && strings.HasPrefix(key, "listener."+l.Name+"."+protocol+".") {
				return true
			}
		}
	}
	return false
}

// The example of a door at the end of the generated file must work once it is uncommented.
func TestExampleInGeneratedFile(t *testing.T) {
	text := regexp.MustCompile(`(?m)^## ?`).ReplaceAllString(DefaultFile("strongroom"), "")
	l := mustLoad(t, Input{File: []byte(text)})
	if _, ok := l.Config.Listener("kmd"); !ok || len(l.Config.Rules) != 4 {
		t.Errorf("got %d listeners and %d rules", len(l.Config.Listeners), len(l.Config.Rules))
	}
}

// What the generated rules of the kmd personality must and must not allow.
func TestKmdProfileRules(t *testing.T) {
	c, err := Profile("kmd")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := c.PolicyRules()
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.New(rules, operations)
	if err != nil {
		t.Fatal(err)
	}
	opaque := policy.Question{Operation: "sign", Wallet: "w", Keys: []string{"K"}}
	opaque.Effects = append(opaque.Effects, 0)
	for _, tt := range []struct {
		listener, operation string
		want                policy.Verdict
	}{
		{"kmd", "sign", policy.Allow}, {"kmd", "key.export", policy.Allow}, {"kmd", "wallet.list", policy.Allow},
		{"kmd", "daemon.stop", policy.Deny}, {"other", "sign", policy.Deny},
		{"admin", "sign", policy.Deny}, {"admin", "daemon.stop", policy.Allow},
	} {
		q := opaque
		q.Listener, q.Operation = tt.listener, tt.operation
		if d := p.Decide(q); d.Verdict != tt.want {
			t.Errorf("%s on %s: %v (%s), want %v", tt.operation, tt.listener, d.Verdict, d.Reason, tt.want)
		}
	}
}

// What the generated rules of kiod and keosd must and must not allow.
func TestKiodProfileRules(t *testing.T) {
	for _, name := range []string{"kiod", "keosd"} {
		c, err := Profile(name)
		if err != nil {
			t.Fatal(err)
		}
		rules, err := c.PolicyRules()
		if err != nil {
			t.Fatal(err)
		}
		p, err := policy.New(rules, operations)
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			listener, operation string
			want                policy.Verdict
		}{
			{"kiod", "sign", policy.Allow}, {"kiod", "key.export", policy.Allow}, {"kiod", "key.list", policy.Allow},
			{"kiod", "wallet.unlock", policy.Allow}, {"kiod", "session.renew", policy.Allow}, {"kiod", "daemon.stop", policy.Allow},
			{"kiod", "seed.export", policy.Deny}, {"kiod", "wallet.adopt", policy.Deny}, {"kmd", "sign", policy.Deny}, {"admin", "sign", policy.Deny},
		} {
			q := policy.Question{Listener: tt.listener, Operation: tt.operation, Wallet: "w", Keys: []string{"K"}}
			if tt.operation == "sign" {
				q.Effects = append(q.Effects, 0)
			}
			if d := p.Decide(q); d.Verdict != tt.want {
				t.Errorf("%s: %s on %s: %v (%s), want %v", name, tt.operation, tt.listener, d.Verdict, d.Reason, tt.want)
			}
		}
		if c.Audit.Durability != "written" || c.Listeners[0].Kiod.Profile != name {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// What the generated rules of clef must and must not allow.
func TestClefProfileRules(t *testing.T) {
	c, err := Profile("clef")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := c.PolicyRules()
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.New(rules, operations)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		listener, operation string
		want                policy.Verdict
	}{
		{"clef", "sign", policy.Ask}, {"clef", "key.list", policy.Ask}, {"clef", "key.generate", policy.Ask}, {"clef", "caller.pair", policy.Ask},
		{"clef", "key.export", policy.Deny}, {"clef", "key.import", policy.Deny}, {"clef", "credential.store", policy.Deny},
		{"clef", "wallet.unlock", policy.Deny}, {"clef", "rules.attest", policy.Deny}, {"clef", "daemon.stop", policy.Deny},
		{"clef-ui", "key.export", policy.Allow}, {"clef-ui", "key.import", policy.Allow}, {"clef-ui", "wallet.unlock", policy.Allow},
		{"clef-ui", "credential.store", policy.Allow}, {"clef-ui", "rules.attest", policy.Allow},
		{"clef-ui", "sign", policy.Deny}, {"clef-ui", "seed.export", policy.Deny}, {"clef-ui", "daemon.stop", policy.Deny},
		{"kmd", "sign", policy.Deny}, {"admin", "credential.store", policy.Allow},
	} {
		for _, effect := range []chain.EffectKind{chain.Opaque, chain.Message} {
			q := policy.Question{Listener: tt.listener, Operation: tt.operation, Wallet: "keystore", Keys: []string{"0x00"}}
			if tt.operation == "sign" {
				q.Effects = append(q.Effects, effect)
			}
			if d := p.Decide(q); d.Verdict != tt.want {
				t.Errorf("%s on %s: %v (%s), want %v", tt.operation, tt.listener, d.Verdict, d.Reason, tt.want)
			}
		}
	}
}

func TestUIListenerIsItsOwn(t *testing.T) {
	clef := "[[listener]]\nname = \"a\"\nprotocol = \"clef\"\n"
	other := "[[listener]]\nname = \"a-ui\"\nprotocol = \"kmd\"\n"
	for _, text := range []string{clef + other, other + clef} {
		if _, err := load(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("two listeners of one name: %v", err)
		}
	}
}

func TestAutoList(t *testing.T) {
	for list, good := range map[string]bool{
		`"0x07a565b7ed7d7a678680a4c162885bedbb695fe0"`: true, `"0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0"`: true, ``: true,
		`"07a565b7ed7d7a678680a4c162885bedbb695fe0ff"`: false, `"0x07a565b7ed7d7a678680a4c162885bedbb695feg"`: false, `"0x"`: false, `"0x+7a565b7ed7d7a678680a4c162885bedbb695fe0"`: false,
	} {
		_, err := load("[[listener]]\nname = \"a\"\nprotocol = \"clef\"\n[listener.clef]\nauto-list = [" + list + "]\n")
		if (err == nil) != good {
			t.Errorf("%s: %v", list, err)
		}
	}
}

func TestSocketMode(t *testing.T) {
	for mode, good := range map[string]bool{"0600": true, "660": true, "0777": true, "0400": false, "01600": false, "6": false, "rw": false, "": false, "0o600": false, "-600": false} {
		_, err := load("[[listener]]\nname = \"k\"\nprotocol = \"kiod\"\n[listener.kiod]\nsocket-mode = \"" + mode + "\"\n")
		if (err == nil) != good {
			t.Errorf("mode %q: %v", mode, err)
		}
	}
}

func TestEveryKeyIsDocumented(t *testing.T) {
	reference := Reference()
	c := Default()
	c.Listeners, c.Rules = []Listener{kmdListener()}, []Rule{{Name: "r"}}
	all := keys(&c)
	if len(all) < 34 {
		t.Fatalf("only %d keys found", len(all))
	}
	for _, k := range all {
		name := k.field.Tag.Get("toml")
		if name == "" || k.doc() == "" || !strings.HasSuffix(k.doc(), ".") {
			t.Errorf("%s has no name or no description that is a sentence", k.display)
		}
		if !strings.Contains(reference, "\n| `"+name+"` |") {
			t.Errorf("%s is missing in the reference", k.display)
		}
		if !k.fixed {
			variable := strings.Replace(k.variable(), "LISTENER_KMD_", "LISTENER_<NAME>_", 1)
			if !strings.Contains(reference, "`"+variable+"`") {
				t.Errorf("%s is missing in the reference", variable)
			}
		}
		switch k.value.Kind() {
		case reflect.Int, reflect.Int64:
			// The default must lie within the bounds, and there must be bounds.
			if err := k.setText(strings.Trim(k.literal(), `"`)); err != nil {
				t.Errorf("%s: its default: %v", k.display, err)
			}
		}
	}
}

func TestPrecedenceAndOrigins(t *testing.T) {
	file := `[sealing]
time = 4
lanes = 2
concurrency = 1
[[listener]]
name = "kmd"
protocol = "kmd"
address = "127.0.0.1:1"
[listener.kmd]
session-lifetime = "5m"
`
	l := mustLoad(t, Input{
		FileName: "strongroom.toml", File: []byte(file),
		Environment: []string{
			"STRONGROOM_SEALING_LANES=3", "STRONGROOM_SEALING_CONCURRENCY=2", "PATH=/bin", "STRONGROOM_DATA_DIR=/x",
			"STRONGROOM_LISTENER_KMD_ADDRESS=127.0.0.1:2", "STRONGROOM_LISTENER_KMD_KMD_ALLOWED_ORIGINS=http://a, http://b",
		},
		Overrides: []Override{
			{Key: "sealing.concurrency", Value: "3", From: "--concurrency"},
			{Key: "listener.kmd.data-dir", Value: "/kmd", From: "-d"},
			{Key: "listener.kmd.data-dir", Value: "/kmd2", From: "-d"},
		},
	})
	got := map[string]string{}
	for _, s := range l.Settings() {
		got[s.Key] = s.Value + " from " + s.Origin.String()
	}
	want := map[string]string{
		"sealing.queue":                     `64 from default`,
		"sealing.time":                      `4 from strongroom.toml:2`,
		"sealing.lanes":                     `3 from STRONGROOM_SEALING_LANES`,
		"sealing.concurrency":               `3 from --concurrency`,
		"listener.kmd.address":              `"127.0.0.1:2" from STRONGROOM_LISTENER_KMD_ADDRESS`,
		"listener.kmd.data-dir":             `"/kmd2" from -d`,
		"listener.kmd.kmd.session-lifetime": `"5m" from strongroom.toml:10`,
		"listener.kmd.kmd.allowed-origins":  `["http://a", "http://b"] from STRONGROOM_LISTENER_KMD_KMD_ALLOWED_ORIGINS`,
		"listener.kmd.limits.max-body-kib":  `4096 from default`,
	}
	for k, w := range want {
		if got[k] != w {
			t.Errorf("%s = %s, want %s", k, got[k], w)
		}
	}
	if door, ok := l.Config.Listener("kmd"); !ok || door.Kmd.SessionLifetime.Std() != 5*time.Minute || door.Limits.MaxConnections != 1024 {
		t.Errorf("listener is %+v", door)
	}
}

func TestRefusals(t *testing.T) {
	const door = "[[listener]]\nname = \"kmd\"\nprotocol = \"kmd\"\n"
	const rule = "[[rule]]\nname = \"r\"\nverdict = \"allow\"\nlisteners = [\"*\"]\noperations = [\"sign\"]\nwallets = [\"*\"]\nkeys = [\"*\"]\n"
	tests := []struct{ name, file, text, hint string }{
		{"syntax", "[sealing\n", "f:1:9: ", ""},
		{"duplicate key", "[sealing]\ntime = 3\ntime = 4\n", "f:3:1: ", ""},
		{"duplicate table", "[sealing]\n[sealing]\n", "f:2:", ""},
		{"duplicate in other spelling", "[sealing]\ntime = 3\n\"time\" = 4\n", "f:3:1: ", ""},
		{"unknown key", "[sealing]\n\n  tiem = 3\n", "f:3:3: sealing.tiem: unknown key", `did you mean "time"?`},
		{"unknown table", "[sealings]\n", "f:1:2: sealings: unknown key", `did you mean "sealing"?`},
		{"unknown dotted key", "sealing.zzzzzzz = 1\n", "f:1:9: sealing.zzzzzzz: unknown key", "known here: time"},
		{"unknown key in inline table", "sealing = { time = 3, lane = 1 }\n", "f:1:23: sealing.lane: unknown key", `"lanes"`},
		{"unknown key in listener", door + "[listener.kmd]\nsesion-lifetime = \"1s\"\n", "f:5:1: listener[0].kmd.sesion-lifetime: unknown", `"session-lifetime"`},
		{"bad value in second listener", door + strings.ReplaceAll(door, `"kmd"`, `"two"`) + "x=1\n", "f:6:1: listener[1].protocol: is \"two\"", ""},
		{"unknown key in inline listener", "listener = [{ name = \"a\" }, { nam = \"b\" }]\n", "f:1:31: listener[1].nam: unknown", `"name"`},
		{"capital letters", "[Sealing]\n", "unknown key", `"sealing"`},
		{"first mistake first", "[store]\nb = 1\na = 1\n", "f:2:1: store.b", ""},
		{"number for text", "[store]\nengine = 3\n", "f:2:1: store.engine: must be a string", ""},
		{"text for number", "[sealing]\ntime = \"3\"\n", "must be a whole number", ""},
		{"float for number", "[sealing]\ntime = 3.0\n", "must be a whole number", ""},
		{"number for duration", "[daemon]\nshutdown-grace = 3\n", "must be a duration in quotes", ""},
		{"number for bool", door + "[listener.kmd]\nallow-private-network = 1\n", "must be a true or false", ""},
		{"text for list", door + "[listener.kmd]\nallowed-origins = \"*\"\n", "must be a list of strings", ""},
		{"value for table", "sealing = 3\n", "f:1:1: sealing: must be a table", "[sealing]"},
		{"table for list", "[listener]\nname = \"a\"\n", "must be a list of tables", "[[listener]]"},
		{"numbers for tables", "listener = [1]\n", "must be a list of tables", ""},
		{"too small", "[sealing]\ntime = 0\n", "f:2:1: sealing.time: is 0; it must be 1 to 64", ""},
		{"too weak", "[sealing]\nmemory-mib = 1\n", "it must be 64 to 16384", ""},
		{"duration out of bounds", "[daemon]\nshutdown-grace = \"11m\"\n", "is 11m; it must be 0s to 10m", ""},
		{"negative duration", "[daemon]\nshutdown-grace = \"-1s\"\n", "it must be", ""},
		{"choice", "[audit]\ndurability = \"groups\"\n", `is "groups"; it must be each, group, written`, `did you mean "group"?`},
		{"derivations larger than any machine", "[sealing]\nmemory-mib = 16384\nconcurrency = 64\n", "sealing.concurrency times", ""},
		{"socket outside its directory", "[daemon]\nadmin-socket = \"../x\"\n", "f:2:1: daemon.admin-socket: must be a plain file name", ""},
		{"listener without name", "[[listener]]\nprotocol = \"kmd\"\n", "listener[0]: has no name", ""},
		{"listener without protocol", "[[listener]]\nname = \"kmd\"\n", "has no protocol", ""},
		{"listener called admin", strings.Replace(door, `"kmd"`, `"admin"`, 1), "the name of the admin socket", ""},
		{"listener twice", door + door, "f:5:1: listener[1].name: two listeners", ""},
		{"listener name", strings.Replace(door, `"kmd"`, `"Kmd"`, 1), "lower-case letters", ""},
		{"address without port", door + "address = \"localhost\"\n", "f:4:1: listener[0].address: must be", "127.0.0.1:7833"},
		{"address with odd port", door + "address = \"localhost:070\"\n", "has no port number", ""},
		{"relative socket", door + "address = \"unix:kmd.sock\"\n", "absolute path", ""},
		{"relative directory", door + "data-dir = \"kmd\"\n", "absolute path", ""},
		{"rule without name", "[[rule]]\nverdict = \"allow\"\n", "f:1:3: rule[0]: must have a name", ""},
		{"rule without verdict", strings.Replace(rule, "verdict = \"allow\"\n", "", 1), "has no verdict", ""},
		{"rule without keys", strings.Replace(rule, "keys = [\"*\"]\n", "", 1), "has no keys", `keys = ["*"]`},
		{"rule on a listener that is not there", strings.Replace(rule, `listeners = ["*"]`, `listeners = ["kmd"]`, 1), `f:4:1: rule[0].listeners: rule "r": no listener is named "kmd"`, ""},
		{"rule on an unknown operation", strings.Replace(rule, "sign", "sing", 1), `unknown operation "sing"`, ""},
		{"rule with an unknown effect", rule + "effects = [\"mov\"]\n", `unknown effect "mov"`, ""},
		{"deny without effects", strings.Replace(rule, "allow", "deny", 1), "effects is empty", ""},
		{"rule twice", rule + rule, "two rules", ""},
		{"element twice", rule + "effects = [\"move\", \"move\"]\n", "twice", ""},
		{"empty element", rule + "effects = [\"\"]\n", "must not have an element that is empty", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(Input{FileName: "f", File: []byte(tt.file), Operations: operations})
			if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), tt.text) || !strings.Contains(fault.Hint(err), tt.hint) {
				t.Errorf("got %v (hint: %s), want %q (hint: %s)", err, fault.Hint(err), tt.text, tt.hint)
			}
		})
	}
}

func TestRefusalsAboveTheFile(t *testing.T) {
	tests := []struct {
		name       string
		in         Input
		text, hint string
	}{
		{"unknown variable", Input{Environment: []string{"STRONGROOM_SEALING_TIEM=3"}}, "environment variable STRONGROOM_SEALING_TIEM", "STRONGROOM_SEALING_TIME"},
		{"variable out of bounds", Input{Environment: []string{"STRONGROOM_SEALING_TIME=0"}}, "STRONGROOM_SEALING_TIME: sealing.time: is 0", ""},
		{"variable of a listener that is not there", Input{Environment: []string{"STRONGROOM_LISTENER_KMD_ADDRESS=x"}}, "unknown", ""},
		{"bad address from the environment", Input{
			File:        []byte("[[listener]]\nname=\"kmd\"\nprotocol=\"kmd\"\naddress=\"a:1\"\n"),
			Environment: []string{"STRONGROOM_LISTENER_KMD_ADDRESS=x"},
		}, "STRONGROOM_LISTENER_KMD_ADDRESS: listener.kmd.address: must be", ""},
		{"unknown override", Input{Overrides: []Override{{Key: "audit.durable", From: "--durable"}}}, "--durable: audit.durable", "audit.durability"},
		{"override out of bounds", Input{Overrides: []Override{{Key: "audit.durability", Value: "never", From: "--durability"}}}, "--durability: audit.durability: is", ""},
		{"variable with two meanings", Input{File: []byte(
			"[[listener]]\nname=\"a\"\nprotocol=\"kmd\"\n[[listener]]\nname=\"a-kmd\"\nprotocol=\"kmd\"\n" +
				"[[listener]]\nname=\"a-limits\"\nprotocol=\"kmd\"\n[[listener]]\nname=\"b-c\"\nprotocol=\"kmd\"\n")}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(tt.in)
			if tt.text == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !fault.Is(err, fault.Invalid) || !strings.Contains(fault.Text(err), tt.text) || !strings.Contains(fault.Hint(err), tt.hint) {
				t.Errorf("got %v (hint: %s), want %q (hint: %s)", err, fault.Hint(err), tt.text, tt.hint)
			}
		})
	}
}

// Rules decide what may be signed and must come from the file alone.
func TestRulesCannotBeOverridden(t *testing.T) {
	file := DefaultFile("kmd")
	for _, in := range []Input{
		{Environment: []string{"STRONGROOM_RULE_ADMIN_EFFECTS=opaque"}},
		{Overrides: []Override{{Key: "rule.admin.effects", Value: "opaque"}}},
		{Overrides: []Override{{Key: "listener.kmd.name", Value: "admin"}}},
	} {
		in.File, in.Operations = []byte(file), operations
		if _, err := Load(in); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v %+v: %v", in.Environment, in.Overrides, err)
		}
	}
}

// A listener that is written by hand takes what its peer takes, unless it says otherwise.
func TestBodiesOfListeners(t *testing.T) {
	for text, want := range map[string]int{
		"protocol = \"clef\"": 5120, "protocol = \"kmd\"": 4096, "protocol = \"clef\"\nlimits.max-body-kib = 100": 100,
	} {
		l, err := Load(Input{File: []byte("[[listener]]\nname = \"x\"\n" + text + "\n")})
		if err != nil || l.Config.Listeners[0].Limits.MaxBodyKiB != want {
			t.Errorf("%s: %+v, %v; want %d", text, l, err, want)
		}
	}
}

func TestSizeBounds(t *testing.T) {
	if _, err := load(strings.Repeat("#", maxFile+1)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a huge file: %v", err)
	}
	for _, text := range []string{
		strings.Repeat("a.", 50000) + "a = 1",
		"a = " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		strings.Repeat("[[rule]]\n", maxElements+1),
	} {
		if _, err := load(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.20s…: %v", text, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, name := range Profiles() {
		f.Add([]byte(DefaultFile(name)))
	}
	for _, s := range []string{
		"", "[sealing]\ntime = 3\n", "listener = [{name='a', protocol='kmd'}]", "[[listener]]\n[listener.kmd]\n", "a.b.c = [[{}]]",
		"[daemon]\nshutdown-grace = '1e9h'", "\"\" = 1", "[[rule]]\nname=\"r\"", "x = 1979-05-27T07:32:00Z", "[store]\nengine=\"\\u0000\"",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Load(Input{FileName: "f", File: data, Operations: operations})
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
				t.Errorf("kind %v: %v", k, err)
			}
			return
		}
		// What was accepted is within all bounds, and the rules compile.
		if s := l.Config.Sealing; s.MemoryMiB < 64 || s.Time < 1 || l.Config.Store.Engine != "sqlite" {
			t.Errorf("accepted %+v", l.Config)
		}
		rules, err := l.Config.PolicyRules()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := policy.New(rules, operations); err != nil {
			t.Error(err)
		}
	})
}
