package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"strongroom/internal/fault"
)

// measureScrypt has a daemon refuse wrong passwords of a kmd wallet file sealed
// with kmd's default parameters: that costs one scrypt and nothing else. It is
// given one processor, then all of them.
func (b *bench) measureScrypt(ctx context.Context) error {
	const name = "kmd's default scrypt"
	b.Progress("making a kmd wallet file", 0, 0)
	file, err := b.kmdFile(ctx)
	if err != nil {
		return err
	}
	for _, workers := range slices.Compact([]int{1, runtime.NumCPU()}) {
		b.Progress(name+" on "+plural(workers, "processor"), 0, 0)
		taken, err := b.openForeign(ctx, file, workers)
		if err != nil {
			return err
		}
		b.report.Derivations = append(b.report.Derivations, derivation(name, workers, taken))
	}
	return nil
}

// kmdFile has a daemon export a wallet and gives the file's path.
func (b *bench) kmdFile(ctx context.Context) (_ string, err error) {
	const name = "exported"
	c, _, err := b.kmd(ctx, name, cheapSealing()...)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	output := filepath.Join(b.dir, "exported.db")
	secretFile := filepath.Join(b.dir, "password")
	if err := os.WriteFile(secretFile, []byte(password+"\n"), 0o600); err != nil {
		return "", fault.Storage.Wrap(err, "the file %s can not be written", secretFile)
	}
	cmd := exec.CommandContext(ctx, b.Executable, append(b.Export(filepath.Join(b.dir, name), name, output), "--password-file", secretFile)...)
	cmd.Env = environment()
	said := new(tail)
	cmd.Stderr = said
	if err := cmd.Run(); err != nil {
		return "", fault.Internal.Wrap(err, "the wallet could not be exported: %.300q", said.text)
	}
	return output, nil
}

// openForeign has a fresh daemon with so many processors guess at a wallet file.
func (b *bench) openForeign(ctx context.Context, file string, workers int) (taken []Sample, err error) {
	dir := filepath.Join(b.dir, fmt.Sprintf("foreign-%d", workers))
	wallets := filepath.Join(dir, "sqlite_wallets")
	if err := os.MkdirAll(wallets, 0o700); err != nil {
		return nil, fault.Storage.Wrap(err, "the directory %s can not be made", wallets)
	}
	data, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(filepath.Join(wallets, "exported.db"), data, 0o600)
	}
	if err != nil {
		return nil, fault.Storage.Wrap(err, "the wallet file can not be copied")
	}
	c, err := startKmd(ctx, b.Executable, dir, fmt.Sprintf("GOMAXPROCS=%d", workers))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	conn, err := dial(ctx, c.address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.limit(answerWait); err != nil {
		return nil, err
	}
	w := &wallet{daemon: c}
	if w.id, err = onlyWallet(conn, c); err != nil {
		return nil, err
	}
	for i := range b.derivations() {
		guess := w.opening(fmt.Sprintf("wrong %d", i)) // never the same: wrong ones are remembered
		s, err := round(ctx, 1, answerWait, 1, c.used, func(int) error {
			_, err := conn.expect(http.StatusUnauthorized, guess)
			return err
		})
		if err != nil {
			return nil, err
		}
		taken = append(taken, s)
	}
	return taken, nil
}

// onlyWallet is the id of the one wallet of a daemon.
func onlyWallet(conn *Conn, c *child) (string, error) {
	body, err := conn.expect(http.StatusOK, request(http.MethodGet, "/v1/wallets", c.token, nil))
	if err != nil {
		return "", err
	}
	var list struct {
		Wallets []struct {
			ID string `json:"id"`
		} `json:"wallets"`
	}
	if err := json.Unmarshal(body, &list); err != nil || len(list.Wallets) != 1 {
		return "", fault.Internal.Wrap(err, "the measured daemon does not show the wallet file")
	}
	return list.Wallets[0].ID, nil
}
