package kiod

import "strings"

// optionKind says what value an option takes.
type optionKind uint8

const (
	textOption   optionKind = iota
	numberOption            // a whole number
	boolOption              // 1, 0, true, false, yes, no, on, off
	flagOption              // a boolOption that may stand alone, for on
	actionOption            // takes no value
)

// group is a heading of the help (§1).
type group uint8

const (
	httpOptions group = iota
	walletOptions
	applicationOptions // may stand in config.ini
	commandOptions     // only on the command line
)

// option is one row of §1.
type option struct {
	name     string
	short    byte // 0: none
	kind     optionKind
	group    group
	fallback string // value when nobody gives one
	repeats  bool
	about    string
}

// Names of options that more than the table speaks of.
const (
	optSocket       = "unix-socket-path"
	optSocketMode   = "unix-socket-mode"
	optSocketGroup  = "unix-socket-group"
	optAddress      = "http-server-address"
	optOrigin       = "access-control-allow-origin"
	optHeaders      = "access-control-allow-headers"
	optMaxAge       = "access-control-max-age"
	optCredentials  = "access-control-allow-credentials"
	optMaxBody      = "max-body-size"
	optMaxBytes     = "http-max-bytes-in-flight-mb"
	optMaxRequests  = "http-max-in-flight-requests"
	optMaxTime      = "http-max-response-time-ms"
	optVerbose      = "verbose-http-errors"
	optValidateHost = "http-validate-host"
	optAlias        = "http-alias"
	optThreads      = "http-threads"
	optKeepAlive    = "http-keep-alive"
	optWalletDir    = "wallet-dir"
	optTimeout      = "unlock-timeout"
	optPlugin       = "plugin"
	optHelp         = "help"
	optVersion      = "version"
	optFullVersion  = "full-version"
	optPrintDefault = "print-default-config"
	optDataDir      = "data-dir"
	optConfigDir    = "config-dir"
	optConfig       = "config"
	optLogConf      = "logconf"
)

// options is every option of a program. Those of the socket's mode and group are
// ours; releases long gone had more, for HTTPS and YubiHSM.
func (p Program) options() []option {
	return []option{
		{optSocket, 0, textOption, httpOptions, p.socket(), false, "Path of a unix socket for HTTP requests, relative to the data directory; leave it empty for none."},
		{optSocketMode, 0, textOption, httpOptions, "0600", false, "Mode of the unix socket. Who may write to it may sign."},
		{optSocketGroup, 0, textOption, httpOptions, "", false, "Group that the unix socket belongs to, by name or number."},
		{optAddress, 0, textOption, httpOptions, "", false, "Local host and port for HTTP requests; leave it empty for none."},
		{optOrigin, 0, textOption, httpOptions, "", false, "Value of Access-Control-Allow-Origin in every answer."},
		{optHeaders, 0, textOption, httpOptions, "", false, "Value of Access-Control-Allow-Headers in every answer."},
		{optMaxAge, 0, textOption, httpOptions, "", false, "Value of Access-Control-Max-Age in every answer."},
		{optCredentials, 0, flagOption, httpOptions, "false", false, "Send Access-Control-Allow-Credentials: true in every answer."},
		{optMaxBody, 0, numberOption, httpOptions, p.maxBody(), false, "Largest body of a request, in bytes."},
		{optMaxBytes, 0, numberOption, httpOptions, "500", false, "Megabytes of requests and answers that may be in work, -1 for any number; beyond it requests are answered with 503."},
		{optMaxRequests, 0, numberOption, httpOptions, "-1", false, "Requests that may be in work, -1 for any number; beyond it they are answered with 503."},
		{optMaxTime, 0, numberOption, httpOptions, p.maxTime(), false, "Accepted and not used: no answer here is made in parts."},
		{optVerbose, 0, flagOption, httpOptions, "false", false, "Show the causes of errors in the answers."},
		{optValidateHost, 0, boolOption, httpOptions, "1", false, "Refuse HTTP requests over TCP whose Host header is not known."},
		{optAlias, 0, textOption, httpOptions, "", true, "A further accepted value of the Host header, with its port; may be given more than once."},
		{optThreads, 0, numberOption, httpOptions, "2", false, "Accepted for compatibility; must be above 0. All processors are used."},
		{optKeepAlive, 0, boolOption, httpOptions, "1", false, "Keep connections open between requests."},

		{optWalletDir, 0, textOption, walletOptions, ".", false, "Directory of the wallet files, relative to the data directory."},
		{optTimeout, 0, numberOption, walletOptions, "900", false, "Seconds without any wallet command after which all wallets lock; 0 locks them before every command."},

		{optPlugin, 0, textOption, applicationOptions, "", true, "A plugin to enable. All that exist are always enabled; may be given more than once."},

		{optHelp, 'h', actionOption, commandOptions, "", false, "Print this help and exit."},
		{optVersion, 'v', actionOption, commandOptions, "", false, "Print the version and exit."},
		{optFullVersion, 0, actionOption, commandOptions, "", false, "Print the version with its build and exit."},
		{optPrintDefault, 0, actionOption, commandOptions, "", false, "Print the default configuration and exit."},
		{optDataDir, 'd', textOption, commandOptions, "", false, "Directory of everything that the program writes."},
		{optConfigDir, 0, textOption, commandOptions, "", false, "Directory of the configuration files."},
		{optConfig, 'c', textOption, commandOptions, configName, false, "Configuration file, relative to the configuration directory."},
		{optLogConf, 'l', textOption, commandOptions, "logging.json", false, "Logging configuration, relative to the configuration directory."},
	}
}

// Program is one of the two names under which the peer is known; they differ in
// defaults and in the names of others (§15).
type Program uint8

// The programs.
const (
	Kiod Program = iota
	Keosd
)

// String is the name of the program's file.
func (p Program) String() string { return [...]string{"kiod", "keosd"}[p] }

func (p Program) socket() string { return p.String() + ".sock" }

// folder is the default directory below the home directory.
func (p Program) folder() string { return [...]string{"sysio-wallet", "eosio-wallet"}[p] }

// prefix is that of the names of plugins.
func (p Program) prefix() string { return [...]string{"sysio::", "eosio::"}[p] }

func (p Program) maxBody() string { return [...]string{"1048576", "2097152"}[p] }
func (p Program) maxTime() string { return [...]string{"15", "30"}[p] }

// plugin is where options of a group come from, as config.ini and help say it.
func (p Program) plugin(g group) string {
	switch g {
	case httpOptions:
		return p.prefix() + "http_plugin"
	case walletOptions:
		return p.prefix() + "wallet_plugin"
	}
	return "application"
}

// knowsPlugin reports whether a plugin of that name exists, under either prefix.
func knowsPlugin(name string) bool {
	for _, p := range []Program{Kiod, Keosd} {
		switch rest, ok := strings.CutPrefix(name, p.prefix()); {
		case ok && (rest == "http_plugin" || rest == "wallet_plugin" || rest == "wallet_api_plugin"):
			return true
		}
	}
	return false
}

// find is the option of a name, nil if there is none.
func find(all []option, name string) *option {
	for i := range all {
		if all[i].name == name {
			return &all[i]
		}
	}
	return nil
}
