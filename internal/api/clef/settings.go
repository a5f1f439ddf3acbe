package clef

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/config"
	"strongroom/internal/fault"
)

// settings are the options of a command line, checked. Paths are absolute.
type settings struct {
	configDir  string
	keystore   string // "" for none
	seed       string // of the master seed; it need not exist
	otherSeed  bool   // it was named
	directory  string // the options that name the two, for a command line; "" for none
	stateDir   string // ours, inside configDir
	chainID    int64
	light      bool
	advanced   bool
	http       string // "host:port", "" for none
	vhosts     []string
	socket     string // of IPC, "" for none
	customDB   string
	db         string // "" for none
	auditLog   string // "" for none; as given, relative to the working directory
	rules      string // "" for none
	pcscd      string
	passwords  []passwordFile // where the master password may be, the first that is there
	stdio      bool
	uiTest     bool
	noNotice   bool
	noChange   bool
	fallback   bool // to manual mode
	acceptOld  bool // the rule storage
	overridden []func(*config.Config, *config.Listener)
}

// passwordFile is a place where the master password may be.
type passwordFile struct {
	path   string
	needed bool // that it is not there is an error
	from   string
}

// Names that the master password is found under when no option names a file.
const (
	credentialName      = "clef-master-password"  // of systemd, see systemd.exec(5) LoadCredential=
	credentialDirectory = "CREDENTIALS_DIRECTORY" // the environment variable of systemd
	passwordVariable    = "CLEF_PASSWORD_FILE"    // names a file, never a password
)

// stateName is where strongroom keeps its own state inside the peer's directory.
const stateName = ".strongroom"

// socketName is that of the IPC socket in its directory.
const socketName = "clef.ipc"

// settings checks what was given. lookup reads the environment.
func (v values) settings(all []option, lookup func(string) string) (s settings, err error) {
	home := lookup("HOME")
	directory := func(name string) string {
		path := v.text(all, name)
		if rest, ok := strings.CutPrefix(path, "~/"); ok && home != "" {
			path = filepath.Join(home, rest)
		}
		if path == "" || err != nil {
			return ""
		}
		var absolute string
		if absolute, err = filepath.Abs(path); err != nil {
			err = fault.Invalid.Wrap(err, "the path %q of --%s", path, name)
		}
		return absolute
	}
	s = settings{
		configDir: directory(optConfigDir), keystore: directory(optKeystore), seed: directory(optSignerSecret),
		customDB: directory(optCustomDB), db: directory(optDB), rules: directory(optRules),
		auditLog: v.text(all, optAuditLog), pcscd: v.text(all, optPCSCD),
		chainID: v.number(all, optChainID), light: v.on(all, optLightKDF), advanced: v.on(all, optAdvanced),
		stdio: v.on(all, optStdioUI), uiTest: v.on(all, optStdioUITest), noNotice: v.on(all, optSuppressBootwarn),
		noChange: v.on(all, optNoChange), fallback: v.on(all, optManualFallback), acceptOld: v.on(all, optAcceptStorage),
	}
	if s.configDir == "" && err == nil {
		err = fault.Invalid.New("--%s must not be empty", optConfigDir)
	}
	if v.has(optConfigDir) {
		s.directory = DirectoryOptions(s.configDir, s.seed)
	} else {
		s.directory = DirectoryOptions("", s.seed)
	}
	s.stateDir = filepath.Join(s.configDir, stateName)
	s.otherSeed = s.seed != ""
	if !s.otherSeed {
		s.seed = filepath.Join(s.configDir, "masterseed.json")
	}
	if !v.on(all, optIPCDisable) {
		s.socket = filepath.Join(s.configDir, socketName)
		if dir := directory(optIPCPath); dir != "" {
			s.socket = filepath.Join(dir, socketName)
		}
	}
	if err == nil {
		err = v.listen(all, &s)
	}
	if err == nil {
		err = v.override(all, &s)
	}
	s.passwords = v.passwordFiles(directory, lookup)
	return s, err
}

