package daemon

import (
	"context"
	"encoding/hex"
	"errors"
	"net"
	"path/filepath"
	"time"

	"strongroom/internal/api/clef"
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/api/rest"
	"strongroom/internal/approval"
	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/policy/clefjs"
	"strongroom/internal/secret"
)

// ClefCore opens the core of the clef personality: strongroom's own directory inside
// the peer's, with an admin socket like any other.
func ClefCore(sealing Sealing, version string, now func() time.Time, stop func()) func(context.Context, clef.CoreConfig) (clef.Core, error) {
	return func(ctx context.Context, c clef.CoreConfig) (clef.Core, error) {
		settings, l, err := clefSettings(c)
		if err != nil {
			return clef.Core{}, err
		}
		d, err := Start(ctx, StartConfig{
			Dir: c.StateDir, Settings: settings, Sealing: sealing, Log: c.Logger, Now: now, Version: version, Stop: stop,
			Approvers: map[string]approval.Approver{l.Name: c.Approver},
		})
		if err != nil {
			return clef.Core{}, err
		}
		return clef.Core{
			Gate: d.Gate, Settings: settings, Listener: *l, Limits: limitsOf(l.Limits), Numbers: &d.numbers,
			Opened: d.shower(*l), StartRules: d.ruleStarter(*l), GiveUp: d.desk.Close, Close: d.Close,
		}, nil
	}
}

// clefSettings reads the configuration of a Clef directory as the command line changes it.
func clefSettings(c clef.CoreConfig) (config.Config, *config.Listener, error) {
	loaded, err := ReadConfig(c.ConfigFile, nil)
	if err != nil {
		return config.Config{}, nil, err
	}
	settings := loaded.Config
	l, ok := settings.Listener(clef.ListenerName)
	if !ok || l.Protocol != "clef" {
		return settings, nil, fault.Invalid.New("%s has no listener called %q with the protocol clef", c.ConfigFile, clef.ListenerName).
			WithHint("the name must stay: the rules speak of it")
	}
	c.Adjust(&settings, l)
	return settings, l, nil
}

// ruleStarter starts the processes of a listener's rule file.
func (d *Daemon) ruleStarter(l config.Listener) func(context.Context, []byte, func(string)) (*clefjs.Engine, error) {
	return func(ctx context.Context, source []byte, print func(line string)) (*clefjs.Engine, error) {
		return clefjs.Start(ctx, clefjs.Config{
			Source: source, Workers: l.Clef.RuleWorkers, Timeout: l.Clef.RuleTimeout.Std(), MemoryMiB: l.Clef.RuleMemoryMiB,
			Print: print, Log: d.cfg.Log,
		})
	}
}

// keyStores are the key stores of the listeners that speak Clef's protocol.
func (d *Directory) keyStores(listeners []config.Listener) []gate.KeyStore {
	var stores []gate.KeyStore
	for _, l := range listeners {
		if l.Protocol == "clef" {
			stores = append(stores, gate.KeyStore{
				Listener: l.Name, Name: "keystore", Owner: config.UIListener(l.Name),
				Path: l.Clef.Keystore, Light: l.Clef.LightKDF, KeepOpen: l.Clef.KeyTimeout.Std(), RejectUnknown: l.Clef.RejectUnknown,
				Seed: d.clefSeed(l), ConfigDir: d.clefDir(l),
			})
		}
	}
	return stores
}

// clefDir is Clef's own directory of a listener, by default one of ours.
func (d *Directory) clefDir(l config.Listener) string {
	switch {
	case l.Clef.ConfigDir != "":
		return l.Clef.ConfigDir
	case l.DataDir != "":
		return l.DataDir
	}
	return d.Join(l.Name)
}

// clefSeed is the file of the master seed, which need not be there.
func (d *Directory) clefSeed(l config.Listener) string {
	if l.Clef.SignerSecret != "" {
		return l.Clef.SignerSecret
	}
	return filepath.Join(d.clefDir(l), "masterseed.json")
}

