package kiod

import (
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"strongroom/internal/fault"
)

const (
	configName = "config.ini"
	maxConfig  = 1 << 20 // bytes of config.ini and of logging.json
)

// Settings are what the command line and config.ini say (§1), checked.
type Settings struct {
	Socket      string // path of the unix socket; "" for none
	SocketMode  uint32
	SocketGroup int    // -1: none
	Address     string // host:port; "" for none

	CORS                CORS
	MaxBody             int64
	MaxBytesInFlight    int64 // negative: no limit
	MaxRequestsInFlight int64 // negative: no limit
	Verbose             bool
	ValidateHost        bool
	Aliases             []string
	KeepAlive           bool

	WalletDir  string // absolute
	PathPrefix string // how the peer's texts name a wallet's file, up to its name
	Timeout    time.Duration
}

// maxUnlockTimeout is the longest timeout in seconds whose end the clock can tell.
const maxUnlockTimeout = 100 * 365 * 24 * 3600

// settings checks the values and makes paths absolute. dataDir is absolute.
func (v values) settings(all []option, dataDir string) (s Settings, err error) {
	for _, name := range v[optPlugin] {
		for plugin := range strings.FieldsSeq(name) {
			if !knowsPlugin(plugin) {
				return s, fault.Invalid.New("unable to find plugin: %s", plugin)
			}
		}
	}
	s = Settings{
		Address: v.text(all, optAddress),
		CORS: CORS{
			AllowOrigin: v.text(all, optOrigin), AllowHeaders: v.text(all, optHeaders), MaxAge: v.text(all, optMaxAge),
			AllowCredentials: v.flag(all, optCredentials),
		},
		MaxBody: v.number(all, optMaxBody), MaxBytesInFlight: v.number(all, optMaxBytes), MaxRequestsInFlight: v.number(all, optMaxRequests),
		Verbose: v.flag(all, optVerbose), ValidateHost: v.flag(all, optValidateHost), Aliases: v[optAlias], KeepAlive: v.flag(all, optKeepAlive),
	}
	timeout := v.number(all, optTimeout)
	switch {
	case timeout < 0 || timeout > maxUnlockTimeout:
		return s, &refusal{code: codeTimeout, message: "Please specify a positive timeout " + strconv.FormatInt(timeout, 10)}
	case v.number(all, optThreads) <= 0:
		return s, fault.Invalid.New("http-threads %s must be greater than 0", v.text(all, optThreads))
	case s.MaxBody < 1 || s.MaxBody > maxMaxBody:
		return s, fault.Invalid.New("max-body-size must be 1 to %d", maxMaxBody)
	case s.MaxBytesInFlight < -1 || s.MaxBytesInFlight > maxMaxBytes:
		return s, fault.Invalid.New("http-max-bytes-in-flight-mb must be equal to or greater than -1")
	case s.MaxRequestsInFlight < -1:
		return s, fault.Invalid.New("http-max-in-flight-requests must be equal to or greater than -1")
	}
	s.Timeout = time.Duration(timeout) * time.Second
	if s.MaxBytesInFlight >= 0 {
		s.MaxBytesInFlight <<= 20
	}
	for _, value := range []string{s.CORS.AllowOrigin, s.CORS.AllowHeaders, s.CORS.MaxAge} {
		if strings.ContainsAny(value, "\r\n") {
			return s, fault.Invalid.New("a header value cannot have line ends")
		}
	}
	if s.Socket = v.text(all, optSocket); s.Socket != "" {
		s.Socket = below(dataDir, s.Socket)
	}
	if s.SocketMode, err = ParseSocketMode(v.text(all, optSocketMode)); err != nil {
		return s, err
	}
	if s.SocketGroup, err = LookUpGroup(v.text(all, optSocketGroup)); err != nil {
		return s, err
	}
	dir := v.text(all, optWalletDir)
	if dir == "" {
		dir = "."
	}
	s.WalletDir = below(dataDir, dir)
	s.PathPrefix = strings.TrimSuffix(dir, "/") + "/"
	if !filepath.IsAbs(dir) {
		s.PathPrefix = dataDir + "/" + s.PathPrefix
	}
	return s, nil
}

const (
	maxMaxBody  = 1 << 30
	maxMaxBytes = 1 << 30
)

// below makes a path absolute, relative to a directory.
func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// ParseSocketMode reads a mode in octal digits. The owner must be able to connect,
// and a socket is not executed.
func ParseSocketMode(text string) (uint32, error) {
	mode, err := strconv.ParseUint(text, 8, 32)
	if err != nil || mode&0o600 != 0o600 || mode&^0o777 != 0 {
		return 0, fault.Invalid.New("the mode of the socket, %q, must be octal digits and let the owner in", text).WithHint("for example 0600 or 0660")
	}
	return uint32(mode), nil
}

// LookUpGroup finds the number of a group, -1 for "".
func LookUpGroup(name string) (int, error) {
	if name == "" {
		return -1, nil
	}
	if n, err := strconv.ParseUint(name, 10, 31); err == nil {
		return int(n), nil
	}
	g, err := user.LookupGroup(name)
	if err != nil {
		return 0, fault.Invalid.Wrap(err, "there is no group %q", name)
	}
	n, err := strconv.ParseUint(g.Gid, 10, 31)
	if err != nil {
		return 0, fault.Invalid.Wrap(err, "the group %q has no number", name)
	}
	return int(n), nil
}
