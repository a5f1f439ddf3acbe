package clef

import (
	"context"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
)

// optionKind says what value an option takes.
type optionKind uint8

const (
	textOption optionKind = iota
	numberOption
	switchOption // may stand alone, for on
	durationOption
)

// group is a heading of the help.
type group uint8

const (
	signerOptions group = iota
	accountOptions
	apiOptions
	ownOptions // what the peer does not have
	miscOptions
	hiddenOptions // understood, but in no help
)

// option is one row of §2.
type option struct {
	name     string
	short    string // "" for none
	kind     optionKind
	group    group
	fallback string // value when nobody gives one
	about    string
}

// Names of options that more than the table speaks of.
const (
	optLogLevel         = "loglevel"
	optKeystore         = "keystore"
	optConfigDir        = "configdir"
	optChainID          = "chainid"
	optLightKDF         = "lightkdf"
	optNoUSB            = "nousb"
	optPCSCD            = "pcscdpath"
	optHTTP             = "http"
	optHTTPAddr         = "http.addr"
	optHTTPPort         = "http.port"
	optHTTPVHosts       = "http.vhosts"
	optIPCDisable       = "ipcdisable"
	optIPCPath          = "ipcpath"
	optSignerSecret     = "signersecret"
	optCustomDB         = "4bytedb-custom"
	optDB               = "4bytedb"
	optAuditLog         = "auditlog"
	optRules            = "rules"
	optStdioUI          = "stdio-ui"
	optStdioUITest      = "stdio-ui-test"
	optAdvanced         = "advanced"
	optSuppressBootwarn = "suppress-bootwarn"
	optVersion          = "version"
	optHelp             = "help"

	// Spellings of the product document and of early releases.
	optRPC       = "rpc"
	optRPCAddr   = "rpcaddr"
	optRPCPort   = "rpcport"
	optRPCVHosts = "rpcvhosts"

	// Ours.
	optNoChange        = "no-change"
	optApprovalTimeout = "approval-timeout"
	optAutoList        = "auto-list"
	optRejectUnknown   = "reject-unknown"
	optBulk            = "bulk"
	optUnpaired        = "unpaired"
	optManualFallback  = "manual-fallback"
	optAcceptStorage   = "accept-rule-storage"
	optPasswordFile    = "password-file"
	optKeyTimeout      = "key-timeout"
)

// folders are the directories that the defaults of options are made of.
type folders struct {
	config   string // the peer's own: ~/.clef
	keystore string // that of geth: ~/.ethereum/keystore
}

// defaultFolders are those of the user whose home directory is given. An unknown
// home leaves the folders relative, as the peer does.
func defaultFolders(home, system string) folders {
	if system == "darwin" {
		return folders{filepath.Join(home, "Library", "Signer"), filepath.Join(home, "Library", "Ethereum", "keystore")}
	}
	return folders{filepath.Join(home, ".clef"), filepath.Join(home, ".ethereum", "keystore")}
}

// HomeDirectory is where the user's files are: what HOME says, else what the
// password database does.
func HomeDirectory() string {
	if home := os.Getenv("HOME"); home != "" {
		return home
	}
	if u, err := user.Current(); err == nil {
		return u.HomeDir
	}
	return ""
}

