package kmd

import (
	"net/http"
	"path"
	"strings"
	"time"

	"strongroom/internal/gate"
	"strongroom/internal/server"
)

// route is one operation of the API (§4).
type route struct {
	method    string
	path      string
	operation gate.Operation // what the journal calls it
	in        place          // how its errors are answered
	fields    fieldSet       // what its requests may carry; noFields: the body is not read
	run       func(*call) error
	summary   string // for the published description
	answers   []string
}

// Fields that most requests share.
const (
	withPassword = fieldHandle | fieldPassword
	withAddress  = fieldHandle | fieldAddress | fieldPassword
)

// routes is every operation of the API.
func routes() []route {
	const get, post, del = http.MethodGet, http.MethodPost, http.MethodDelete
	return []route{
		{get, "/v1/wallets", gate.ListWallets, reading, noFields, listWallets,
			"List the wallets", []string{"wallets"}},
		{post, "/v1/wallet", gate.CreateWallet, elsewhere, fieldName | fieldDriver | fieldPassword | fieldSeed, createWallet,
			"Create a wallet", []string{"wallet"}},
		{post, "/v1/wallet/init", gate.UnlockWallet, opening, fieldWalletID | fieldPassword, openWallet,
			"Open a wallet and get a handle for it", []string{"wallet_handle_token"}},
		{post, "/v1/wallet/release", gate.LockWallet, elsewhere, fieldHandle, releaseHandle,
			"Give a handle back", nil},
		{post, "/v1/wallet/renew", gate.RenewSession, reading, fieldHandle, renewHandle,
			"Start the life of a handle anew", []string{"wallet_handle"}},
		{post, "/v1/wallet/info", gate.ListWallets, reading, fieldHandle, walletInfo,
			"Describe a handle and its wallet", []string{"wallet_handle"}},
		{post, "/v1/wallet/rename", gate.RenameWallet, elsewhere, fieldWalletID | fieldPassword | fieldName, renameWallet,
			"Give a wallet another name", []string{"wallet"}},
		{post, "/v1/master-key/export", gate.ExportSeed, elsewhere, withPassword, exportSeed,
			"Reveal the master derivation key", []string{"master_derivation_key"}},
		{post, "/v1/key", gate.GenerateKey, reading, fieldHandle | fieldDisplay, generateKey,
			"Derive the next key", []string{"address"}},
		{del, "/v1/key", gate.DeleteKey, elsewhere, withAddress, deleteKey,
			"Delete a key", nil},
		{post, "/v1/key/list", gate.ListKeys, reading, fieldHandle, listKeys,
			"List the addresses of all keys", []string{"addresses"}},
		{post, "/v1/key/import", gate.ImportKey, elsewhere, fieldHandle | fieldPrivateKey, importKey,
			"Add a private key", []string{"address"}},
		{post, "/v1/key/export", gate.ExportKey, elsewhere, withAddress, exportKey,
			"Reveal a private key", []string{"private_key"}},
		{post, "/v1/transaction/sign", gate.Sign, elsewhere, withPassword | fieldTransaction | fieldPublicKey, signTransaction,
			"Sign a transaction", []string{"signed_transaction"}},
		{post, "/v1/program/sign", gate.Sign, elsewhere, withAddress | fieldData, signProgram,
			"Sign a program", []string{"sig"}},
		{post, "/v1/multisig/list", gate.ListAccounts, reading, fieldHandle, listMultisig,
			"List the addresses of all multi-signature accounts", []string{"addresses"}},
		{post, "/v1/multisig/import", gate.ImportAccount, elsewhere, fieldHandle | fieldVersion | fieldThreshold | fieldKeys, importMultisig,
			"Add a multi-signature account", []string{"address"}},
		{post, "/v1/multisig/export", gate.ExportAccount, elsewhere, fieldHandle | fieldAddress, exportMultisig,
			"Show the keys of a multi-signature account", []string{"multisig_version", "pks", "threshold"}},
		{del, "/v1/multisig", gate.DeleteAccount, elsewhere, withAddress, deleteMultisig,
			"Delete a multi-signature account", nil},
		{post, "/v1/multisig/sign", gate.Sign, elsewhere,
			withPassword | fieldTransaction | fieldPublicKey | fieldPartial | fieldSigner, signMultisig,
			"Sign a transaction of a multi-signature account", []string{"multisig"}},
		{post, "/v1/multisig/signprogram", gate.Sign, elsewhere,
			withAddress | fieldData | fieldPublicKey | fieldPartial | fieldLegacy, signMultisigProgram,
			"Sign a program for a multi-signature account", []string{"multisig"}},
	}
}

// ServeHTTP routes a request as the peer does (§3.1): a path that is not clean
// is redirected; OPTIONS is answered everywhere; the two open paths take any
// method; below /v1 everything else is 404, before any token is looked at;
// outside of it, 405.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if to, ok := d.routes[routeKey{r.Method, r.URL.Path}]; ok {
		d.cors.apply(w.Header(), r)
		d.serve(w, r, to)
		return
	}
	hurry(w)
	if r.RequestURI == "*" && r.Method == http.MethodOptions { // about the server, not a path
		return
	}
	if clean := cleanPath(r.URL.Path); clean != r.URL.Path {
		target := *r.URL
		target.Path, target.RawPath = clean, ""
		target.Scheme, target.Host, target.User = "", "", nil // of a request line in absolute form
		w.Header().Set("Location", target.String())
		w.WriteHeader(http.StatusMovedPermanently)
		return
	}
	if r.Method == http.MethodOptions {
		d.cors.apply(w.Header(), r)
		return
	}
	switch r.URL.Path {
	case "/versions":
		d.cors.apply(w.Header(), r)
		server.SendJSON(w, http.StatusOK, []byte(versions))
		return
	case "/swagger.json":
		d.cors.apply(w.Header(), r)
		server.SendJSON(w, http.StatusOK, d.swagger)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/v1") {
		http.NotFound(w, r)
		return
	}
	w.WriteHeader(http.StatusMethodNotAllowed)
}

// strangerPatience is how long a client without the token may take to read its
// answer. Answers to others may have to wait for a password derivation, so the
// server itself allows minutes.
const strangerPatience = 30 * time.Second

// hurry bounds the time to write an answer that needs no token. Without it, whoever
// can connect could take up all connections by not reading what was asked for.
func hurry(w http.ResponseWriter) {
	// Only what is no connection at all (a test's recorder) has no deadline.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(strangerPatience))
}

const versions = "{\n  \"versions\": [\n    \"v1\"\n  ]\n}"

type routeKey struct{ method, path string }

// cleanPath is p without empty, "." and ".." elements; a slash at the end stays.
func cleanPath(p string) string {
	if p == "" {
		return "/"
	}
	if p[0] != '/' {
		p = "/" + p
	}
	clean := path.Clean(p)
	if p[len(p)-1] == '/' && clean != "/" {
		clean += "/"
	}
	return clean
}
