package clef

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"strongroom/internal/atomicfile"
	"strongroom/internal/config"
	"strongroom/internal/fault"
)

// begin shows the notice, which has to be confirmed unless another program is the UI or
// the notice is suppressed.
func (p *personality) begin(s settings) error {
	switch {
	case s.noNotice:
		return nil
	case s.stdio:
		fmt.Fprint(p.env.Stderr, notice)
		return nil
	}
	fmt.Fprintf(p.env.Stdout, "%s\nEnter 'ok' to proceed:\n> ", notice)
	line, err := p.input.line()
	switch {
	case errors.Is(err, errNoInput):
		return errSilent
	case err != nil:
		return err
	case line != "ok":
		return fault.Denied.New("aborted by user")
	}
	fmt.Fprintln(p.env.Stdout)
	return nil
}

// coreConfig says where the state of the configuration directory is, which it makes if
// it is not there yet, with its configuration.
func (p *personality) coreConfig(s settings) (CoreConfig, error) {
	for _, dir := range []string{s.configDir, s.stateDir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return CoreConfig{}, fault.Storage.Wrap(err, "the directory %s can not be made", dir)
		}
	}
	if info, err := os.Stat(s.configDir); err == nil && info.Mode().Perm()&openToOthers != 0 {
		p.logger.Warn("The configuration directory is open to other users", "mend", "chmod 700 "+word(s.configDir))
	}
	file := filepath.Join(s.stateDir, "strongroom.toml")
	if _, err := os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
		if err := atomicfile.Write(file, []byte(config.DefaultFile(ListenerName)), 0o600); err != nil {
			return CoreConfig{}, fault.Storage.Wrap(err, "strongroom's configuration %s can not be written", file)
		}
	}
	return CoreConfig{StateDir: s.stateDir, ConfigFile: file, Adjust: s.adjust, Logger: p.logger}, nil
}

// adjust puts what the command line says in the place of what strongroom.toml does.
func (s *settings) adjust(c *config.Config, l *config.Listener) {
	l.Clef.Keystore, l.Clef.ConfigDir, l.Clef.SignerSecret = s.keystore, s.configDir, s.seed
	l.Clef.LightKDF, l.Clef.Advanced, l.Clef.VHosts = s.light, s.advanced, s.vhosts
	l.Clef.Rules, l.Clef.CustomDB, l.Clef.DB = s.rules, s.customDB, s.db
	l.Clef.AcceptRuleStorage = l.Clef.AcceptRuleStorage || s.acceptOld
	for _, set := range s.overridden {
		set(c, l)
	}
}

// withAdmin does work as the owner of the directory.
func (p *personality) withAdmin(ctx context.Context, s settings, work func(Admin) error) (err error) {
	cfg, err := p.coreConfig(s)
	if err != nil {
		return err
	}
	admin, err := p.env.OpenAdmin(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, admin.Close()) }()
	return work(admin)
}

// plain is an error of the system in its own words, which are the peer's, too.
func plain(err error) error { return fault.Storage.New("%s", err.Error()) }

// errText is what an error says that need not be classified.
func errText(err error) string {
	if _, classified := errors.AsType[*fault.Error](err); classified {
		return fault.Text(err)
	}
	return err.Error()
}