// options is every option of the program. All of them are understood before and
// after every command.
func options(home string) []option {
	f := defaultFolders(home, runtime.GOOS)
	return []option{
		{optLogLevel, "", numberOption, signerOptions, "3", "How much is logged: 0 nothing but the end, 1 errors, 2 warnings, 3 information, 4 and 5 details."},
		{optConfigDir, "", textOption, signerOptions, f.config, "Directory of the master seed, of what it protects, and of the IPC socket."},
		{optChainID, "", numberOption, signerOptions, "1", "Chain that transactions are signed for: 1 mainnet, 11155111 sepolia, and so on; decimal or 0x hex."},
		{optSignerSecret, "", textOption, signerOptions, "", "File of the encrypted master seed, if not masterseed.json in the configuration directory."},
		{optCustomDB, "", textOption, signerOptions, "./4byte-custom.json", "File of method signatures that were learned."},
		{optDB, "", textOption, signerOptions, "", "File of method signatures to use beside those that are built in."},
		{optAuditLog, "", textOption, signerOptions, "audit.log", "File to which requests and answers are logged; empty for none."},
		{optRules, "", textOption, signerOptions, "", "File of rules that decide in front of the UI."},
		{optStdioUI, "", switchOption, signerOptions, "false", "Let a program that reads and writes our standard streams be the UI; everything else goes to standard error."},
		{optStdioUITest, "", switchOption, signerOptions, "false", "Take the UI through a series of test requests, beside serving others."},
		{optAdvanced, "", switchOption, signerOptions, "false", "Show warnings about a request to the UI instead of refusing it."},
		{optSuppressBootwarn, "", switchOption, signerOptions, "false", "Do not show the notice at start."},

		{optKeystore, "", textOption, accountOptions, f.keystore, "Directory of the key files; empty for none."},
		{optLightKDF, "", switchOption, accountOptions, "false", "Protect new keys and seeds with less memory and time, at the price of weaker protection."},
		{optPCSCD, "", textOption, accountOptions, "/run/pcscd/pcscd.comm", "Socket of the smart card daemon. Smart cards are not supported: a message says so."},

		{optHTTP, "", switchOption, apiOptions, "false", "Answer requests over HTTP."},
		{optHTTPAddr, "", textOption, apiOptions, "localhost", "Interface to listen on."},
		{optHTTPPort, "", numberOption, apiOptions, "8550", "Port to listen on."},
		{optHTTPVHosts, "", textOption, apiOptions, "localhost", "Accepted host names of requests, separated by commas; * accepts every one."},
		{optIPCDisable, "", switchOption, apiOptions, "false", "Do not answer requests over a unix socket."},
		{optIPCPath, "", textOption, apiOptions, "", "Directory of the socket clef.ipc, if not the configuration directory."},

		{optNoChange, "", switchOption, ownOptions, "false", "The UI may approve and deny, and nothing else: neither change requests nor use clef_ methods."},
		{optApprovalTimeout, "", durationOption, ownOptions, "", "How long a request may wait for an answer; it is dead afterwards. Default: 60s."},
		{optAutoList, "", textOption, ownOptions, "", "Addresses, separated by commas, that every caller may list without asking anybody."},
		{optRejectUnknown, "", switchOption, ownOptions, "", "Refuse requests for accounts that do not exist before anybody is asked."},
		{optBulk, "", switchOption, ownOptions, "", "Offer account_bulkSignTransactions."},
		{optUnpaired, "", textOption, ownOptions, "", "What callers may do that are not paired: show (everything), restrict (what a person approves), refuse (nothing). Default: show."},
		{optManualFallback, "", switchOption, ownOptions, "false", "Go on without rules and stored passwords if the master seed does not open or the rule file is not attested."},
		{optAcceptStorage, "", switchOption, ownOptions, "false", "Accept the rule storage as it is, although it is older than the journal knows it to have been."},
		{optPasswordFile, "", textOption, ownOptions, "", "File of the master password; its first line counts. For attest, setpw and delpw too."},
		{optKeyTimeout, "", durationOption, ownOptions, "", "How long after its last use a key stays open that a stored password opened, or one typed while rules approve; 0s for one signature each. Default: until the end."},

		{optHelp, "h", switchOption, miscOptions, "false", "Show help."},
		{optVersion, "v", switchOption, miscOptions, "false", "Print the version."},

		{optNoUSB, "", switchOption, hiddenOptions, "false", ""},
		{optRPC, "", switchOption, hiddenOptions, "false", ""},
		{optRPCAddr, "", textOption, hiddenOptions, "", ""},
		{optRPCPort, "", numberOption, hiddenOptions, "", ""},
		{optRPCVHosts, "", textOption, hiddenOptions, "", ""},
	}
}

// find is the option of a name, nil if there is none.
func find(all []option, name string) *option {
	for i := range all {
		if all[i].name == name || all[i].short == name && name != "" {
			return &all[i]
		}
	}
	return nil
}

// command is a sub-command of §2.
type command struct {
	name      string
	arguments string   // as usage shows them
	about     string   // one line
	options   []string // those that its help lists
	run       func(*personality, context.Context, settings, []string) error
}

// commands are all of them but help.
func commands() []command {
	master := []string{optLogLevel, optConfigDir, optSignerSecret, optPasswordFile}
	keys := []string{optKeystore, optLogLevel, optSuppressBootwarn, optLightKDF}
	return []command{
		{"init", "", "Make a new master seed, which protects stored passwords and the storage of rules", []string{optLogLevel, optConfigDir}, (*personality).initialise},
		{"attest", "<sha256sum>", "Attest that a rule file is to be used", master, (*personality).attest},
		{"setpw", "<address>", "Store the password of a key file", master, (*personality).setPassword},
		{"delpw", "<address>", "Remove the stored password of a key file", master, (*personality).deletePassword},
		{"list-callers", "", "List the paired callers", master, (*personality).listCallers},
		{"remove-caller", "<name|key>", "Remove a paired caller, whose requests are refused from then on", master, (*personality).removeCaller},
		{"newaccount", "", "Make a new account", keys, (*personality).newAccount},
		{"importraw", "<keyfile>", "Import a private key from a file of hex digits", keys, (*personality).importRaw},
		{"gendoc", "", "Print examples of what the UI is sent and answers", nil, (*personality).generateDocs},
		{"list-accounts", "", "List the accounts of the key store", keys, (*personality).listAccounts},
		{"list-wallets", "", "List the wallets and their accounts", keys, (*personality).listWallets},
	}
}

// findCommand is the command of a name, nil if there is none.
func findCommand(name string) *command {
	for _, c := range commands() {
		if c.name == name {
			return &c
		}
	}
	return nil
}