// ClefAdmin reaches the core of a Clef directory for the length of one command: in the
// daemon that runs on it, else here.
func ClefAdmin(sealing Sealing, version string, now func() time.Time) func(context.Context, clef.CoreConfig) (clef.Admin, error) {
	return func(ctx context.Context, c clef.CoreConfig) (clef.Admin, error) {
		settings, l, err := clefSettings(c)
		if err != nil {
			return nil, err
		}
		a := &clefAdmin{keystore: l.Clef.Keystore, seed: l.Clef.SignerSecret}
		a.client = rest.NewClient(func(ctx context.Context) (net.Conn, error) { return Reach(ctx, c.StateDir, settings) })
		switch conn, err := Reach(ctx, c.StateDir, settings); {
		case err == nil:
			return a, conn.Close()
		case !errors.Is(err, ErrNobody):
			return nil, err
		}
		a.alone, err = Start(ctx, StartConfig{
			Dir: c.StateDir, Settings: settings, Sealing: sealing, Log: c.Logger, Now: now, Version: version, Stop: func() {},
		})
		return a, err
	}
}

// clefAdmin does what the owner of a Clef directory wants over the admin socket, also
// where it is the daemon itself.
type clefAdmin struct {
	client         *rest.Client
	alone          *Daemon // nil where another process is the daemon
	keystore, seed string
}

var _ clef.Admin = (*clefAdmin)(nil)

// keys and vault are what a request is about.
func (a *clefAdmin) keys() rest.ClefStore  { return rest.ClefStore{Keystore: a.keystore} }
func (a *clefAdmin) vault() rest.ClefStore { return rest.ClefStore{Seed: a.seed} }

func (a *clefAdmin) CreateSeed(ctx context.Context, password secret.Bytes) error {
	return a.client.ClefSeed(ctx, clef.ListenerName, rest.ClefSeed{ClefStore: a.vault(), Password: rest.Binary{Bytes: password}})
}

func (a *clefAdmin) Attest(ctx context.Context, master secret.Bytes, digest string) error {
	return a.client.ClefAttest(ctx, clef.ListenerName, rest.ClefAttest{ClefStore: a.vault(), Master: rest.Binary{Bytes: master}, Digest: digest})
}

func (a *clefAdmin) SetPassword(ctx context.Context, master secret.Bytes, address [20]byte, password secret.Bytes) error {
	return a.client.ClefCredential(ctx, clef.ListenerName, rest.ClefCredential{
		ClefStore: a.vault(), Master: rest.Binary{Bytes: master}, Address: hex.EncodeToString(address[:]), Password: rest.Binary{Bytes: password},
	})
}

func (a *clefAdmin) DeletePassword(ctx context.Context, master secret.Bytes, address [20]byte) error {
	return a.SetPassword(ctx, master, address, secret.Bytes{})
}

func (a *clefAdmin) Callers(ctx context.Context, master secret.Bytes) (map[string]string, error) {
	return a.client.ClefCallers(ctx, clef.ListenerName, rest.ClefMaster{ClefStore: a.vault(), Master: rest.Binary{Bytes: master}})
}

func (a *clefAdmin) RemoveCaller(ctx context.Context, master secret.Bytes, key wire.PairingKey) error {
	return a.client.ClefRemoveCaller(ctx, clef.ListenerName, rest.ClefRemoveCaller{
		ClefStore: a.vault(), Master: rest.Binary{Bytes: master}, Key: hex.EncodeToString(key[:]),
	})
}

func (a *clefAdmin) NewKey(ctx context.Context, password secret.Bytes) (gate.KeyFile, error) {
	return a.client.ClefNewKey(ctx, clef.ListenerName, rest.ClefNewKey{ClefStore: a.keys(), Password: rest.Binary{Bytes: password}})
}

func (a *clefAdmin) ImportKey(ctx context.Context, private, password secret.Bytes) (gate.KeyFile, error) {
	return a.client.ClefImport(ctx, clef.ListenerName, rest.ClefImport{
		ClefStore: a.keys(), Private: rest.Binary{Bytes: private}, Password: rest.Binary{Bytes: password},
	})
}

func (a *clefAdmin) Accounts(ctx context.Context) ([]gate.KeyFile, error) {
	return a.client.ClefKeys(ctx, clef.ListenerName, a.keys())
}

func (a *clefAdmin) Close() error {
	a.client.Close()
	if a.alone == nil {
		return nil
	}
	return a.alone.Close(context.Background())
}