// listen says where HTTP is served. The early spellings switch it on by themselves.
func (v values) listen(all []option, s *settings) error {
	host, port, vhosts := v.text(all, optHTTPAddr), v.number(all, optHTTPPort), v.text(all, optHTTPVHosts)
	on := v.on(all, optHTTP) || v.on(all, optRPC)
	if v.has(optRPCAddr) {
		host, on = v.text(all, optRPCAddr), true
	}
	if v.has(optRPCPort) {
		port, on = v.number(all, optRPCPort), true
	}
	if v.has(optRPCVHosts) {
		vhosts = v.text(all, optRPCVHosts)
	}
	for name := range strings.SplitSeq(vhosts, ",") {
		if name = strings.TrimSpace(name); name != "" {
			s.vhosts = append(s.vhosts, name)
		}
	}
	if port < 0 || port > 65535 {
		return fault.Invalid.New("invalid value \"%d\" for flag -%s: no port", port, optHTTPPort)
	}
	if !on {
		return nil
	}
	if host == "" {
		return fault.Invalid.New("--%s must not be empty", optHTTPAddr).WithHint("write 0.0.0.0 or :: to listen on every interface")
	}
	if literal, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(literal, "]")
	}
	s.http = net.JoinHostPort(host, strconv.FormatInt(port, 10))
	return nil
}

// override collects the options of ours that say what strongroom.toml says too.
func (v values) override(all []option, s *settings) error {
	duration := func(name string) config.Duration {
		d, _ := time.ParseDuration(v.text(all, name)) // checked when it was read
		return config.Duration(d)
	}
	apply := func(name string, set func(*config.Config, *config.Listener)) {
		if v.has(name) {
			s.overridden = append(s.overridden, set)
		}
	}
	if d := duration(optApprovalTimeout).Std(); v.has(optApprovalTimeout) && (d < time.Second || d > maxApproval) {
		return fault.Invalid.New("--%s is %s; it must be 1s to %s", optApprovalTimeout, d, maxApproval)
	}
	if d := duration(optKeyTimeout).Std(); v.has(optKeyTimeout) && d < 0 {
		return fault.Invalid.New("--%s must not be negative", optKeyTimeout)
	}
	switch u := v.text(all, optUnpaired); u {
	case "", "show", "restrict", "refuse":
	default:
		return fault.Invalid.New("--%s is %.32q; it must be show, restrict or refuse", optUnpaired, u)
	}
	apply(optApprovalTimeout, func(c *config.Config, _ *config.Listener) { c.Approval.Timeout = duration(optApprovalTimeout) })
	apply(optKeyTimeout, func(_ *config.Config, l *config.Listener) { l.Clef.KeyTimeout = duration(optKeyTimeout) })
	apply(optUnpaired, func(_ *config.Config, l *config.Listener) { l.Clef.Unpaired = v.text(all, optUnpaired) })
	apply(optBulk, func(_ *config.Config, l *config.Listener) { l.Clef.Bulk = v.on(all, optBulk) })
	apply(optRejectUnknown, func(_ *config.Config, l *config.Listener) { l.Clef.RejectUnknown = v.on(all, optRejectUnknown) })
	if !v.has(optAutoList) {
		return nil
	}
	accounts, err := parseAccounts(v.text(all, optAutoList))
	if err != nil {
		return err
	}
	apply(optAutoList, func(_ *config.Config, l *config.Listener) { l.Clef.AutoList = accounts })
	return nil
}

// maxApproval bounds how long a request may wait for its answer.
const maxApproval = time.Hour // as approval.timeout of strongroom.toml

// parseAccounts reads addresses that commas separate.
func parseAccounts(list string) (accounts []string, err error) {
	for text := range strings.SplitSeq(list, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		account, err := wire.ParseAddress(text)
		if err != nil {
			return nil, fault.Invalid.New("--%s: %.64q is no address", optAutoList, text)
		}
		accounts = append(accounts, account.String())
	}
	return accounts, nil
}

func (v values) passwordFiles(directory func(string) string, lookup func(string) string) (files []passwordFile) {
	if path := directory(optPasswordFile); path != "" {
		return []passwordFile{{path, true, "--" + optPasswordFile}}
	}
	if path := lookup(passwordVariable); path != "" {
		return []passwordFile{{path, true, passwordVariable}}
	}
	if dir := lookup(credentialDirectory); dir != "" {
		files = append(files, passwordFile{filepath.Join(dir, credentialName), false, credentialDirectory})
	}
	return files
}

// DirectoryOptions are the options that tell a command of clef which directory and which
// file of the master seed it is about, for a command line to copy; "" for the usual ones.
func DirectoryOptions(configDir, seed string) string {
	var options []string
	if configDir != "" {
		options = append(options, "--"+optConfigDir, word(configDir))
	}
	if seed != "" {
		options = append(options, "--"+optSignerSecret, word(seed))
	}
	return strings.Join(options, " ")
}

// word quotes a word for a command line to copy.
func word(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Lookup is the environment of the process, in which HOME is always the user's home.
func Lookup(name string) string {
	if name == "HOME" {
		return HomeDirectory()
	}
	return os.Getenv(name)
}
