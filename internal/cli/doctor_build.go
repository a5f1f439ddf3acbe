package cli

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/policy/clefjs"
	"strongroom/internal/secret"
)

// checkMemory asks for as much locked memory as the daemon would.
func checkMemory(d *diagnosis, settings config.Config) {
	limit := "unknown"
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &r); err == nil {
		limit = limitText(uint64(r.Cur))
	}
	arena, err := secret.NewArena(settings.Memory.ArenaKiB << 10)
	if err != nil {
		advice := fault.Hint(err)
		if advice == "" {
			advice = "raise the limit: ulimit -l, LimitMEMLOCK= in a systemd unit, or make capabilities"
		}
		d.fail("locked memory", advice, "%s (memlock limit %s)", fault.Text(err), limit)
		return
	}
	backing := arena.Backing()
	if err := arena.Close(); err != nil {
		d.fail("locked memory", "", "%s", fault.Text(err))
		return
	}
	if runtime.GOOS != "linux" {
		d.warn("locked memory", "prefer Linux where keys are worth much", "keys are kept by %s, which this system does not keep from dumps and forks", backing)
		return
	}
	d.ok("locked memory", "%d KiB by %s (memlock limit %s)", settings.Memory.ArenaKiB, backing, limit)
}

func limitText(bytes uint64) string {
	if bytes >= 1<<62 {
		return "none"
	}
	return strconv.FormatUint(bytes>>10, 10) + " KiB"
}

// checkRuleProcesses looks at what keeps the rule files of Clef's protocol in, where there
// is a listener for it.
func checkRuleProcesses(d *diagnosis, settings config.Config) {
	if !slices.ContainsFunc(settings.Listeners, func(l config.Listener) bool { return l.Protocol == "clef" }) {
		return
	}
	if version := clefjs.Landlock(); version > 0 {
		d.ok("rule processes", "landlock is on (version %d): rule files have neither files nor network, whatever they break out of", version)
		return
	}
	d.warn("rule processes", "use Linux 5.13 or later with landlock among its modules (lsm= of the kernel's command line)",
		"landlock is off: rule files are confined by what else the system offers")
}

// checkBuild looks at what was built in.
func checkBuild(d *diagnosis) {
	if secret.Erasing() {
		d.ok("erasing", "stack and registers are erased after each use of a private key")
		return
	}
	d.warn("erasing", "build with GOEXPERIMENT=runtimesecret on linux/amd64 or linux/arm64 (make build does)", "this build does not erase stack and registers after use of a private key")
}

// checkBinaries compares the files beside this program that should be the same.
func (a *app) checkBinaries(d *diagnosis) {
	self, err := os.Executable()
	if err != nil {
		d.warn("binaries", "", "the program's own file can not be found")
		return
	}
	own, err := os.Stat(self)
	if err != nil {
		d.warn("binaries", "", "the program's own file %s can not be read", shown(self))
		return
	}
	names := []string{"strongroom"}
	for _, p := range a.env.Personalities {
		names = append(names, p.Names...)
	}
	same := 0
	var missing []string
	for _, name := range names {
		path := filepath.Join(filepath.Dir(self), name)
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, name)
			continue
		case err != nil:
			d.warn("binaries", "", "%s can not be read", shown(path))
			continue
		case os.SameFile(own, info):
			same++
			continue
		}
		if equal, err := equalFiles(self, path); err != nil || !equal {
			d.warn("binaries", "install all names together (make install), and restart what runs", "%s is another build than %s", shown(path), shown(self))
			continue
		}
		same++
	}
	absent := ""
	if len(missing) > 0 {
		absent = "; not there: " + strings.Join(missing, ", ")
	}
	d.ok("binaries", "%d of %d names are beside %s and are this build%s", same, len(names), shown(self), absent)
}

func equalFiles(a, b string) (bool, error) {
	x, err := hashFile(a)
	if err != nil {
		return false, err
	}
	y, err := hashFile(b)
	return bytes.Equal(x, y), err
}

func hashFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return h.Sum(nil), err
}

// checkClock refuses a clock that is before the program was written: deadlines and
// the journal's times depend on it.
func (a *app) checkClock(d *diagnosis) {
	written := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key != "vcs.time" {
				continue
			}
			if t, err := time.Parse(time.RFC3339, s.Value); err == nil {
				written = t
			}
		}
	}
	now := a.env.Now()
	if now.Before(written.Add(-24 * time.Hour)) {
		d.fail("clock", "set the clock, best by NTP", "it says %s, before this program was written", until(now))
		return
	}
	d.ok("clock", "it says %s", until(now))
}
