package cli

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"strongroom/internal/api/rest"
	"strongroom/internal/config"
	"strongroom/internal/daemon"
)

// quickRecords is how far back doctor follows the journal's chain; audit verify
// reads it all.
const quickRecords = 1000

// checkDirectories looks at who may enter and read what.
func (a *app) checkDirectories(d *diagnosis, dir string, settings config.Config) {
	if checkPrivate(d, "directory", dir, 0o700) {
		for _, name := range []string{daemon.ConfigName, daemon.StoreFile()} {
			if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().Perm()&0o077 != 0 {
				d.warn("directory", "chmod 600 "+shellWord(filepath.Join(dir, name)), "%s has mode %04o", name, info.Mode().Perm())
			}
		}
	}
	if filepath.Base(dir) == insideName {
		checkPeer(d, filepath.Dir(dir))
	}
	for _, l := range settings.Listeners {
		for _, dir := range []string{l.DataDir, l.Clef.ConfigDir} {
			if dir != "" {
				checkPeer(d, dir)
			}
		}
	}
}

// checkPrivate reports whether a directory is closed to others.
func checkPrivate(d *diagnosis, name, dir string, mode fs.FileMode) bool {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		d.fail(name, "", "%s can not be read", shown(dir))
	case info.Mode().Perm()&0o077 != 0:
		d.fail(name, "chmod "+modeText(mode)+" "+shellWord(dir), "%s is open to others (mode %04o)", shown(dir), info.Mode().Perm())
	default:
		d.ok(name, "%s is closed to others", shown(dir))
		return true
	}
	return false
}

func modeText(mode fs.FileMode) string {
	const digits = "01234567"
	return string([]byte{digits[mode>>6&7], digits[mode>>3&7], digits[mode&7]})
}

// checkPeer looks at a directory whose modes another program chose.
func checkPeer(d *diagnosis, dir string) {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		d.warn("peer directory", "it must exist before its listener can start", "%s can not be read", shown(dir))
	case info.Mode().Perm()&0o077 != 0:
		d.warn("peer directory", "chmod 700 "+shellWord(dir), "%s is open to others (mode %04o)", shown(dir), info.Mode().Perm())
	default:
		d.ok("peer directory", "%s is closed to others", shown(dir))
	}
}

// checkContents opens everything, through the daemon if one runs.
func (a *app) checkContents(ctx context.Context, d *diagnosis) {
	err := a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		list, err := c.Wallets(ctx)
		if err != nil {
			return err
		}
		d.ok("store", "opens with its current schema; %d wallets", len(list.Wallets))
		if list.Trouble != "" {
			d.warn("wallets", "make the folder readable, or set another one", "files of another program may be missing: %s", shown(list.Trouble))
		}
		for _, w := range list.Wallets {
			if w.Conflict != "" {
				d.warn("wallets", "strongroom wallet resolve "+w.ID, "%s: %s", shown(w.Name), shown(w.Conflict))
			}
			if w.Advice != "" {
				d.warn("wallets", "", "%s: %s", shown(w.Name), shown(w.Advice))
			}
		}
		records, err := c.AuditTail(ctx, quickRecords)
		if err != nil {
			return err
		}
		d.ok("journal", "opens; its last %d records form a chain", len(records))
		for _, r := range records {
			if r.Operation == daemon.OpBehind {
				d.warn("store", "restore the latest copy, or see docs/audit.md for what to check", "at %s (record %d) it was older than the journal: %s",
					until(r.Time), r.Sequence, shown(r.Detail))
			}
		}
		if n := len(records); n > 0 && records[n-1].Time.After(a.env.Now().Add(time.Minute)) {
			d.warn("clock", "set the clock, best by NTP", "the journal's last record is from %s, which is in the future", until(records[n-1].Time))
		}
		return nil
	})
	if err != nil {
		d.failWith("store, journal", err)
	}
}
