package cli

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/config"
	"strongroom/internal/daemon"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

type devOptions struct {
	Dir string
}

func (o *devOptions) Add(f *pflag.FlagSet) {
	f.StringVar(&o.Dir, "dir", ".dev", "the throw-away data `directory`")
}

func (a *app) newDevCommand() *cobra.Command {
	var o devOptions
	c := &cobra.Command{
		Use:   "dev",
		Short: "Try everything out in a throw-away data directory",
		Long: `Serves a throw-away data directory, which is made with a development wallet if it does
not exist; makes a first signature through the daemon's own API, and shows what it
would do, the signature and its record in the journal; then serves until Ctrl-C.
The wallet's password is a random one in a file inside the directory: do not keep
anything of value there.`,
		Example: "  strongroom dev\n  strongroom dev --dir /tmp/try",
		Args:    exactly(0),
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, _ []string) error { return a.runDev(ctx, o) })
	return c
}

const (
	devWallet       = "dev"
	devPasswordName = "dev-password"
	devUnlock       = "24h"
)

// demonstration is what dev shows.
type demonstration struct {
	Directory    string          `json:"directory"`
	Wallet       string          `json:"wallet"`
	PasswordFile string          `json:"passwordFile"`
	Key          rest.Key        `json:"key"`
	Signed       rest.Signed     `json:"signed"`
	Record       rest.Record     `json:"record"`
	Listeners    []rest.Listener `json:"listeners"`
	Commands     []string        `json:"commands"` // to copy
}

func (a *app) runDev(ctx context.Context, o devOptions) error {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return fault.Storage.Wrap(err, "the working directory can not be found")
	}
	if _, err := os.Stat(filepath.Join(dir, daemon.ConfigName)); errors.Is(err, fs.ErrNotExist) {
		if err := makeDataDir(dir, config.DefaultFile("all"), a.global.TrustModes); err != nil {
			return err
		}
		a.say("made the throw-away data directory %s", shown(dir))
	}
	loaded, err := a.loadFrom(dir)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	client := newClient(dir, loaded.Config)
	defer client.Close()
	var failed error
	err = daemon.Run(ctx, a.startConfig(dir, loaded.Config, stop), func(*daemon.Daemon) {
		switch err := a.demonstrate(ctx, client, dir, loaded.Config); {
		case ctx.Err() != nil: // told to stop meanwhile
		case err != nil:
			failed = err
			stop()
		default:
			a.say("serving until Ctrl-C")
		}
	})
	if err != nil {
		return alreadyRunning(err)
	}
	if failed == nil {
		a.say("stopped")
	}
	return failed
}

// demonstrate makes the first signature and shows it.
func (a *app) demonstrate(ctx context.Context, c *rest.Client, dir string, settings config.Config) error {
	d := demonstration{Directory: dir, Wallet: devWallet, PasswordFile: filepath.Join(dir, devPasswordName)}
	var err error
	if d.Key, err = a.openDevWallet(ctx, c, d.PasswordFile, settings.Sealing); err != nil {
		return err
	}
	payment, err := samplePayment(d.Key.Addresses[algorand.ID])
	if err != nil {
		return err
	}
	d.Signed, err = c.Sign(ctx, devWallet, rest.Sign{Chain: algorand.ID, Form: algorand.FormTransaction, Payload: payment})
	if err != nil {
		return err
	}
	if d.Record, err = recordOf(ctx, c, d.Signed.Record); err != nil {
		return err
	}
	status, err := c.Status(ctx)
	if err != nil {
		return err
	}
	d.Listeners = status.Listeners
	d.Commands = a.devCommands(dir, status.Listeners, settings)
	return a.put(d, func(out io.Writer) { writeDemonstration(out, d) })
}

// recordOf finds a record that was just written.
func recordOf(ctx context.Context, c *rest.Client, sequence uint64) (rest.Record, error) {
	records, err := c.AuditTail(ctx, 100)
	if err != nil {
		return rest.Record{}, err
	}
	for _, r := range records {
		if r.Sequence == sequence {
			return r, nil
		}
	}
	return rest.Record{}, fault.Internal.New("the journal does not show record %d", sequence)
}

