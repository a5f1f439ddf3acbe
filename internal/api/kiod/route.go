package kiod

import (
	"slices"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/gate"
)

// argument is what an endpoint reads at one place of its body.
type argument uint8

const (
	argWallet      argument = iota // name of a wallet
	argPassword                    // of the wallet
	argPrivate                     // text of a private key
	argPublic                      // text of a public key, read when the wallet was looked at
	argType                        // type of a new key
	argKeyName                     // name of a key, as it is
	argNewName                     // name of a key, as it should be
	argDigest                      // 32 bytes in hex
	argKey                         // text of a public key, read at once
	argTransaction                 // an object
	argKeys                        // list of texts of public keys
	argChain                       // chain id, 32 bytes in hex
	argSeconds                     // a whole number
)

// endpoint is one row of §6. The body of a request has as many values as there
// are arguments, see [body.read].
type endpoint struct {
	path      string
	arguments []argument
	status    int  // of success
	quiet     bool // not a command: it does not look at the deadline (§9)
	anyBody   bool // the body is not looked at
	names     bool // only where keys have names
	operation gate.Operation
	run       func(*call) error
}

const (
	walletPath = "/v1/wallet/"
	apisPath   = "/v1/node/get_supported_apis"
	keosdStop  = "/v1/keosd/stop"
	kiodStop   = "/v1/kiod/stop"
)

// endpoints is every row of §6.
func endpoints() []endpoint {
	password := []argument{argWallet, argPassword}
	with := func(more ...argument) []argument { return append(slices.Clone(password), more...) }
	return []endpoint{
		{path: walletPath + "create", arguments: []argument{argWallet}, status: 201, operation: gate.CreateWallet, run: createWallet},
		{path: walletPath + "open", arguments: []argument{argWallet}, status: 200, operation: gate.ListWallets, run: openWallet},
		{path: walletPath + "lock", arguments: []argument{argWallet}, status: 200, operation: gate.LockWallet, run: lockWallet},
		{path: walletPath + "lock_all", status: 200, quiet: true, operation: gate.LockWallet, run: lockAll},
		{path: walletPath + "unlock", arguments: password, status: 200, operation: gate.UnlockWallet, run: unlockWallet},
		{path: walletPath + "import_key", arguments: []argument{argWallet, argPrivate}, status: 201, operation: gate.ImportKey, run: importKey},
		{path: walletPath + "remove_key", arguments: with(argPublic), status: 201, operation: gate.DeleteKey, run: removeKey},
		{path: walletPath + "create_key", arguments: []argument{argWallet, argType}, status: 201, operation: gate.GenerateKey, run: createKey},
		{path: walletPath + "list_wallets", status: 200, operation: gate.ListWallets, run: listWallets},
		{path: walletPath + "list_keys", arguments: password, status: 200, operation: gate.ExportKey, run: listKeys},
		{path: walletPath + "get_public_keys", status: 200, operation: gate.ListKeys, run: publicKeys},
		{path: walletPath + "set_timeout", arguments: []argument{argSeconds}, status: 200, quiet: true, operation: gate.RenewSession, run: setTimeout},
		{path: walletPath + "sign_transaction", arguments: []argument{argTransaction, argKeys, argChain}, status: 201, operation: gate.Sign, run: signTransaction},
		{path: walletPath + "sign_digest", arguments: []argument{argDigest, argKey}, status: 201, operation: gate.Sign, run: signDigest},

		{path: walletPath + "remove_name", arguments: with(argKeyName), status: 201, names: true, operation: gate.DeleteKey, run: removeName},
		{path: walletPath + "list_keys_by_name", arguments: password, status: 200, names: true, operation: gate.ExportKey, run: listKeysByName},
		{path: walletPath + "set_key_name", arguments: with(argNewName, argKeyName), status: 200, names: true, operation: gate.ListKeys, run: setKeyName},
		{path: walletPath + "set_key_name_with_public_key", arguments: with(argNewName, argPublic), status: 200, names: true,
			operation: gate.ListKeys, run: setKeyNameByPublic},
		{path: walletPath + "set_key_name_with_private_key", arguments: with(argNewName, argPrivate), status: 200, names: true,
			operation: gate.ListKeys, run: setKeyNameByPrivate},

		{path: apisPath, status: 200, quiet: true, anyBody: true, run: supportedAPIs},
		{path: keosdStop, status: 200, quiet: true, anyBody: true, operation: gate.StopDaemon, run: stopDaemon},
		{path: kiodStop, status: 200, quiet: true, anyBody: true, operation: gate.StopDaemon, run: stopDaemon},
	}
}

// route finds the endpoints of a profile by their paths.
func route(profile antelope.Profile) map[string]*endpoint {
	routes := make(map[string]*endpoint)
	for _, e := range endpoints() {
		if !e.names || profile == antelope.Kiod {
			routes[e.path] = &e
		}
	}
	return routes
}

// supported is the answer of get_supported_apis: the paths of a profile in order,
// without itself and without the other profile's way to stop.
func supported(profile antelope.Profile) []byte {
	other := keosdStop
	if profile == antelope.Keosd {
		other = kiodStop
	}
	var paths []string
	for path := range route(profile) {
		if path != apisPath && path != other {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	var r reply
	r.raw(`{"apis":`)
	r.list(len(paths), func(i int) { r.text(paths[i]) })
	r.raw("}")
	return r.b
}