// openDevWallet opens the development wallet, which is made first if it does not
// exist, and gives its first key.
func (a *app) openDevWallet(ctx context.Context, c *rest.Client, passwordFile string, cost config.Sealing) (rest.Key, error) {
	password, err := a.devPassword(passwordFile)
	if err != nil {
		return rest.Key{}, err
	}
	defer password.Wipe()
	cause := fmt.Sprintf("(Argon2id, %d MiB, %d passes): about a second", cost.MemoryMiB, cost.Time)
	if _, err := findWallet(ctx, c, devWallet); fault.Is(err, fault.UnknownWallet) {
		a.say("sealing the new wallet %s under its password %s", devWallet, cause)
		if _, err := c.CreateWallet(ctx, rest.CreateWallet{Name: devWallet, Password: rest.Text{Bytes: password}}); err != nil {
			return rest.Key{}, err
		}
		a.say("the password of wallet %s is in %s; that is for development only", devWallet, shown(passwordFile))
	} else if err != nil {
		return rest.Key{}, err
	}
	a.say("opening the wallet with its password %s", cause)
	if _, err := c.Unlock(ctx, devWallet, rest.Unlock{Password: rest.Text{Bytes: password}, For: devUnlock}); err != nil {
		return rest.Key{}, err
	}
	keys, err := c.Keys(ctx, devWallet, secret.Bytes{})
	if err != nil {
		return rest.Key{}, err
	}
	if len(keys) > 0 {
		return keys[0], nil
	}
	return c.DeriveKey(ctx, devWallet, rest.DeriveKey{})
}

// devPassword reads the password of the development wallet, or draws and keeps one.
func (a *app) devPassword(path string) (secret.Bytes, error) {
	data, err := readFile(path, maxSecretFile)
	if err == nil {
		return secret.New(data), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return secret.Bytes{}, err
	}
	random := make([]byte, 16)
	defer clear(random)
	if _, err := io.ReadFull(a.env.Rand, random); err != nil {
		return secret.Bytes{}, fault.Internal.Wrap(err, "the system gave no randomness")
	}
	text := hex.AppendEncode(make([]byte, 0, hex.EncodedLen(len(random))), random)
	if err := newFile(path, text); err != nil {
		clear(text)
		return secret.Bytes{}, err
	}
	return secret.New(text), nil
}

// devCommands are commands to copy, one for each way to talk to the daemon.
func (a *app) devCommands(dir string, listeners []rest.Listener, settings config.Config) []string {
	commands := []string{
		shellWord(a.program) + " status --data-dir " + shellWord(dir),
		shellWord(a.program) + " key new " + devWallet + " --chain ethereum --data-dir " + shellWord(dir),
	}
	for _, l := range listeners {
		switch l.Protocol {
		case "kmd":
			files := filepath.Join(dir, l.Name)
			if configured, ok := settings.Listener(l.Name); ok && configured.DataDir != "" {
				files = configured.DataDir
			}
			token := filepath.Join(files, "kmd.token")
			commands = append(commands, fmt.Sprintf(`curl -s -H "X-KMD-API-Token: $(cat %s)" http://%s/v1/wallets`, shellWord(token), l.Address))
		case "kiod":
			socket, isSocket := strings.CutPrefix(l.Address, "unix:")
			if isSocket {
				commands = append(commands, "curl -s --unix-socket "+shellWord(socket)+` http://localhost/v1/wallet/create -d '"demo"'`)
			} else {
				commands = append(commands, "curl -s http://"+l.Address+`/v1/wallet/create -d '"demo"'`)
			}
		}
	}
	return commands
}

func writeDemonstration(out io.Writer, d demonstration) {
	fmt.Fprintf(out, "\nthe first signature, by key %s of wallet %s:\n", d.Key.Addresses[algorand.ID], d.Wallet)
	for _, e := range d.Signed.Effects {
		fmt.Fprintf(out, "  effect     %s\n", describeEffect(e, decimalsOn(algorand.ID)))
	}
	fmt.Fprintf(out, "  signature  %s\n", base64.StdEncoding.EncodeToString(d.Signed.Signature))
	r := d.Record
	fmt.Fprintf(out, "  record     %d in the journal: %s %s by rule %s, digest %s\n", r.Sequence, r.Verdict, r.Operation, shown(r.Rule), r.Digest)
	fmt.Fprintf(out, "\ntry, in another terminal:\n  %s\n\n", strings.Join(d.Commands, "\n  "))
}
